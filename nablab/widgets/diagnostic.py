"""Questions that tell a reader which sections of a page to read, and which to skip."""

import math
from typing import NamedTuple

import numpy as np
import traitlets

from nablab.engine.gradcheck import numeric_gradient
from nablab.widgets.base import Widget, front_end

TOLERANCE = 0.01  # a number may be off by one in a hundred


class Question(NamedTuple):
    """One question: its text, the right answer and why, what wrong ones mean, and the section that teaches it.

    The answer is a number, or one of `options`. `wrong` gives for each usual wrong answer the sentence that says
    what it means; among options every wrong one has its sentence. Backticks set off code in all texts.
    """

    text: str
    answer: object
    why: str
    wrong: dict
    section: str
    options: tuple = ()
    code: str = ""


class Diagnostic(Widget):
    """Ask questions one at a time, name what a wrong answer usually means, and say what to read and what to skip.

    Parameters
    ----------
    questions : list of Question, optional
        Without them, the ten of the page "Before you begin".

    Answers stay on the page: nothing is stored and nothing is sent to a kernel.

    >>> Diagnostic()
    Diagnostic()

    Raises TypeError or ValueError for questions that cannot be asked or judged.
    """

    _esm = front_end("diagnostic.js")

    questions = traitlets.List().tag(sync=True)

    def __init__(self, questions=None):
        questions = before_you_begin() if questions is None else questions
        if not isinstance(questions, (list, tuple)) or not questions:
            raise TypeError(f"questions must be a list of at least one Question; got {questions!r}")
        super().__init__(questions=[_plain(i, question) for i, question in enumerate(questions)])


def _plain(i, question):
    """Return a question as JSON takes it; raise where two of its answers could be taken for each other."""
    if not isinstance(question, Question):
        raise TypeError(f"questions[{i}] must be a Question; got {question!r}")
    for name in ("text", "why", "section"):
        if not isinstance(getattr(question, name), str) or not getattr(question, name).strip():
            raise TypeError(f"questions[{i}].{name} must be a text; got {getattr(question, name)!r}")
    answers = [question.answer, *question.wrong]
    if question.options:
        if len(answers) != len(question.options) or set(answers) != set(question.options):
            raise ValueError(
                f"questions[{i}]: answer and wrong must name each of the options once; got {answers} "
                f"for {list(question.options)}"
            )
    else:
        answers = [_number(i, answer) for answer in answers]
        for k, a in enumerate(answers):
            for b in answers[:k]:
                if abs(a - b) <= _within(a) + _within(b):
                    raise ValueError(f"questions[{i}]: the answers {b} and {a} are too close to be told apart")
    return question._asdict() | {
        "answer": answers[0],
        "options": list(question.options),
        "wrong": [list(pair) for pair in zip(answers[1:], question.wrong.values())],
        "tolerance": TOLERANCE,
    }


def _number(i, answer):
    if isinstance(answer, bool) or not isinstance(answer, (int, float, np.number)) or not math.isfinite(answer):
        raise TypeError(f"questions[{i}]: without options, answers must be finite numbers; got {answer!r}")
    return float(answer)


def _within(answer):
    return TOLERANCE * abs(answer)


def before_you_begin():
    """Return the ten questions of the page "Before you begin"; the right answers are computed."""
    return [*_about_arrays(), *_about_slopes(), *_about_chance()]


def _shape(array):
    return f"`{array.shape}`"


def _about_arrays():
    x, y, y_hat = np.zeros((100, 2)), np.zeros((100, 1)), np.zeros(100)
    table, column = np.array([[1, 2], [3, 4]]), np.array([10, 1])
    return [
        Question(
            "`x` holds 100 samples with 2 features each: its shape is `(100, 2)`. What is the shape of this?",
            code="x.mean(axis=0)",
            options=("`(100,)`", "`(1, 2)`", "`(2,)`", "`()`"),
            answer=_shape(x.mean(axis=0)),
            why="The axis that is named vanishes: 100 rows become one mean for each feature.",
            wrong={
                "`(100,)`": "That is one mean for each sample, which is `axis=1`.",
                "`(1, 2)`": "The axis would stay, with length 1, only if you said `keepdims=True`.",
                "`()`": "That is a single number, the mean of all 200: `x.mean()` with no axis named.",
            },
            section="Arrays and shapes",
        ),
        Question(
            "What does this give?",
            code="np.array([[1, 2], [3, 4]]) @ np.array([10, 1])",
            options=("`[[10 2] [30 4]]`", "`[12 34]`", "`[13 24]`", "an error"),
            answer=f"`{table @ column}`",
            why="Each row meets the vector, entry by entry, and the products are added: 1·10 + 2·1 and 3·10 + 4·1.",
            wrong={
                "`[[10 2] [30 4]]`": "That is `*`, which multiplies entry by entry. `@` adds along the row, too.",
                "`[13 24]`": "That takes the columns of the table. `@` goes along its rows.",
                "an error": "The inner lengths agree, 2 and 2, so there is a product.",
            },
            section="The matrix product",
        ),
        Question(
            "`y_hat` has the shape `(100,)` and `y` has `(100, 1)`. What is the shape of this?",
            code="y_hat - y",
            options=("`(100,)`", "`(100, 1)`", "an error", "`(100, 100)`"),
            answer=_shape(y_hat - y),
            why="Broadcasting pairs every entry of one with every entry of the other, and says nothing.",
            wrong={
                "`(100,)`": "So one would wish. NumPy aligns shapes at the right, and there 100 meets 1.",
                "`(100, 1)`": "`(100,)` counts as `(1, 100)`: both axes of length 1 are stretched.",
                "an error": "An error would be kind. A length of 1 fits every length, so NumPy goes on without a word.",
            },
            section="Broadcasting",
        ),
    ]


def _about_slopes():
    def composed(x):
        return (2 * x + 1) ** 2

    def product(a, b):
        return a**2 * b

    by_b = numeric_gradient(lambda a, b: product(a, b).sum(), [np.array([3.0]), np.array([2.0])], 1)
    by_x = numeric_gradient(lambda x: composed(x).sum(), [np.array([1.0])], 0)
    return [
        Question(
            "Let f(x) = x². About how much larger is f(3.001) than f(3)?",
            answer=3.001**2 - 3**2,
            why="The slope at 3 is 6, and a step of 0.001 changes the value by about 6 · 0.001.",
            wrong={
                6: "6 is the slope at 3. The change is the slope times the step, 0.001.",
                0.001: "That is the step itself. The curve is steeper than 1 there.",
                0.003: "That is 3 times the step. The slope of x² at x is 2x.",
                0.000001: "That is the step squared, a part too small to matter. The change is about slope times step.",
                9: "That is the value at 3. The question is how much it changes.",
                0.06: "That is the change for a step of 0.01.",
            },
            section="The derivative as a slope",
        ),
        Question(
            "Let f(a, b) = a²b. What is the partial derivative with respect to b, where a = 3 and b = 2?",
            answer=round(by_b.item(), 6),
            why="a is held fixed at 3, so f is 9 times b, and its slope is 9.",
            wrong={
                12: "That is the other one, with respect to a: 2ab.",
                18: "That is the value of f. The slope says how it changes with b.",
                21: "That adds both slopes, 12 and 9. A partial derivative moves one variable and holds the other.",
                6: "That is 2a. With a held fixed, a² is a constant factor, and b has the slope 1.",
            },
            section="Partial derivatives",
        ),
        Question(
            "Let f(x) = (2x + 1)². What is its derivative at x = 1?",
            answer=round(by_x.item(), 6),
            why="The outer rate is 2 · 3 = 6, the inner rate is 2, and rates multiply.",
            wrong={
                6: "That is the outer rate alone. The inside changes twice as fast as x: multiply by 2.",
                8: "That adds the two rates, 6 and 2. Rates along a chain multiply.",
                9: "That is the value of f. The question is for its slope.",
                4: "The square's rate is twice the inside, and the inside is 3 at x = 1: 2 · 3, times the inner rate.",
                2: "That is the inner rate alone. The square outside has a rate, too: 2 · 3.",
            },
            section="The chain rule",
        ),
    ]


def _about_chance():
    right = 0.9
    prizes, chances = np.array([10, -1]), np.array([0.2, 0.8])
    fives_said, others_said = 90, 90
    return [
        Question(
            "`np.log(p)` is −2 and `np.log(q)` is −3. What is this?",
            code="np.log(p * q)",
            answer=float(np.log(np.exp(-2) * np.exp(-3))),
            why="The logarithm of a product is the sum of the logarithms.",
            wrong={
                6: "That multiplies the logarithms. The logarithm turns the product into a sum.",
                5: "The size is right. The sum of two negative numbers is negative.",
                1: "A difference of logarithms belongs to a quotient, `p / q`.",
                -1: "A difference of logarithms belongs to a quotient, `q / p`.",
                -6: "That multiplies the sizes. The logarithm turns the product into a sum.",
            },
            section="The logarithm",
        ),
        Question(
            "A filter is right about a mail with probability 0.9, independently of the other mails. "
            "With which probability is it right about all of three mails?",
            answer=right**3,
            why="Independent probabilities multiply: 0.9 · 0.9 · 0.9.",
            wrong={
                0.7: "That takes 0.1 away for each mail, so cases with several errors are taken away several times. "
                "Independent probabilities multiply.",
                0.9: "That is for one mail. Each further mail is one more chance to err.",
                2.7: "No probability is above 1. “And” multiplies; it does not add.",
                0.271: "That is the probability of at least one error: the rest, up to 1.",
                0.001: "That is the probability that it errs on all three.",
                0.3: "That adds the three probabilities of an error.",
                0.81: "That is for two mails.",
            },
            section="Probability",
        ),
        Question(
            "A game pays 10 with probability 0.2, and costs you 1 otherwise. What do you gain a game, on average, "
            "in the long run?",
            answer=float(prizes @ chances),
            why="Each outcome counts with its probability: 0.2 · 10 − 0.8 · 1.",
            wrong={
                2: "That leaves the costs out: with probability 0.8 you lose 1.",
                4.5: "That is the mean of 10 and −1, as if both were equally probable.",
                9: "That adds both outcomes. Each counts with its probability.",
                2.8: "That adds the costs. They are a gain of −1.",
                1: "That takes away the whole cost. It falls due with probability 0.8 only.",
                -1: "That is the most probable outcome. The average takes in the rare 10, too.",
            },
            section="Expectation",
        ),
        Question(
            "Of 1,000 pictures 100 show a five. A program says “five” to 90 of these, and to 90 of the others. "
            "It has said “five” to a picture. With which probability is it one?",
            answer=fives_said / (fives_said + others_said),
            why="It says “five” 180 times, and 90 of these are fives.",
            wrong={
                0.9: "That is the share of the fives that it finds. The question runs the other way.",
                0.1: "That is the share of fives among all pictures. The program has spoken since, and that counts.",
                0.09: "That is the probability of a five and “five” at once. Here “five” is known to be said.",
                0.18: "That is how often it says “five”. How many of these are fives?",
            },
            section="Conditional probability",
        ),
    ]
