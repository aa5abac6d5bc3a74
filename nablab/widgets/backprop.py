"""Forward and backward through the carried network, one node at a time."""

import numpy as np
import traitlets

from nablab.data import carried_weights, one_or_five
from nablab.engine.activations import d_sigmoid, sigmoid
from nablab.engine.layers import Dense, Elementwise
from nablab.engine.losses import d_mse, mse
from nablab.engine.network import Network
from nablab.widgets.base import Widget, front_end

SAMPLES = ["the first, a five", "the second, a one"]
# What is changed in the carried weights, to see what the backward pass makes of it: a name, an index, a value.
CHANGES = {
    "as carried": None,
    "with W2[0] = 0, from h₁": ("W2", (0, 0), 0.0),
    "with b1[1] = 8, of h₂": ("b1", (1,), 8.0),
}
STEPS = 14  # three hidden units, output, loss; three steps back to W2, two for each hidden unit


def network(weights):
    """Return the 2-3-1 network of sigmoid units that has these weights."""
    rng = np.random.default_rng(0)
    first, second = Dense(2, 3, rng=rng), Dense(3, 1, rng=rng)
    first.W, first.b, second.W, second.b = (w.copy() for w in weights)
    return Network([first, Elementwise(sigmoid, d_sigmoid), second, Elementwise(sigmoid, d_sigmoid)])


def record(x, y, weights):
    """Return all values and gradients of one sample, x (2,) and y (1,), by the names the chapter gives them."""
    model, y = network(weights), y[None]  # (1, 1)
    values, a = {"x": x, "y": y}, x[None]
    for name, layer in zip(("z1", "a1", "z2", "y_hat"), model.layers):
        values[name] = a = layer.forward(a)
    values["loss"] = mse(a, y)
    values["dy_hat"] = da = d_mse(a, y)
    for name, layer in zip(("dz2", "da1", "dz1", "dx"), reversed(model.layers)):
        values[name] = da = layer.backward(da)
    values |= dict(zip(("W1", "b1", "W2", "b2"), model.params)) | dict(zip(("dW1", "db1", "dW2", "db2"), model.grads))
    return {name: np.ravel(value).tolist() for name, value in values.items()}


def changed(change):
    """Return the carried weights with one of them changed, or as they are."""
    weights = carried_weights()._asdict()
    if change:
        name, index, value = change
        weights[name][index] = value
    return list(weights.values())


class Backprop(Widget):
    """Step forward and backward through the 2-3-1 network; each step shows its rule, in words and in numbers.

    The two samples are the first two of `one_or_five`, standardised, one at a time.

    Parameters
    ----------
    step : int
        The step shown first, from 0, where nothing is computed, to 14, where all is. With a kernel, setting
        the attribute `step` moves the picture.
    sample : 1 or 2
        The sample shown first: the first is a five, the second a one.

    >>> Backprop(step=5)
    Backprop()

    Hidden units are numbered from 1 in words and in the picture; the rules are code and count from 0.

    Raises TypeError or ValueError for another step or sample.
    """

    _esm = front_end("backprop.js")

    samples = traitlets.List().tag(sync=True)
    networks = traitlets.List().tag(sync=True)
    recordings = traitlets.List().tag(sync=True)
    step = traitlets.Int().tag(sync=True)
    sample = traitlets.Int().tag(sync=True)

    def __init__(self, step=0, sample=2):
        for name, value in {"step": step, "sample": sample}.items():
            if isinstance(value, bool) or not isinstance(value, int):
                raise TypeError(f"{name} must be a whole number; got {value!r}")
        if not 0 <= step <= STEPS:
            raise ValueError(f"step must be from 0 to {STEPS}; got {step}")
        if sample not in (1, 2):
            raise ValueError(f"sample must be 1 or 2; got {sample}")
        digits = one_or_five()
        x = (digits.x_train[:2] - digits.x_train.mean(axis=0)) / digits.x_train.std(axis=0)  # (2, 2)
        super().__init__(
            samples=SAMPLES,
            networks=list(CHANGES),
            recordings=[
                [record(x[n], digits.y_train[n], changed(change)) for change in CHANGES.values()] for n in range(2)
            ],
            step=step,
            sample=sample,
        )
