"""Turn bad input into sentences: each names the argument, the value it had and what is wanted.

Formulas call these as statements, so that a formula without its checks is still the whole formula.
"""

import math
from numbers import Real

import numpy as np


def positive(**numbers):
    """Raise unless every keyword argument is a finite real number above zero."""
    for name, value in numbers.items():
        _real(name, value)
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be a finite number above 0; got {value!r}")


def fraction(**numbers):
    """Raise unless every keyword argument is a real number in [0, 1)."""
    for name, value in numbers.items():
        _real(name, value)
        if not 0 <= value < 1:
            raise ValueError(f"{name} must be at least 0 and below 1; got {value!r}")


def finite_vector(**vectors):
    """Raise unless every keyword argument is a non-empty one-dimensional list of finite numbers."""
    for name, values in vectors.items():
        array = np.asarray(values)
        if array.dtype.kind not in "fiu":
            raise TypeError(f"{name} must hold real numbers; got {values!r}")
        if array.ndim != 1 or array.size == 0:
            raise ValueError(f"{name} must have shape (D,) with D >= 1; got shape {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must hold finite numbers; got {values!r}")


def points(p, dimensions):
    """Raise unless `p` is an array of real numbers with shape (..., dimensions)."""
    array = np.asarray(p)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"p must hold real numbers; got dtype {array.dtype}")
    if array.ndim == 0 or array.shape[-1] != dimensions:
        raise ValueError(f"p must have shape (..., {dimensions}); got {array.shape}")


def updatable(params, grads):
    """Raise unless `params` can be updated in place by `grads`: writable float arrays, shape for shape."""
    for name, arrays in (("params", params), ("grads", grads)):
        if not isinstance(arrays, (list, tuple)):
            raise TypeError(f"{name} must be a list of NumPy arrays; got {type(arrays).__name__}")
    if len(params) != len(grads):
        raise ValueError(f"params and grads must have the same length; got {len(params)} params and {len(grads)} grads")
    for i, (p, g) in enumerate(zip(params, grads)):
        _float_array(f"params[{i}]", p)
        if not p.flags.writeable:
            raise ValueError(f"params[{i}] is read-only and cannot be updated in place; pass params[{i}].copy()")
        if not isinstance(g, np.ndarray):
            raise TypeError(f"grads[{i}] must be a NumPy array; got {type(g).__name__}")
        if g.dtype.kind not in "fiu":
            raise TypeError(f"grads[{i}] must hold real numbers; got dtype {g.dtype}")
        if p.shape != g.shape:
            raise ValueError(f"params[{i}] and grads[{i}] must have the same shape; got {p.shape} and {g.shape}")


def same_params(state, params):
    """Raise unless an optimiser's `state` (None before its first step) was made for arrays of these shapes."""
    if state is None:
        return
    seen, now = [s.shape for s in state], [p.shape for p in params]
    if seen != now:
        raise ValueError(
            f"params must keep their shapes between steps; this optimiser began with {seen} and now got {now}. "
            "Make a new optimiser for other parameters"
        )


def _real(name, value):
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number; got {value!r}")


def _float_array(name, array):
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a NumPy array; got {type(array).__name__}")
    if array.dtype.kind != "f":
        raise TypeError(
            f"{name} must hold floating-point numbers; got dtype {array.dtype}, which would round every step. "
            f"Convert it with {name}.astype(float)"
        )
