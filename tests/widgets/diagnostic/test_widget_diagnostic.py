"""The ten questions can be asked and judged, their answers are right, and their sections stand on the page."""

import re
from pathlib import Path

import nbformat
import numpy as np
import pytest

from nablab.widgets import Diagnostic
from nablab.widgets.diagnostic import Question

PAGE = Path(__file__).parent.parent.parent.parent / "book" / "before-you-begin.ipynb"
QUESTIONS = Diagnostic().questions


def question(**changes):
    return Question("How many?", 3, "Count.", {4: "One too many."}, "Counting")._replace(**changes)


def test_there_are_ten_on_ten_sections_of_the_page():
    text = "\n".join(c.source for c in nbformat.read(PAGE, as_version=4).cells if c.cell_type == "markdown")
    headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
    sections = [q["section"] for q in QUESTIONS]
    assert len(QUESTIONS) == len(set(sections)) == 10
    assert [h for h in headings if h in sections] == sections


def test_the_answers_are_those_worked_out_by_hand():
    by_hand = ["`(2,)`", "`[12 34]`", "`(100, 100)`", 0.006001, 9, 12, -5, 0.729, 1.2, 0.5]
    for asked, answer in zip(QUESTIONS, by_hand, strict=True):
        assert asked["answer"] == (answer if isinstance(answer, str) else pytest.approx(answer))


def test_the_place_of_the_right_option_gives_nothing_away():
    places = [q["options"].index(q["answer"]) for q in QUESTIONS if q["options"]]
    assert len(set(places)) == len(places)


def test_each_names_several_slips():
    for asked in QUESTIONS:
        assert len(asked["wrong"]) >= 3
        assert all(re.match(r"[“A-Z0-9`].*[.?]$", says) for _, says in asked["wrong"])


def test_texts_set_off_code_in_pairs():
    for asked in QUESTIONS:
        for text in (asked["text"], asked["why"], *asked["options"], *(says for _, says in asked["wrong"])):
            assert text.count("`") % 2 == 0, text


def test_questions_of_ones_own():
    widget = Diagnostic([question(), question(answer=np.float64(0.5), wrong={-1: "No."})])
    assert [q["answer"] for q in widget.questions] == [3.0, 0.5]
    assert widget.questions[0]["wrong"] == [[4.0, "One too many."]]


@pytest.mark.parametrize("questions", [[], "abc", 3, (q for q in ())])
def test_no_questions(questions):
    with pytest.raises(TypeError, match="questions must be a list of at least one Question; got "):
        Diagnostic(questions)


def test_something_that_is_no_question():
    with pytest.raises(TypeError, match=r"questions\[0\] must be a Question; got \{'text': 'How many\?'\}"):
        Diagnostic([{"text": "How many?"}])


@pytest.mark.parametrize("name", ["text", "why", "section"])
def test_a_text_that_is_missing(name):
    with pytest.raises(TypeError, match=rf"questions\[1\]\.{name} must be a text; got ' '"):
        Diagnostic([question(), question(**{name: " "})])


@pytest.mark.parametrize("changes", [{"answer": np.nan}, {"answer": "3"}, {"answer": True}, {"wrong": {"4": "No."}}])
def test_answers_that_are_no_numbers(changes):
    with pytest.raises(TypeError, match=r"questions\[0\]: without options, answers must be finite numbers; got "):
        Diagnostic([question(**changes)])


@pytest.mark.parametrize("wrong", [{3: "It."}, {3.05: "Near."}, {5: "No.", 5.01: "No."}])
def test_answers_that_could_be_taken_for_each_other(wrong):
    with pytest.raises(ValueError, match=r"questions\[0\]: the answers .* are too close to be told apart"):
        Diagnostic([question(wrong=wrong)])


@pytest.mark.parametrize("wrong", [{}, {"b": "No."}, {"b": "No.", "d": "No."}])
def test_options_without_a_meaning(wrong):
    with pytest.raises(ValueError, match=r"questions\[0\]: answer and wrong must name each of the options once"):
        Diagnostic([question(options=("a", "b", "c"), answer="a", wrong=wrong)])
