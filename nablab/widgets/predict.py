"""A question to answer before what follows is seen."""

from typing import NamedTuple

import numpy as np
import traitlets

from nablab.widgets.base import Widget, front_end


class Sketch(NamedTuple):
    """Axes, and lines on them, to mark a point on: ranges, labels, and lines of shape (points, 2)."""

    x: tuple
    y: tuple
    xlabel: str
    ylabel: str
    lines: tuple = ()


class Predict(Widget):
    """Ask for a prediction; what follows stays folded until the reader answers or skips.

    Folded is all up to the next heading (## or ###), or up to the heading `until`: on the built page code, outputs
    and prose; in Jupyter outputs and prose, for the code is still to be run.

    Parameters
    ----------
    question : str
    options : list of str, optional
        The answers to choose from. Without them, and without a sketch, the answer is a number.
    unit : str
        What stands behind the number asked for.
    sketch : Sketch, optional
        The picture to mark a point on; the answer is then a pair of numbers.
    within : pair of numbers, optional
        The lowest and the highest number that is possible, such as (0, 1) for a share. Another answer gets a
        sentence, and so does a truth. An answer off by 5 % of this range is called close, too.
    until : str, optional
        The text of a later heading, where the fold ends.

    `truth(value)` says afterwards what the run gave: a number, one of the options, or a point. On the
    built page all is there; the reader's answer is compared with it, kindly. The code runs without an answer.

    >>> guess = Predict("How many steps?", unit="steps")
    >>> guess.truth(93)

    >>> share = Predict("Right on new data:", unit="%", within=(0, 100), until="Why it forgets")
    >>> share.truth(97.5)

    Raises TypeError or ValueError for a question, options, a sketch, a range or a truth of the wrong kind.
    """

    _esm = front_end("predict.js")

    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    sketch = traitlets.Dict(None, allow_none=True).tag(sync=True)
    within = traitlets.List(None, allow_none=True).tag(sync=True)
    until = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    answer = traitlets.Any(None, allow_none=True).tag(sync=True)
    outcome = traitlets.Any(None, allow_none=True).tag(sync=True)

    def __init__(self, question, options=(), unit="", sketch=None, within=None, until=None):
        if not isinstance(question, str) or not question.strip():
            raise TypeError(f"question must be a text; got {question!r}")
        if not isinstance(options, (list, tuple)) or not all(isinstance(option, str) for option in options):
            raise TypeError(f"options must be a list of texts; got {options!r}")
        if len(options) == 1 or len(set(options)) < len(options):
            raise ValueError(f"options must be at least two different texts, or none; got {options!r}")
        if not isinstance(unit, str):
            raise TypeError(f"unit must be a text; got {unit!r}")
        if not (sketch is None or isinstance(sketch, Sketch)):
            raise TypeError(f"sketch must be a Sketch, or None; got {sketch!r}")
        if options and sketch:
            raise ValueError("a question has options or a sketch, not both")
        if within is not None and (options or sketch):
            raise ValueError("within is for questions whose answer is a number, without options and without a sketch")
        if not (until is None or (isinstance(until, str) and until.strip())):
            raise TypeError(f"until must be the text of a heading, or None; got {until!r}")
        super().__init__(
            question=question,
            options=list(options),
            unit=unit,
            sketch=sketch and _plain(sketch),
            within=None if within is None else _range("within", within).tolist(),
            until=until and until.strip(),
        )

    def truth(self, value):
        """Say what the run gave: a finite number, one of the options, or a point (x, y) on the sketch."""
        if self.options:
            if not isinstance(value, str) or value not in self.options:
                raise ValueError(f"value must be one of {self.options}; got {value!r}")
            self.outcome = value
            return
        numbers = _numbers(value)
        shape = (2,) if self.sketch else ()
        if numbers is None or numbers.shape != shape:
            raise TypeError(f"value must be {'a point (x, y)' if self.sketch else 'a number'}; got {value!r}")
        if not np.isfinite(numbers).all():
            raise ValueError(f"value must be finite; got {value!r}")
        if self.within and not self.within[0] <= numbers <= self.within[1]:
            raise ValueError(f"value must lie within {tuple(self.within)}; got {value!r}")
        self.outcome = numbers.tolist()


def _plain(sketch):
    """Return a sketch as JSON takes it; raise where a range or a line cannot be drawn."""
    for name, text in (("xlabel", sketch.xlabel), ("ylabel", sketch.ylabel)):
        if not isinstance(text, str) or not text:
            raise TypeError(f"sketch.{name} must be a text; got {text!r}")
    ranges = {name: _range(f"sketch.{name}", getattr(sketch, name)) for name in ("x", "y")}
    if not isinstance(sketch.lines, (list, tuple)):
        raise TypeError(f"sketch.lines must be a list of lines; got {sketch.lines!r}")
    lines = [_numbers(line) for line in sketch.lines]
    for i, line in enumerate(lines):
        if line is None or line.ndim != 2 or line.shape[1] != 2 or not np.isfinite(line).all():
            raise ValueError(f"sketch.lines[{i}] must hold finite points of shape (points, 2); got {sketch.lines[i]!r}")
    texts = {"xlabel": sketch.xlabel, "ylabel": sketch.ylabel}
    return texts | {name: r.tolist() for name, r in ranges.items()} | {"lines": [line.tolist() for line in lines]}


def _range(name, value):
    """Return a range as an array of its two ends; raise where it is none."""
    limits = _numbers(value)
    if limits is None or limits.shape != (2,) or not np.isfinite(limits).all() or limits[0] >= limits[1]:
        raise ValueError(f"{name} must be two finite numbers, the lower first; got {value!r}")
    return limits


def _numbers(value):
    """Return `value` as an array of floats, or None where it holds anything but real numbers."""
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):  # rows of different lengths
        return None
    return array.astype(float) if array.dtype.kind in "fiu" else None
