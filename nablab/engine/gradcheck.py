"""Compare a gradient worked out by hand with one measured by finite differences."""

import inspect

import numpy as np

from nablab.engine import validate


class GradientError(AssertionError):
    """A gradient differs from the measured slope; the message says where and by how much."""


def numeric_gradient(function, inputs, k):
    r"""Measure the gradient of `function(*inputs)` with respect to input `k` by central differences.

    df/dx_i ~ (f(x + h e_i) - f(x - h e_i)) / (2 h),   h = 6e-6 max(1, |x_i|)

    The error is of order h^2 |f'''| from the formula and 1e-16 |f| / h from rounding. This h balances them where f and
    f''' are about as large as each other.

    Parameters
    ----------
    function : callable
        Takes the arrays of `inputs` and returns a number.
    inputs : list of float64 arrays
    k : int
        The input to differentiate by.

    Returns an array of the shape of `inputs[k]`. Raises TypeError or ValueError for other input.

    >>> numeric_gradient(lambda x: (x**2).sum(), [np.array([1.0, -2.0])], 0).round(6)
    array([ 2., -4.])

    Source: Press et al. (2007), section 5.7.
    """
    validate.measurable_inputs(inputs, k)
    x = inputs[k]
    slopes = np.empty_like(x)
    for index in np.ndindex(x.shape):
        here = x[index]
        h = 6e-6 * max(1.0, abs(here))
        x[index] = here + h
        above = function(*inputs)
        x[index] = here - h
        below = function(*inputs)
        x[index] = here
        slopes[index] = (above - below) / (2 * h)
    return slopes


def check_gradient(function, gradient, *inputs):
    r"""Raise GradientError unless `gradient` is the gradient of `function` at `inputs`.

    Every index of every input is compared, in float64: analytic a and numeric n must satisfy
    |a - n| <= 1e-9 max(1, |f|) + 1e-6 max(|a|, |n|).

    Parameters
    ----------
    function : callable
        Takes the inputs and returns a number (a loss).
    gradient : callable
        Takes the inputs and returns an array of the input's shape, or one such array for each
        input, as a tuple.
    *inputs : arrays of real numbers
        Where to check. At a kink, such as relu at 0, a function has no slope, and the check asks
        for the mean of both sides (1/2 for relu), which code need not return: move that input x away
        from the kink by more than the step, 6e-6 max(1, |x|).

    >>> def cube(x):
    ...     return (x**3).sum()
    >>> check_gradient(cube, lambda x: 3 * x**2, np.array([1.0, -2.0]))
    >>> check_gradient(cube, lambda x: 3 * x, np.array([1.0, -2.0]))
    Traceback (most recent call last):
    ...
    nablab.engine.gradcheck.GradientError: the gradient of cube with respect to x is wrong at index (1,): ...

    Raises TypeError for inputs that are not real numbers, ValueError where a value or a slope is
    not finite or has the wrong shape, GradientError where a slope is wrong.

    Source: the habit of Karpathy et al., CS231n notes, "Gradient checks".
    """
    validate.real_arrays(inputs)
    inputs = [np.array(x, dtype=np.float64) for x in inputs]
    loss = function(*inputs)
    validate.loss_value(loss)
    gradients = gradient(*inputs)
    gradients = gradients if isinstance(gradients, tuple) else (gradients,)
    validate.one_each(gradients, inputs)
    for k, analytic in enumerate(gradients):
        numeric = numeric_gradient(function, inputs, k)
        compare_gradients(describe(function, k), np.asarray(analytic), numeric, loss)


def compare_gradients(what, analytic, numeric, loss):
    r"""Raise GradientError unless two gradients agree, as far as rounding lets them.

    |a - n| <= 1e-9 max(1, |loss|) + 1e-6 max(|a|, |n|)

    A relative bound alone would fail near 0, where the numeric slope has an error of 1e-16 |loss| / h.

    Parameters
    ----------
    what : str
        Begins the message: "the gradient of mse with respect to y".
    analytic, numeric : arrays of the same shape
        Raises ValueError where the shapes differ.
    loss : float

    >>> compare_gradients("the gradient", np.array([1.0, 2.0]), np.array([1.0, 2.0]), loss=0.0)
    """
    validate.gradients_to_compare(what, analytic, numeric, loss)
    allowed = 1e-9 * max(1, abs(loss)) + 1e-6 * np.maximum(abs(analytic), abs(numeric))
    with np.errstate(invalid="ignore"):  # inf - inf is NaN, which is wrong
        excess = abs(analytic - numeric) - allowed
    wrong = ~(excess <= 0)  # true for NaN, too
    if wrong.any():
        worst = np.argmax(np.where(np.isnan(excess), np.inf, excess))
        index = tuple(int(i) for i in np.unravel_index(worst, wrong.shape))
        raise GradientError(
            f"{what} is wrong at index {index}: "
            f"analytic {analytic[index]:.10g}, numeric {numeric[index]:.10g} "
            f"({wrong.sum()} of {wrong.size} entries differ, this one most). "
            "If the function has a kink there, move the input away from it"
        )


def describe(function, k):
    """Name the gradient of a function with respect to its input `k`.

    >>> describe(lambda x, y: x, 1)
    'the gradient of <lambda> with respect to y'
    """
    name = getattr(function, "__qualname__", type(function).__name__)
    try:
        argument = list(inspect.signature(function).parameters)[k]
    except (TypeError, ValueError, IndexError):  # built-in functions, *args
        argument = f"input {k}"
    return f"the gradient of {name.rpartition('<locals>.')[2]} with respect to {argument}"
