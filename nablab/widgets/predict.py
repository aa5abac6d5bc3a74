"""A question to answer before the next output is seen."""

import math

import traitlets

from nablab.widgets.base import Widget, front_end


class Predict(Widget):
    """Ask for a prediction; the next cell's output stays folded until the reader answers or skips.

    Parameters
    ----------
    question : str
    options : list of str, optional
        The answers to choose from. Without them the answer is a number.
    unit : str
        What stands behind the number asked for.

    `truth(value)` says afterwards what the run gave: a number, or one of the options. On the built
    page both are there; the reader's answer is compared with it, kindly. The code runs without an answer.

    >>> guess = Predict("How many steps?", unit="steps")
    >>> guess.truth(93)

    Raises TypeError or ValueError for a question, options or a truth of the wrong kind.
    """

    _esm = front_end("predict.js")

    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Any(None, allow_none=True).tag(sync=True)
    outcome = traitlets.Any(None, allow_none=True).tag(sync=True)

    def __init__(self, question, options=(), unit=""):
        if not isinstance(question, str) or not question.strip():
            raise TypeError(f"question must be a text; got {question!r}")
        if len(options) == 1 or len(set(options)) < len(options):
            raise ValueError(f"options must be at least two different texts, or none; got {options!r}")
        super().__init__(question=question, options=list(options), unit=unit)

    def truth(self, value):
        """Say what the run gave: a finite number, or one of the options."""
        if self.options:
            if value not in self.options:
                raise ValueError(f"value must be one of {self.options}; got {value!r}")
            self.outcome = value
        else:
            if not math.isfinite(value):
                raise ValueError(f"value must be a finite number; got {value!r}")
            self.outcome = float(value)
