"""The gradient check passes what is right, catches what is wrong, and says where."""

import math

import numpy as np
import pytest

from nablab.engine.gradcheck import GradientError, check_gradient

rng = np.random.default_rng(0)


def mse(y_hat, y):
    return np.mean((y_hat - y) ** 2)


def d_mse(y_hat, y):
    return 2 * (y_hat - y) / y.size, -2 * (y_hat - y) / y.size


@pytest.mark.parametrize("shape", [(), (1,), (5,), (3, 4), (2, 3, 2)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_right_gradients_pass(shape, dtype):
    check_gradient(mse, d_mse, rng.normal(size=shape).astype(dtype), rng.normal(size=shape).astype(dtype))


@pytest.mark.parametrize("scale", [1e-6, 1, 1e4])
def test_right_gradients_pass_at_any_scale(scale):
    check_gradient(mse, d_mse, scale * rng.normal(size=(3, 4)), scale * rng.normal(size=(3, 4)))


def test_integers_are_taken_as_numbers():
    check_gradient(lambda x: (x**2).sum(), lambda x: 2 * x, [1, 2, 3])


FAULTS = {
    "sign": lambda g: -g,
    "factor": lambda g: 2 * g,
    "missing 1/N": lambda g: g * g.size,
    "one entry": lambda g: g + np.eye(3) * 1e-4,
    "transposed": lambda g: g.T,
    "NaN": lambda g: np.where(np.eye(3) > 0, np.nan, g),
    "zeros": np.zeros_like,
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_faults_are_caught(fault):
    y_hat, y = rng.normal(size=(2, 3, 3))
    with pytest.raises(GradientError):
        check_gradient(lambda y_hat: mse(y_hat, y), lambda y_hat: fault(d_mse(y_hat, y)[0]), y_hat)


def test_the_message_says_function_input_index_and_both_values():
    def wrong(y_hat, y):
        first, second = d_mse(y_hat, y)
        second[1, 0] = 5
        return first, second

    y_hat, y = np.zeros((2, 2)), np.array([[1.0, 1.0], [3.0, 1.0]])
    with pytest.raises(
        GradientError,
        match=r"gradient of mse with respect to y is wrong at index \(1, 0\): analytic 5, numeric 1\.5.* \(1 of 4",
    ):
        check_gradient(mse, wrong, y_hat, y)


def relu(x):
    return np.maximum(x, 0).sum()


def test_a_kink_fails_and_the_message_says_so():
    check_gradient(relu, lambda x: 1.0 * (x > 0), np.array([0.1, -0.1]))
    with pytest.raises(GradientError, match=r"analytic 0, numeric 0\.5.*kink"):
        check_gradient(relu, lambda x: 1.0 * (x > 0), np.array([0.0, 1.0]))


def test_inputs_are_not_changed():
    x = rng.normal(size=3)
    before = x.copy()
    check_gradient(relu, lambda x: 1.0 * (x > 0), x)
    np.testing.assert_array_equal(x, before)


def test_callables_without_a_signature_are_named_by_place():
    with pytest.raises(GradientError, match="gradient of hypot with respect to input 0 is wrong"):
        check_gradient(math.hypot, lambda x, y: (0 * x, y / 5), 3.0, 4.0)


@pytest.mark.parametrize(
    ("function", "gradient", "inputs", "error", "message"),
    [
        (relu, lambda x: x[:1], [np.ones(2)], ValueError, r"to x must have that input's shape, \(2,\); got \(1,\)"),
        (lambda x: x, lambda x: x, [np.ones(2)], ValueError, r"must return a real number.*shape \(2,\)"),
        (lambda x: np.nan, lambda x: x, [np.ones(2)], ValueError, "must be finite"),
        (lambda x: 1j, lambda x: x, [np.ones(2)], ValueError, "must return a real number"),
        (mse, lambda a, b: a, [np.ones(2), np.ones(2)], ValueError, "2 arrays, one an input; got 1"),
        (relu, lambda x: x, ["text"], TypeError, "input 0 must hold real numbers"),
        (relu, lambda x: x, [np.array([None])], TypeError, "input 0 must hold real numbers; got dtype object"),
        (relu, lambda x: x, [], TypeError, "at least one input"),
    ],
)
def test_bad_input(function, gradient, inputs, error, message):
    with pytest.raises(error, match=message):
        check_gradient(function, gradient, *inputs)
