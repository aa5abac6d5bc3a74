"""Compare an answer with what is right, and describe the difference in words. The same for all tasks."""

import numpy as np

FACTORS = {
    -1: "the sign is turned round",
    2: "it is twice as large as it should be",
    0.5: "it is half of what it should be",
}


def as_tuple(output):
    return output if isinstance(output, tuple) else (output,)


def close(found, right, rtol):
    """Say whether all numbers agree, up to `rtol` times the largest of what is right."""
    found, right = np.asarray(found), np.asarray(right)
    if found.shape != right.shape:
        return False
    with np.errstate(all="ignore"):
        return bool(np.all(abs(found - right) <= rtol * np.max(abs(right), initial=1e-300)))


def same(found, right, rtol):
    """Say whether two outputs agree: arrays, numbers or tuples of them."""
    found, right = as_tuple(found), as_tuple(right)
    return len(found) == len(right) and all(close(f, r, rtol) for f, r in zip(found, right))


def unreadable(value, name):
    """Return what keeps `value` from being an array of real numbers, or None."""
    if value is None:
        return f"{name} is None. Does every way through the code end in a `return`?"
    if isinstance(value, str):
        return f"{name} is a text. A number is written without quotation marks."
    if callable(value):
        return f"{name} is a function. Was it meant to be called, with brackets?"
    try:
        array = np.asarray(value)
    except Exception as error:
        return f"{name} cannot be read as numbers ({type(error).__name__})."
    if array.dtype.kind == "b":
        return f"{name} is true or false; a number is wanted."
    if array.dtype.kind == "c":
        return f"{name} holds complex numbers. Was a root taken of a negative number?"
    if array.dtype.kind not in "fiu":
        return f"{name} is of type {type(value).__name__}; real numbers are wanted."
    if array.dtype.kind == "f" and array.dtype.itemsize < 4:
        return f"{name} is {array.dtype}, which keeps three digits only. Use float64, NumPy's default."
    return None


def shape_in_words(shape):
    return "a single number" if shape == () else f"an array of shape {shape}"


def wrong_shape(found, right, name):
    """Say how the shape differs from the one wanted, or return None."""
    if found.shape == right.shape:
        return None
    text = f"{name} is {shape_in_words(found.shape)}, and should be {shape_in_words(right.shape)}. "
    if found.size == right.size:
        return text + "The count is right: an axis of length 1 is too much or too little, or the axes are swapped."
    if right.ndim == found.ndim == 1:
        return text + "Was the sum taken over the other axis?"
    if found.ndim > right.ndim:
        return text + "Is there an axis left that should be summed or averaged?"
    return text + "Which axis was lost on the way?"


def difference(found, right, name):
    """Describe how numbers of the right shape differ, without saying what is right."""
    if not np.isfinite(found).all():
        kind = "nan" if np.isnan(found).any() else "inf"
        return f"{name} holds {kind}. Something grew past what a computer can hold: what happens in the steps before?"
    if right.ndim == 2 and right.shape[0] == right.shape[1] and close(found.T, right, 1e-6):
        return f"{name} is right but transposed: rows and columns are swapped."
    if right.ndim and close(found[::-1], right, 1e-6):
        return f"{name} holds the right numbers in reverse order."
    ratio = _ratio(found, right)
    if ratio is not None:
        return f"{name}: {ratio}."
    if found.dtype.kind in "iu" and close(found, right, 1) and not close(right, np.round(right), 1e-12):
        return f"{name} holds whole numbers only. Did an array of integers round the steps away?"
    if close(found, right, 0.05):
        return f"{name} is close, but not close enough. Is something stopped early, rounded, or off by one?"
    wrong = int((abs(found - right) > 1e-6 * np.max(abs(right), initial=1e-300)).sum())
    many = f" ({wrong} of {right.size} numbers differ)" if right.size > 1 else ""
    return f"{name} is not right yet{many}."


def _ratio(found, right):
    """Return words for a constant ratio to what is right; a single number has one always, so only known ones count."""
    square = float((right * right).sum())
    if square == 0 or not found.any():
        return "every number is 0" if right.any() else None
    ratio = float((found * right).sum()) / square
    if not close(found, ratio * right, 1e-6 * abs(ratio)):
        return None
    for known, words in FACTORS.items():
        if abs(ratio - known) < 1e-6 * abs(known):
            return words
    return f"every number is {ratio:.4g} times what it should be" if right.size > 1 else None
