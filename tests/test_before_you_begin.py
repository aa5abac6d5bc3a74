"""The page's cells to edit: they run empty, a right answer is told so, and a usual slip is named."""

import contextlib
import io
from pathlib import Path

import nbformat
import numpy as np
import pytest

PAGE = Path(__file__).parent.parent / "book" / "before-you-begin.ipynb"
EMPTY = "Nothing to check yet. In Jupyter, answer in place of None.\n"
ANSWERS = {
    "arrays-check": "raw.max(axis=1)",
    "product-check": "raw @ W1[:, 0]",
    "broadcasting-check": "((y_hat[:, None] - labels) ** 2).mean()",
    "slope-check": "7",
    "partial-check": "(25, 23)",
    "chain-check": "24",
    "logarithm-check": "-4.60517",
    "probability-check": "1 - 0.91**5",
    "expectation-check": "4",
    "conditional-check": "265 / (265 + 33771)",
}
WRONG_SHAPES = {
    "arrays-check": ("raw.max(axis=0)", "(2,)"),
    "product-check": ("raw * W1[:, 0]", "(10000, 2)"),
    "partial-check": ("25", "()"),
}


def run(source, namespace):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(source, namespace)
    return said.getvalue()


@pytest.fixture(scope="module")
def page():
    """The page's code cells by their ids, and what they left behind, run without an answer."""
    cells = {c.id: c.source for c in nbformat.read(PAGE, as_version=4).cells if c.cell_type == "code"}
    namespace = {}
    said = {name: run(source, namespace) for name, source in cells.items()}
    return cells, namespace, said


def test_every_cell_to_edit_is_known_here(page):
    cells, _, said = page
    assert [name for name, text in said.items() if text == EMPTY] == list(ANSWERS)
    assert all(cells[name].count(" = None") == 1 for name in ANSWERS)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_right_answer_is_told_so(page, name):
    cells, namespace, _ = page
    assert run(cells[name].replace(" = None", f" = {ANSWERS[name]}"), dict(namespace)) == "Yes. Can you say why?\n"


@pytest.mark.parametrize("name", ANSWERS)
def test_usual_slips_are_named_each_by_its_own_sentence(page, name):
    cells, namespace, _ = page
    after = dict(namespace, hints=[(namespace["wrong"], namespace["still"])] if name == "broadcasting-check" else [])
    run(cells[name], after)
    for wrong, says in after["hints"]:
        slip = repr(np.asarray(wrong, dtype=float).tolist())
        assert run(cells[name].replace(" = None", f" = {slip}"), dict(namespace)) == f"{says}\n"


@pytest.mark.parametrize("name", WRONG_SHAPES)
def test_a_wrong_shape_is_named(page, name):
    cells, namespace, _ = page
    answer, shape = WRONG_SHAPES[name]
    said = run(cells[name].replace(" = None", f" = {answer}"), dict(namespace))
    assert said.startswith(f"The shape is {shape}; ")


def test_other_answers_stop_nothing(page):
    cells, namespace, _ = page
    for answer, says in (("'seven'", "Numbers are wanted"), ("1234.5", "Not yet."), ("float('nan')", "Not yet.")):
        assert run(cells["slope-check"].replace(" = None", f" = {answer}"), dict(namespace)).startswith(says)
