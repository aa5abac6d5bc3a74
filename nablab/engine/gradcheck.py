"""Compare a gradient worked out by hand with one measured by finite differences."""

import inspect

import numpy as np


class GradientError(AssertionError):
    """A gradient differs from the measured slope; the message says where and by how much."""


def numeric_gradient(function, inputs, k):
    r"""Measure the gradient of `function(*inputs)` with respect to input `k` by central differences.

    df/dx_i ~ (f(x + h e_i) - f(x - h e_i)) / (2 h),   h = 6e-6 max(1, |x_i|)

    The error is of order h^2 from the formula and 1e-16 |f| / h from rounding; this h balances them.

    Parameters
    ----------
    function : callable
        Takes the arrays of `inputs` and returns a number.
    inputs : list of float64 arrays
    k : int
        The input to differentiate by.

    Returns an array of the shape of `inputs[k]`.

    Source: Press et al. (2007), section 5.7.
    """
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
        Where to check. At a kink, such as relu at 0, a function has no slope and the check may
        fail although the code is right: move that input away from the kink by more than 1e-5.

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
    name = getattr(function, "__qualname__", type(function).__name__).rpartition("<locals>.")[2]
    inputs = [_float64(i, x) for i, x in enumerate(inputs)]
    if not inputs:
        raise TypeError("check_gradient needs at least one input; got none")
    loss = np.asarray(function(*inputs))
    if loss.shape != () or loss.dtype.kind not in "fiu":
        raise ValueError(f"{name} must return a real number (a loss); got shape {loss.shape}, dtype {loss.dtype}")
    if not np.isfinite(loss):
        raise ValueError(f"{name} must be finite where it is checked; got {loss}")
    analytic = gradient(*inputs)
    analytic = analytic if isinstance(analytic, tuple) else (analytic,)
    if len(analytic) != len(inputs):
        raise ValueError(f"gradient must return {len(inputs)} arrays, one an input; got {len(analytic)}")
    for k, (input_name, slopes) in enumerate(zip(_names(function, len(inputs)), analytic)):
        _compare(name, input_name, np.asarray(slopes), numeric_gradient(function, inputs, k), abs(loss))


def _compare(name, input_name, analytic, numeric, scale):
    what = f"the gradient of {name} with respect to {input_name}"
    if analytic.shape != numeric.shape:
        raise ValueError(f"{what} must have the shape of {input_name}, {numeric.shape}; got {analytic.shape}")
    allowed = 1e-9 * max(1.0, scale) + 1e-6 * np.maximum(abs(analytic), abs(numeric))
    excess = abs(analytic - numeric) - allowed
    wrong = ~(excess <= 0)  # true for NaN, too
    if wrong.any():
        worst = np.unravel_index(np.argmax(np.where(wrong, np.nan_to_num(excess, nan=np.inf), -np.inf)), wrong.shape)
        index = tuple(int(i) for i in worst)
        raise GradientError(
            f"{what} is wrong at index {index}: analytic {analytic[index]:.10g}, numeric {numeric[index]:.10g} "
            f"({wrong.sum()} of {wrong.size} entries differ, this one most). "
            "If the function has a kink there, move the input away from it"
        )


def _float64(i, x):
    array = np.asarray(x)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"input {i} must hold real numbers; got dtype {array.dtype}")
    return array.astype(np.float64)


def _names(function, count):
    try:
        names = list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        names = []
    return names[:count] if len(names) >= count else [f"input {k}" for k in range(count)]
