"""Every notebook is stripped, well-formed, and shows the package's formulas as they are."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

import nablab.engine
from nablab import data
from nablab.engine.activations import sigmoid

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(p for folder in ("book", "labs") for p in (ROOT / folder).rglob("*.ipynb"))
CHAPTERS = [p for p in NOTEBOOKS if p.is_relative_to(ROOT / "book")]
# What a chapter is made of, by the kind that its metadata names. Not each is a walk from one idea to its formula.
SKELETONS = {
    "idea": [
        "A question",
        "The idea",
        "The formula",
        "The code",
        "Check against the framework",
        "What the article says",
        "Pitfalls",
        "Summary",
        "Exercises",
        "Sources",
    ],
    "project": ["A question", "What the article says", "Pitfalls", "Summary", "Exercises", "Sources"],
}
PREDICTIONS = {"idea": 3, "project": 2}  # at least


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def python(cell):
    """The cell without IPython's % and ! lines, which are no Python."""
    return re.sub(r"^(\s*)[%!].*$", r"\1pass", cell.source, flags=re.MULTILINE)


def public_engine_names():
    for module in pkgutil.iter_modules(nablab.engine.__path__):
        if module.name == "validate":
            continue
        members = vars(importlib.import_module(f"nablab.engine.{module.name}"))
        for name, member in members.items():
            own = getattr(member, "__module__", None) == f"nablab.engine.{module.name}"
            if own and not name.startswith("_"):
                yield f"{module.name}.{name}", member


class Bare(ast.NodeTransformer):
    """Strips docstrings, annotations and calls to nablab.engine.validate."""

    def visit_Expr(self, node):
        value = node.value
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return None
        if isinstance(value, ast.Call) and ast.unparse(value.func).startswith("validate."):
            return None
        return self.generic_visit(node)

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_FunctionDef(self, node):
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node):
        return ast.copy_location(ast.Assign([node.target], node.value), node) if node.value else None


def bare(source):
    return ast.unparse(Bare().visit(ast.parse(source)))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name_of)
class TestEveryNotebook:
    def test_is_valid_and_has_stable_ids(self, path):
        notebook = read(path)
        nbformat.validate(notebook)
        assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
        ids = [cell.id for cell in notebook.cells]
        assert len(set(ids)) == len(ids)
        assert not [i for i in ids if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]+)?", i)], (
            "ids are words, not random numbers"
        )

    def test_is_stripped(self, path):
        notebook = read(path)
        for cell in code_cells(notebook):
            assert cell.outputs == [], cell.id
            assert cell.execution_count is None, cell.id
        assert set(notebook.metadata) == {"kernelspec", "language_info", "nablab"}
        assert notebook.metadata.kernelspec.name == "python3"
        for cell in notebook.cells:
            assert set(cell.metadata) <= {"tags", "nbgrader", "jupyter"}, cell.id
            assert cell.metadata.get("jupyter") in (None, {"source_hidden": True}), cell.id

    def test_states_its_seconds(self, path):
        assert read(path).metadata.nablab.seconds > 0

    def test_cells_are_short(self, path):
        for cell in code_cells(read(path)):
            assert len(cell.source.splitlines()) <= 20, cell.id

    def test_names_no_device_and_no_machine(self, path):
        text = path.read_text(encoding="utf8")
        assert not re.search(r"[\"'(](/home/|/Users/|/root/|/tmp/|[A-Z]:\\\\)", text)
        for cell in code_cells(read(path)):
            assert not re.search(r"""["'](cuda|mps|cpu)\b|\.cuda\(""", cell.source), cell.id

    def test_markdown_reads_well_raw(self, path):
        """Outside Sphinx a directive is shown as it is: only admonitions are used."""
        for cell in read(path).cells:
            if cell.cell_type == "markdown":
                directives = re.findall(r"^[`:]{3,}\{([\w-]+)\}", cell.source, flags=re.MULTILINE)
                assert set(directives) <= {"admonition", "note", "tip", "warning"}, cell.id


@pytest.mark.parametrize("path", CHAPTERS, ids=name_of)
class TestEveryChapter:
    def test_follows_the_skeleton(self, path):
        text = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
        headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
        wanted = SKELETONS[read(path).metadata.nablab.skeleton]
        assert [h for h in headings if h in wanted] == wanted
        opening = read(path).cells[0].source
        assert opening.startswith("# ")
        for word in ("**After this chapter you can**", "**Time**", "**Needs**"):
            assert word in opening

    def test_a_question_is_asked_once(self, path):
        assert not re.search(r"\*\*Predict", "\n".join(c.source for c in read(path).cells if c.cell_type == "markdown"))

    def test_asks_for_predictions_and_answers_each(self, path):
        source = "\n".join(cell.source for cell in code_cells(read(path)))
        asked = re.findall(r"^(\w+) = Predict\(", source, flags=re.MULTILINE)
        assert len(asked) >= PREDICTIONS[read(path).metadata.nablab.skeleton]
        for guess in asked:
            assert f"{guess}.truth(" in source, guess


ENGINE = dict(public_engine_names())
TAGGED = [
    (path, cell, tag.removeprefix("engine:"))
    for path in CHAPTERS
    for cell in code_cells(read(path))
    for tag in cell.metadata.get("tags", [])
    if tag.startswith("engine:")
]


def on_the_page(source):
    """The source as a cell shows it at most: bare, formatted to the page's 80 columns."""
    tree = Bare().visit(ast.parse(source))
    if not tree.body[0].body:
        tree.body[0].body.append(ast.Pass())
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "80", "-"]
    return subprocess.run(command, input=ast.unparse(tree), capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("name", ENGINE)
def test_every_engine_name_fits_a_cell(name):
    assert len(on_the_page(inspect.getsource(ENGINE[name])).splitlines()) <= 20


def test_an_engine_name_is_built_before_the_reader_in_one_chapter_at_most():
    shown = [name for *_, name in TAGGED]
    assert set(shown) <= set(ENGINE)
    assert sorted(shown) == sorted(set(shown))
    print("not shown in a chapter yet:", ", ".join(sorted(set(ENGINE) - set(shown))))


@pytest.mark.parametrize(("path", "cell", "name"), TAGGED, ids=[name for *_, name in TAGGED])
def test_the_chapter_shows_the_package_line_for_line(path, cell, name):
    assert bare(python(cell)) == bare(inspect.getsource(ENGINE[name]))


def test_the_comparison_sees_a_changed_sign():
    source = inspect.getsource(ENGINE["optimizers.GradientDescent"])
    assert bare(source.replace("p -= ", "p += ")) != bare(source)
    assert bare(source.replace("self.lr = lr", "self.lr = 2 * lr")) != bare(source)


CARRIED = [
    (path, cell) for path in CHAPTERS for cell in code_cells(read(path)) if "carried" in cell.metadata.get("tags", [])
]


@pytest.mark.parametrize(("path", "cell"), CARRIED, ids=[name_of(path) for path, _ in CARRIED])
def test_the_carried_network_prints_the_same_numbers_in_every_chapter(path, cell):
    page = ROOT / "_build/html" / path.relative_to(ROOT).with_suffix(".html")
    printed = re.findall(r"\[0\.\d+ +0\.\d+\]", page.read_text(encoding="utf8"))
    digits, (W1, b1, W2, b2) = data.one_or_five(), data.carried_weights()
    x = (digits.x_train[:2] - digits.x_train.mean(axis=0)) / digits.x_train.std(axis=0)
    y_hat = sigmoid(sigmoid(x @ W1 + b1) @ W2 + b2)
    assert cell.source.splitlines()[-1] == "print(np.round(y_hat.ravel(), 3))"
    assert str(np.round(y_hat.ravel(), 3)) in printed


def test_the_carried_network_is_carried():
    assert len(CARRIED) > 1
