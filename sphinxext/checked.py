"""The `checked` directive: how the book is checked, in numbers that are counted in the repository as it is built."""

import ast
import html
import json
import sys
from importlib.metadata import version
from pathlib import Path

import article
import nbformat
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks/results/reseed.json"
FAULTS = ROOT / "tests/package/test_faults.py"
ENGINE = ROOT / "nablab/engine"
NO_FORMULAS = {"__init__", "gradcheck", "validate"}  # the judge, and the sentences on bad input


def kept(result):
    """Return how many asserts held in every run, and how many were meant to: some are for the book's own seed alone."""
    asserts = [row for chapter in result["chapters"].values() for row in chapter["asserts"]]
    meant = [row for row in asserts if not row.get("one_seed")]
    return sum(not row["failed"] for row in meant), len(meant)


def sentence(result):
    """Return what the recorded result says, in words."""
    chapters = result["chapters"].values()
    runs = [len(chapter["seeds"]) for chapter in chapters]
    whole, meant = kept(result)
    once = sum(len(chapter["asserts"]) for chapter in chapters) - meant
    fewest = "" if min(runs) == max(runs) else f" (the slowest chapter under {min(runs)})"
    apart = f" {once} more are meant for the book's own seed alone." if once else ""
    return (
        f"On {result['date']}, {len(runs)} chapters ran under {_seeds(max(runs))} that their writers had not seen"
        f"{fewest}: {whole} of their {meant} asserts held in every run.{apart}"
    )


def _seeds(count):
    return "one seed" if count == 1 else f"{count} seeds"


def parts():
    """Return how many public functions and classes the engine has, without its judge."""
    trees = [ast.parse(p.read_text(encoding="utf8")) for p in ENGINE.glob("*.py") if p.stem not in NO_FORMULAS]
    definitions = [node for tree in trees for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    return sum(not node.name.startswith("_") for node in definitions)


def faults():
    """Return how many faults tests/package/test_faults.py puts into the engine."""
    tree = ast.parse(FAULTS.read_text(encoding="utf8"))
    named = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign)}
    return sum(len(module.elts) for module in named["FAULTS"].values)


def numbers(notebooks):
    """Return what was counted: pairs of a number and what it counts."""
    read = [nbformat.read(path, as_version=4) for path in notebooks]
    cells = sum(cell.cell_type == "code" for notebook in read for cell in notebook.cells)
    result = json.loads(RESULT.read_text(encoding="utf8"))
    held, meant = kept(result)
    return [
        (parts(), "functions and classes, compared with PyTorch, measured slopes or known values"),
        (faults(), "faults put into the engine on purpose; each turns a test red"),
        (f"{held} of {meant}", "asserts held in every run under seeds not seen before"),
        (
            sum(len(article.boxes(notebook)) for notebook in read),
            "boxes on what a published article says, each with its evidence",
        ),
        (cells, "code cells, all run for these pages"),
    ]


class Checked(SphinxDirective):
    def run(self):
        paths = [Path(self.env.doc2path(name)) for name in self.env.external_site_map]
        notebooks = [path for path in paths if path.suffix == ".ipynb"]
        for path in (RESULT, FAULTS, *ENGINE.glob("*.py"), *notebooks):
            self.env.note_dependency(str(path))
        counted = "".join(f"<li><b>{n}</b> {html.escape(words)}</li>" for n, words in numbers(notebooks))
        tools = ", ".join(f"{name} {version(name).split('+')[0]}" for name in ("numpy", "torch", "matplotlib"))
        python = ".".join(map(str, sys.version_info[:2]))
        return [
            nodes.raw("", f'<ul class="checked">{counted}</ul>', format="html"),
            nodes.paragraph(
                "",
                f"{sentence(json.loads(RESULT.read_text(encoding='utf8')))} "
                f"These pages were built with Python {python}, {tools}.",
            ),
        ]


def setup(app):
    app.add_directive("checked", Checked)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
