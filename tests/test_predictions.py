"""A prediction hides its answer until it is given: in code, in outputs and in prose, on the page and raw."""

import ast
import io
import json
import re
import tokenize
from functools import cache
from typing import NamedTuple

import pytest
from test_notebooks import CHAPTERS, ROOT, name_of, read

NEEDED = "predict-needed"  # the tag of a cell that cannot do without the answer's number or words
NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?:e-?\d+)?(?![\w]|\.\d)")
HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)


class Asked(NamedTuple):
    """A prediction: its name, its question, and the indices of its cell, its truth's and the fold's end."""

    name: str
    question: str
    cell: int
    truths: list
    end: int | None
    until: str | None


def predictions(notebook):
    cells = notebook.cells
    for i, cell in enumerate(cells):
        if cell.cell_type != "code":
            continue
        for node in ast.parse(cell.source).body:
            if not (isinstance(node, ast.Assign) and getattr(getattr(node.value, "func", None), "id", "") == "Predict"):
                continue
            name, call = node.targets[0].id, node.value
            until = next((ast.literal_eval(k.value) for k in call.keywords if k.arg == "until"), None)
            truths = [j for j, c in enumerate(cells) if c.cell_type == "code" and f"{name}.truth(" in c.source]
            yield Asked(name, ast.literal_eval(call.args[0]), i, truths, fold_end(cells, i, until), until)


def fold_end(cells, start, until):
    for j in range(start + 1, len(cells)):
        if cells[j].cell_type == "markdown":
            found = HEADING.findall(cells[j].source)
            if found and (until is None or until in found):
                return j
    return None


ASKED = [(path, asked) for path in CHAPTERS for asked in predictions(read(path))]
each_prediction = pytest.mark.parametrize(
    ("path", "asked"), ASKED, ids=[f"{path.stem}-{asked.name}" for path, asked in ASKED]
)


@each_prediction
class TestTheFold:
    def test_it_ends_at_a_heading_that_begins_a_cell(self, path, asked):
        assert asked.end is not None, f"no later heading {asked.until!r}"
        first = read(path).cells[asked.end].source.splitlines()[0]
        assert HEADING.fullmatch(first), first
        assert asked.until in (None, HEADING.fullmatch(first)[1])

    def test_it_covers_the_truth_which_has_a_cell_of_its_own(self, path, asked):
        cells = read(path).cells
        assert len(asked.truths) == 1
        (at,) = asked.truths
        assert asked.cell < at < asked.end
        assert cells[at].id.endswith("-truth")
        assert "hide-input" in cells[at].metadata.tags
        assert cells[at].metadata.jupyter.source_hidden is True
        shown = [
            n.func.id for n in ast.walk(ast.parse(cells[at].source)) if isinstance(getattr(n, "func", None), ast.Name)
        ]
        assert "print" not in shown, "what is to be seen is printed by the run before"


@cache
def outcomes(path):
    """What the built page knows of its questions: their outcomes by their texts."""
    page = ROOT / "_build/html" / path.relative_to(ROOT).with_suffix(".html")
    stored = re.search(
        r'<script type="application/vnd.jupyter.widget-state\+json">(.*?)</script>',
        page.read_text(encoding="utf8"),
        re.DOTALL,
    )
    states = [s["state"] for s in json.loads(stored[1])["state"].values()]
    return {s["question"]: s["outcome"] for s in states if s.get("question") and "outcome" in s}


def equal(text, value):
    """Whether a number as written is the value, or the value rounded as written to two digits or more."""
    written = float(text.replace("−", "-"))
    decimals = len(text.partition("e")[0].partition(".")[2])
    digits = len(text.partition("e")[0].replace(".", "").lstrip("-−0"))
    return written == value or (digits > 1 and written == round(value, decimals))


def comments(source):
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def compared(source):
    return [ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.Assert, ast.Compare))]


def gives_away(cell, answer):
    """The place in a cell's text that says the answer, or None."""
    if isinstance(answer, str):
        found = re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", cell.source)
        return found and found[0]
    # A figure such as 3 is everywhere in code; where it stands in a comment or a comparison it says something.
    code = cell.cell_type == "code" and answer in range(10)
    texts = comments(cell.source) + compared(cell.source) if code else [cell.source]
    return next((n for text in texts for n in NUMBER.findall(text) if equal(n, answer)), None)


def answers(outcome):
    """What would give a question away: its outcome; of a point nothing, which two numbers would have to agree on."""
    return [] if isinstance(outcome, list) else [outcome]


@each_prediction
class TestTheAnswer:
    def test_nothing_says_it_between_question_and_truth(self, path, asked):
        cells, (at,) = read(path).cells, asked.truths
        for cell in cells[asked.cell + 1 : at]:
            if NEEDED not in cell.metadata.get("tags", []):
                for answer in answers(outcomes(path)[asked.question]):
                    assert gives_away(cell, answer) is None, f"cell {cell.id!r} gives {answer!r} away"

    def test_the_next_section_does_not_say_it(self, path, asked):
        """What stands right behind the fold, up to the next heading: for answers that cannot stand there by chance."""
        cells, answer = read(path).cells, outcomes(path)[asked.question]
        if isinstance(answer, list) or answer in range(-100, 101) or (isinstance(answer, str) and " " not in answer):
            return
        for cell in cells[asked.end :]:
            if cell is not cells[asked.end] and cell.cell_type == "markdown" and HEADING.match(cell.source):
                break
            if NEEDED not in cell.metadata.get("tags", []):
                assert gives_away(cell, answer) is None, f"cell {cell.id!r} gives {answer!r} away"


def cell(source, kind="code"):
    return type("Cell", (), {"source": source, "cell_type": kind})


@pytest.mark.parametrize(
    ("source", "kind", "answer", "found"),
    [
        ("z1 = x @ W1  # (10000, 3)", "code", "(10000, 3)", "(10000, 3)"),
        ("for k in range(3): pass", "code", 3, None),
        ("n = 1  # gives 3", "code", 3, "3"),
        ("assert right == 3", "code", 3, "3"),
        ("It is 1.14.", "markdown", 1.1368, "1.14"),
        ("It is 1.", "markdown", 1.1368, None),
        ("It is −0.25.", "markdown", -0.25, "−0.25"),
        ("A factor of 5e-5.", "markdown", 5e-5, "5e-5"),
        ("Version 1.14.2", "markdown", 1.14, None),
        ("the loss falls", "markdown", "falls", "falls"),
        ("waterfalls", "markdown", "falls", None),
    ],
)
def test_what_gives_an_answer_away(source, kind, answer, found):
    assert gives_away(cell(source, kind), answer) == found


SEEDED = re.compile(r"(?:default_rng|manual_seed|SeedSequence|RandomState)\(\s*\d|\bseed=\d|np\.random\.seed")


@pytest.mark.parametrize("path", CHAPTERS, ids=name_of)
def test_all_chance_comes_from_one_seed(path):
    cells = [c for c in read(path).cells if c.cell_type == "code"]
    assert [c.id for c in cells if SEEDED.search(c.source)] == []
    source = "\n".join(c.source for c in cells)
    if re.search(r"default_rng|manual_seed|seed=", source):
        assert "SEED = seed()" in source or "SEED = data.seed()" in source
