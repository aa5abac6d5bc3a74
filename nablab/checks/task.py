"""What a task is: its points, what is right, and the mistakes it knows."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

CALLS = 100_000  # a loop that asks a lab's function for more values than this does not end


class Unending(Exception):
    """A learner's loop called a function of the lab too often."""


@dataclass(frozen=True)
class Mistake:
    """A wrong answer seen before, and what to say to it.

    `wrong` is the wrong answer itself: a value, or a function of the task's inputs.
    `message` names the symptom and asks a question; `hint` is the equation to look at.
    """

    name: str
    wrong: object
    message: str
    hint: str = ""


@dataclass(frozen=True)
class Part:
    """One number, or one choice, of a task whose answer is values.

    `right` is a value or a function without arguments; so is the `wrong` of each mistake.
    """

    name: str
    right: object
    mistakes: tuple[Mistake, ...] = ()
    hint: str = ""
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class ValueTask:
    """A task answered by values: one, or several in the order of `parts`."""

    title: str
    points: int
    parts: tuple[Part, ...]
    rtol: float = 1e-3


@dataclass(frozen=True)
class FunctionTask:
    """A task answered by a function.

    Parameters
    ----------
    title, points
    arguments : names of what the learner's function takes, in order
    draw : takes a `numpy.random.Generator`, returns the inputs as a dict of plain arrays and numbers
    reference : takes these inputs, returns the right output: an array, a number or a tuple of them
    mistakes : their `wrong` takes these inputs, too
    call : takes the learner's function and the inputs, and returns plain arrays. It builds what is
        no plain data, such as a gradient, so that a grader can run it elsewhere.
    judge : takes the learner's output and the inputs; returns None where it is right, otherwise a
        Mistake. For outputs that can be right in many ways; the others are compared with `reference`.
    outputs : the names of the outputs, for messages
    rtol : tolerance relative to the largest number of an output, for float64
    rtol32 : the same for float32
    changes : inputs that the function is asked to change
    hint : the equation to look at, where no mistake is recognised
    """

    title: str
    points: int
    arguments: tuple[str, ...]
    draw: Callable
    reference: Callable
    mistakes: tuple[Mistake, ...] = ()
    call: Callable = lambda function, **inputs: function(*inputs.values())
    judge: Callable | None = None
    outputs: tuple[str, ...] = ("result",)
    rtol: float = 1e-9
    rtol32: float = 1e-4
    changes: tuple[str, ...] = ()
    hint: str = ""
    seeds: tuple[int, ...] = field(default=(1, 2, 3))

    def inputs(self, seed):
        """Return the inputs drawn from `seed`: the same seed, the same inputs."""
        return self.draw(np.random.default_rng(seed))


def counted(function):
    """Return `function` as the learner sees it: a copy of its argument, and an end to endless loops."""
    calls = 0

    def limited(argument):
        nonlocal calls
        calls += 1
        if calls > CALLS:
            raise Unending
        return function(np.array(argument))

    return limited
