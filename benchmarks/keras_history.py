"""Train the article's network in Keras as its section 5.2 does, and record what becomes of its plot of `val_accuracy`.

Runs in an environment of its own, which `make keras` makes. The result stands in results/keras_history.json.
"""

import json
import platform
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks/results/keras_history.json"


def network():
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def main():
    with np.load(ROOT / "nablab/data/mnist.npz") as digits:
        x_train, y_train, x_test, y_test = (digits[name] for name in ("x_train", "y_train", "x_test", "y_test"))
    x_train, x_test = x_train[..., None] / 255.0, x_test[..., None] / 255.0
    model = network()
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, epochs=5, verbose=2)  # no validation data, as in the article
    _, test_accuracy = model.evaluate(x_test, y_test, verbose=2)
    history = model.history.history
    try:
        history["val_accuracy"]
        error = None
    except KeyError as raised:
        error = f"KeyError: {raised}"
    result = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "command": "make keras",
        "versions": {
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
            "numpy": np.__version__,
        },
        "parameters": model.count_params(),
        "history": sorted(history),
        "accuracy": [round(float(a), 4) for a in history["accuracy"]],
        "test_accuracy": round(float(test_accuracy), 4),
        "reading val_accuracy": error,
    }
    RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf8")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
