"""Whatever is handed to the engine by mistake comes back as a ValueError or TypeError in words."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nablab.engine import activations, losses, schedules
from nablab.engine.activations import d_relu, relu
from nablab.engine.gradcheck import GradientError, check_gradient, compare_gradients, numeric_gradient
from nablab.engine.layers import (
    BatchNorm,
    Conv2d,
    Dense,
    Elementwise,
    Flatten,
    MaxPool2d,
    RunningMoments,
    correlate2d,
    initial_weights,
)
from nablab.engine.losses import cross_entropy, d_cross_entropy, mse
from nablab.engine.network import Batches, Network, accuracy, evaluate, fit, train_epoch
from nablab.engine.optimizers import (
    Adam,
    AdamW,
    GradientDescent,
    Momentum,
    Nesterov,
    RMSProp,
    scaled_step,
    update_mean,
)

PAIR = (cross_entropy, d_cross_entropy)
# What a message of NumPy or of Python itself would say; ours never do.
FOREIGN = (
    "broadcast",
    "operand",
    "ufunc",
    "truth value",
    "gufunc",
    "core dimension",
    "inhomogeneous",
    "not subscriptable",
    "unpack",
)
SCALARS = [None, "text", b"text", True, 0, -1, 1, 3, 0.5, -0.5, 1e-320, 10**400, 1j, math.nan, math.inf, -math.inf]
ODD = [[1.0], [[1.0], [1.0, 2.0]], (), {}, set(), object(), int, relu, np.random.default_rng(0), np.float32(0.5)]


def frozen(array):
    array.flags.writeable = False
    return array


floats = arrays(
    st.sampled_from([np.float64, np.float32]),
    array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    elements=st.sampled_from([0.0, 1.0, -1.0, 0.5, 0.25]),
)
others = st.sampled_from(
    [
        np.array([1, 2]),
        np.array([[0, 1]]),
        np.array([0, 1, 7]),
        np.array(["a"]),
        np.array([None, 1.0], dtype=object),
        np.array([True, False]),
        np.array([1j, 2]),
        np.array([np.nan, 1.0]),
        np.array([[np.inf, 1.0]]),
        np.array([[[[np.nan]]]]),
        np.float16([1, 2]),
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        frozen(np.ones(2)),
        np.ma.masked_array([1.0, 2.0], [True, False]),
        np.zeros(2, dtype=[("a", float)]),
    ]
)
anything = floats | others | st.sampled_from(SCALARS) | st.sampled_from(ODD)
numbers = st.sampled_from(SCALARS) | st.sampled_from(ODD) | others


def attempt(call, *arguments, **named):
    """Call, and let pass a result or a refusal in our words."""
    try:
        return call(*arguments, **named)
    except (ValueError, TypeError, GradientError) as error:
        message = str(error)
        assert len(message) > 20, message
        assert not [word for word in FOREIGN if word in message], message


fuzz = settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
FUNCTIONS = [getattr(activations, name) for name in dir(activations) if name.removeprefix("d_") in dir(activations)]
FUNCTIONS = [f for f in FUNCTIONS if getattr(f, "__module__", "") == "nablab.engine.activations"]
LOSSES = [getattr(losses, p + name) for name in dir(losses) for p in ("", "d_") if f"d_{name}" in dir(losses)]


def test_the_lists_are_whole():
    assert (len(FUNCTIONS), len(LOSSES)) == (16, 8)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.__name__)
@given(z=anything)
@fuzz
def test_activations(function, z):
    attempt(function, z)


@pytest.mark.parametrize("function", [*LOSSES, accuracy], ids=lambda f: f.__name__)
@given(a=anything, b=anything)
@fuzz
def test_losses(function, a, b):
    attempt(function, a, b)


def layers():
    make = np.random.default_rng(0)
    return [
        Dense(2, 3, rng=make),
        Elementwise(relu, d_relu),
        Flatten(),
        Conv2d(2, 1, 2, rng=make),
        MaxPool2d(2),
        BatchNorm(2),
        Network([Dense(2, 3, rng=make)]),
    ]


@pytest.mark.parametrize("i", range(7))
@given(x=anything, dz=anything)
@fuzz
def test_layers(i, x, dz):
    layer = layers()[i]
    attempt(layer.backward, dz)
    attempt(layer.forward, x)
    attempt(layer.backward, dz)


@pytest.mark.parametrize("layer", layers()[:6], ids=lambda layer: type(layer).__name__)
def test_backward_before_forward(layer):
    with pytest.raises(ValueError, match="backward must follow forward"):
        layer.backward(np.ones((1, 1)))


@pytest.mark.parametrize(
    ("make", "count"),
    [
        (lambda a, b, c: Dense(a, b, rng=np.random.default_rng(0), init=c), 3),
        (lambda a, b, c: Dense(a, 2, rng=b, dtype=c), 3),
        (lambda a, b, c: Conv2d(a, b, c, rng=np.random.default_rng(0)), 3),
        (lambda a, b: Conv2d(1, 1, 1, rng=a, dtype=b), 2),
        (initial_weights, 4),
        (MaxPool2d, 1),
        (BatchNorm, 2),
        (RunningMoments, 2),
        (lambda a, b: RunningMoments(2).moments(a, b), 2),
        (correlate2d, 3),
        (Elementwise, 2),
        (Network, 1),
        (lambda a: Network([a]), 1),
        (Batches, 4),
        (lambda a, b: Batches(np.ones((2, 1)), np.ones(2), a, b), 2),
        (GradientDescent, 1),
        (Momentum, 2),
        (Nesterov, 2),
        (RMSProp, 3),
        (Adam, 5),
        (AdamW, 2),
        (update_mean, 4),
        (lambda a, b, c: update_mean(np.ones(2), a, b, c), 3),
        (scaled_step, 6),
        (lambda a, b: scaled_step(np.ones(2), np.ones(2), np.ones(2), a, b, np.ones(2)), 2),
        (schedules.constant, 2),
        (schedules.step_decay, 4),
        (schedules.cosine, 4),
        (schedules.one_cycle, 4),
        (compare_gradients, 4),
        (numeric_gradient, 3),
        (lambda a, b: numeric_gradient(lambda *x: 0.0, a, b), 2),
        (check_gradient, 3),
        (lambda a, b: check_gradient(lambda *x: a, lambda *x: b, 1.0), 2),
        (lambda a: check_gradient(lambda x: 0.0, lambda x: 0.0, a), 1),
    ],
)
@given(data=st.data())
@fuzz
def test_constructors_and_functions(make, count, data):
    attempt(make, *[data.draw(numbers | floats) for _ in range(count)])


@pytest.mark.parametrize("optimizer", [GradientDescent, lambda lr: Momentum(lr, 0.9), RMSProp, Adam, AdamW])
@given(params=anything | st.lists(anything, max_size=2), grads=anything | st.lists(anything, max_size=2))
@fuzz
def test_steps(optimizer, params, grads):
    with np.errstate(all="ignore"):  # NaN and inf go on into params, as in torch; the layers refuse them
        attempt(optimizer(0.1).step, params, grads)


@given(data=st.data())
@fuzz
def test_training(data):
    batches = Batches(np.ones((3, 2)), np.array([0, 1, 2]), 2, seed=0)
    good = {"network": layers()[0], "loss": PAIR, "optimizer": Adam(), "batches": batches, "epochs": 1}
    good |= {"validation": None, "callback": None}
    name = data.draw(st.sampled_from(list(good)))
    bad = data.draw(anything | st.tuples(anything, anything))
    attempt(fit, **(good | {name: bad}))
    attempt(evaluate, network=good["network"], loss=PAIR, x=np.ones((3, 2)), y=bad)
    attempt(train_epoch, **({k: good[k] for k in ("network", "loss", "optimizer", "batches")} | {"optimizer": bad}))


WORDS = {
    "column": (lambda: mse(np.ones(3), np.ones((3, 1))), ValueError, r"y_hat and y.*\(3,\) and \(3, 1\)"),
    "two dtypes": (lambda: mse(np.ones(3), np.ones(3, np.float32)), TypeError, r"float64 and float32.*astype"),
    "empty": (lambda: mse(np.ones((0, 2)), np.ones((0, 2))), ValueError, r"not be empty; got shape \(0, 2\)"),
    "integers": (lambda: relu(np.array([1, 2])), TypeError, r"z must hold float32 or float64.*int64.*astype"),
    "list": (lambda: activations.softmax([1.0]), TypeError, "z must be a NumPy array; got list"),
    "not finite": (lambda: relu(np.array([[1, np.nan]])), ValueError, r"z.*finite.*nan at index \(0, 1\)"),
    "label too large": (
        lambda: cross_entropy(np.ones((2, 3)), np.array([0, 3])),
        ValueError,
        "from 0 to 2; got.*0 to 3",
    ),
    "negative label": (lambda: cross_entropy(np.ones((2, 3)), np.array([-1, 0])), ValueError, "from 0 to 2"),
    "fractions": (lambda: cross_entropy(np.ones((2, 3)), np.array([0.5, 1])), TypeError, "integers; got dtype float64"),
    "label shape": (lambda: cross_entropy(np.ones((2, 3)), np.zeros((2, 1), int)), ValueError, r"\(2,\) or \(2, 3\)"),
    "rows of 2": (lambda: cross_entropy(np.ones((1, 2)), np.ones((1, 2))), ValueError, "sum to 1; got sums from 2"),
    "probability": (
        lambda: losses.binary_cross_entropy(np.array([1.5]), np.array([1.0])),
        ValueError,
        r"p must lie in \[0, 1\]; got values from 1.5",
    ),
    "features": (lambda: layers()[0].forward(np.ones((5, 3))), ValueError, r"x must have shape \(N, 2\); got \(5, 3\)"),
    "precision": (lambda: layers()[0].forward(np.ones((5, 2), np.float32)), TypeError, "layer's dtype, float64"),
    "no samples": (lambda: layers()[0].forward(np.ones((0, 2))), ValueError, r"x must not be empty"),
    "init": (
        lambda: Dense(1, 1, rng=np.random.default_rng(0), init="hee"),
        ValueError,
        "'xavier', 'he', 'constant'; got",
    ),
    "generator": (lambda: Dense(1, 1, rng=0), TypeError, "rng must be a generator, such as.*got 0"),
    "class": (lambda: Network([Flatten]), TypeError, r"layers\[0\].*the class Flatten: call it"),
    "beta": (lambda: Adam(beta2=1), ValueError, "beta2 must be at least 0 and below 1; got 1"),
    "small image": (lambda: MaxPool2d(3).forward(np.ones((1, 1, 2, 5))), ValueError, "at least 3 x 3"),
    "one number": (lambda: BatchNorm(1).forward(np.ones((1, 1, 1, 1))), ValueError, "more than one number a channel"),
    "step": (lambda: schedules.cosine(11, 0.1, 10), ValueError, "step must be a finite number, from 0 to 10; got 11"),
    "loss alone": (
        lambda: evaluate(layers()[0], mse, np.ones((1, 2)), np.ones((1, 3))),
        TypeError,
        "a pair of functions",
    ),
    "lengths": (lambda: Batches(np.ones((3, 1)), np.ones(2), 1, 0), ValueError, r"same length.*\(3, 1\) and \(2,\)"),
}


@pytest.mark.parametrize(("call", "error", "message"), WORDS.values(), ids=WORDS)
def test_words(call, error, message):
    with pytest.raises(error, match=message):
        call()
