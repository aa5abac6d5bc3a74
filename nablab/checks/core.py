"""Look an answer over, and put the finding into words. No answer makes a check crash."""

import copy
import html
import inspect
import linecache
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np

from nablab.checks.compare import as_tuple, close, difference, same, unreadable, wrong_shape
from nablab.checks.task import FunctionTask, Mistake, Unending
from nablab.colours import variable

UNANSWERED = "Not answered yet. Write your answer in the cell above, run it, then run this cell again."
STYLE = "border-left: 4px solid {colour}; padding: 0.3em 0.8em; margin: 0.4em 0; line-height: 1.45"
COLOURS = {True: variable("green"), False: variable("orange")}  # of the edge alone; the text has the page's own


@dataclass(frozen=True)
class Result:
    """What a check found; true where the answer is right.

    `points` of `out_of` are earned, `message` says what was found, `hint` is the equation to look at.
    """

    ok: bool
    points: int
    out_of: int
    message: str
    hint: str = ""

    def __bool__(self):
        return self.ok

    @property
    def headline(self):
        earned = f"{self.points} of {self.out_of} point{'' if self.out_of == 1 else 's'}"
        if not self.out_of:
            earned = "right (a warm-up, without points)" if self.ok else "not yet (a warm-up, without points)"
        return f"{'✓' if self.ok else '✗'} {earned}"

    def __repr__(self):
        hint = f"\n  Hint: {self.hint}" if self.hint else ""
        return f"{self.headline}\n  {self.message}{hint}"

    def _repr_html_(self):
        hint = f"<details><summary>A hint</summary>{html.escape(self.hint)}</details>" if self.hint else ""
        style = STYLE.format(colour=COLOURS[self.ok])
        return f'<div style="{style}"><strong>{self.headline}</strong><br>{html.escape(self.message)}{hint}</div>'


@dataclass(frozen=True)
class Report:
    """The points of a lab, task by task: `results` maps each task's title to its Result."""

    results: dict[str, Result]

    @property
    def points(self):
        return sum(result.points for result in self.results.values())

    @property
    def out_of(self):
        return sum(result.out_of for result in self.results.values())

    def __repr__(self):
        width = max(map(len, self.results))
        lines = [f"{title:{width}}  {result.headline}" for title, result in self.results.items()]
        return "\n".join([*lines, f"Together: {self.points} of {self.out_of} points"])

    def _repr_html_(self):
        rows = "".join(
            f'<tr><th scope="row" style="text-align: left">{html.escape(title)}</th>'
            f'<td style="text-align: left">{result.headline}</td></tr>'
            for title, result in self.results.items()
        )
        return (
            f'<table><caption style="text-align: left">Together: <strong>{self.points} of {self.out_of} points'
            f"</strong></caption><tbody>{rows}</tbody></table>"
        )


def labs():
    """Return the names of the labs: of the modules beside this one that begin with "lab"."""
    return sorted(path.stem for path in Path(__file__).parent.glob("lab*.py"))


def tasks(lab):
    """Return the tasks of a lab, such as "lab04": a dict from each task's short name to what it asks.

    >>> [name for name, task in tasks("lab04").items() if task.points == 0]
    ['step']
    """
    if lab not in labs():
        raise ValueError(f"lab must be one of {', '.join(labs())}; got {lab!r}")
    return import_module(f"nablab.checks.{lab}").TASKS


def check(name, answer):
    """Check the answer to one task and return a Result, whatever the answer is.

    Parameters
    ----------
    name : str
        The task, such as "lab04.edge".
    answer : the function, the value or the tuple of values that the task asks for

    Raises ValueError where there is no task of that name.

    >>> check("lab04.paper", ...)
    ✗ 0 of 2 points
      Not answered yet. Write your answer in the cell above, run it, then run this cell again.
    """
    lab, _, short = name.partition(".") if isinstance(name, str) else ("", "", "")
    if lab not in labs() or short not in tasks(lab):
        known = [f"{one}.{task}" for one in ([lab] if lab in labs() else labs()) for task in tasks(one)]
        raise ValueError(f"name must be one of {', '.join(known)}; got {name!r}")
    task = tasks(lab)[short]
    try:
        with quiet():
            problem = (_function if isinstance(task, FunctionTask) else _values)(task, answer)
    except Exception as error:
        problem = _say(f"The check cannot read this answer ({type(error).__name__}). Is it what the task asks for?")
    if problem is None:
        return Result(True, task.points, task.points, "Right.")
    return Result(False, 0, task.points, problem.message, problem.hint)


def score(lab, **answers):
    """Check the answers to several tasks of a lab at once and return a Report on all of its tasks.

    Parameters
    ----------
    lab : str
        Such as "lab04".
    **answers
        The answer to each task, under the task's short name; a task left out counts as unanswered.

    Raises ValueError for a lab or a task that does not exist.
    """
    asked = tasks(lab)
    unknown = sorted(set(answers) - set(asked))
    if unknown:
        raise ValueError(f"answers must be named among {', '.join(asked)}; got {', '.join(unknown)}")
    return Report({task.title: check(f"{lab}.{name}", answers.get(name)) for name, task in asked.items()})


@contextmanager
def quiet():
    """Run without warnings: overflow in an answer is found in its result."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def _say(message, hint=""):
    return Mistake("", None, message, hint)


def _missing(answer):
    return answer is None or answer is ...


# Tasks answered by values.


def _values(task, answer):
    names = [part.name for part in task.parts]
    if _missing(answer):
        return _say(UNANSWERED)
    if len(names) == 1:
        answer = (answer,)
    if not isinstance(answer, (tuple, list, np.ndarray)) or len(answer) != len(names):
        return _say(f"This task wants {len(names)} answers, in this order: {', '.join(names)}.")
    left = [name for name, value in zip(names, answer) if _missing(value)]
    if len(left) == len(names):
        return _say(UNANSWERED)
    problems = [_part(task, part, value) for part, value in zip(task.parts, answer) if not _missing(value)]
    problem = next((p for p in problems if p), None)
    if problem is None and left:
        return _say(f"Right so far. Not answered yet: {', '.join(left)}.")
    return problem


def _part(task, part, value):
    """Return None where one value is right, otherwise what to say to it."""
    if part.options:
        return _choice(part, value)
    problem = unreadable(value, part.name)
    if problem:
        return _say(problem)
    found, right = np.asarray(value), _value(part.right)
    problem = wrong_shape(found, np.asarray(right), part.name)
    if problem:
        return _say(problem)
    if close(found, right, task.rtol):
        return None
    for mistake in part.mistakes:
        if close(found, _value(mistake.wrong), task.rtol):
            return mistake
    if not np.isfinite(found).all():
        return _say(f"{part.name} is {found}. Something was divided by 0 or grew without end.", part.hint)
    if close(found, right, 0.05):
        return _say(f"{part.name} is close, but not close enough. Was it rounded on the way?", part.hint)
    return _say(f"{part.name} is not right yet.", part.hint)


def _choice(part, value):
    options = ", ".join(repr(option) for option in part.options)
    if not isinstance(value, str) or value not in part.options:
        return _say(f"{part.name} must be one of {options}, copied letter by letter.")
    if value == part.right:
        return None
    known = next((m for m in part.mistakes if m.wrong == value), None)
    return known or _say(f"{part.name} is something else.", part.hint)


def _value(value):
    return value() if callable(value) else value


# Tasks answered by a function.


def _function(task, function):
    if _missing(function):
        return _say(UNANSWERED)
    if not callable(function):
        return _say(
            "This task wants your function itself: its name alone, without brackets and arguments. "
            f"It got something of type {type(function).__name__}."
        )
    problem = _signature(task, function)
    if problem:
        return problem
    cases = [task.inputs(seed) for seed in task.seeds]
    outputs = []
    for inputs in cases:
        output, problem = _run(task, function, inputs)
        if problem:
            return problem
        outputs.append(output)
    return judge(task, cases, outputs)


def _signature(task, function):
    try:
        inspect.signature(function).bind(*task.arguments)
    except TypeError:
        return _say(f"Your function must take {len(task.arguments)} arguments: {', '.join(task.arguments)}.")
    except ValueError:
        pass  # some functions written in C do not say what they take
    return None


def _run(task, function, inputs):
    """Call the learner's function on copies of the inputs; return its output and what went wrong, if anything."""
    given = copy.deepcopy(inputs)
    try:
        output = task.call(function, **given)
    except NotImplementedError:
        return None, _say(UNANSWERED)
    except Unending:
        return None, _say("Your loop did not come to an end. What should stop it, and is that looked at in each round?")
    except (Exception, SystemExit) as error:
        return None, _say(f"Your function stopped with {_raised(error)}")
    changed = [n for n in inputs if n not in task.changes and not np.array_equal(inputs[n], given[n], equal_nan=True)]
    if changed:
        return None, _say(
            f"Your function changed its argument {', '.join(changed)}, and whoever called it still needs that. "
            "Does `-=`, `shuffle` or an assignment to a part work on the argument itself, instead of a copy?"
        )
    return output, None


def _raised(error):
    """Name an exception and the learner's line it came from."""
    text = f"{type(error).__name__}: {error}".rstrip(": ")
    frames = []
    trace = error.__traceback__
    while trace:
        frames.append(
            (trace.tb_frame.f_code.co_filename, trace.tb_lineno, trace.tb_frame.f_globals.get("__name__", ""))
        )
        trace = trace.tb_next
    own = [f for f in frames if not f[2].startswith(("nablab.checks", "numpy"))]
    if not own:
        return text
    line = linecache.getline(own[-1][0], own[-1][1]).strip()
    return f"{text} - at the line `{line}`" if line else f"{text} - in its line {own[-1][1]}"


def _unpacked(task, output):
    """A list of several outputs is as good as a tuple."""
    several = isinstance(output, list) and len(output) == len(task.outputs) > 1
    return tuple(output) if several else output


def _readable(task, output):
    found = as_tuple(output)
    if len(task.outputs) == 1 and isinstance(output, tuple):
        return _say(f"Your function returned {len(output)} values; one is wanted: {task.outputs[0]}.")
    if output is None:
        return _say("Your function returned None. Does its last line say `return`, and is it outside the loop?")
    if len(found) != len(task.outputs):
        return _say(f"Your function must return {len(task.outputs)} values: {', '.join(task.outputs)}.")
    problem = next(filter(None, (unreadable(f, name) for f, name in zip(found, task.outputs))), None)
    return problem and _say(_sentence(problem))


def judge(task, cases, outputs):
    """Compare the outputs of a function with the right ones, case by case.

    Parameters
    ----------
    task : FunctionTask
    cases : list of dicts, the inputs as `task.inputs` draws them
    outputs : list of what `task.call` returned for each

    Returns None where all are right, otherwise a Mistake. A grader of your own can call
    this on outputs from inputs of its own.
    """
    outputs = [_unpacked(task, output) for output in outputs]
    problem = next(filter(None, (_readable(task, output) for output in outputs)), None)
    if problem:
        return problem
    if task.judge:
        return next(filter(None, (task.judge(o, **copy.deepcopy(i)) for o, i in zip(outputs, cases))), None)
    rights = [task.reference(**copy.deepcopy(inputs)) for inputs in cases]
    tolerances = [_tolerance(task, output) for output in outputs]
    if all(map(same, outputs, rights, tolerances)):
        return None
    for mistake in task.mistakes:
        wrongs = [mistake.wrong(**copy.deepcopy(inputs)) for inputs in cases]
        if all(map(same, outputs, wrongs, tolerances)):
            return mistake
    return _differs(task, outputs, rights, tolerances)


def _tolerance(task, output):
    single = any(getattr(f, "dtype", None) == np.float32 for f in as_tuple(output))
    return max(task.rtol, task.rtol32) if single else task.rtol


def _differs(task, outputs, rights, tolerances):
    for output, right, rtol in zip(outputs, rights, tolerances):
        for found, wanted, name in zip(as_tuple(output), as_tuple(right), task.outputs):
            found, wanted = np.asarray(found), np.asarray(wanted)
            problem = wrong_shape(found, wanted, name)
            if problem:
                return _say(_sentence(problem), task.hint)
            if not close(found, wanted, rtol):
                return _say(_sentence(difference(found, wanted, name)), task.hint)
    raise AssertionError("no output differs")


def _sentence(text):
    """Begin with a capital, unless the first word is a name in the learner's code."""
    return f"T{text[1:]}" if text.startswith("the ") else text
