"""A chapter, a widget, a lab and an erratum more: new files, a line in the table of contents, and nothing else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from execution import KERNEL_ENVIRONMENT
from test_notebooks import ROOT

LEFT = shutil.ignore_patterns(".*", "_build", "*.egg-info", "__pycache__")
# Each begins as most do: as a copy of what is there, under names of its own.
NEW = {
    "nablab/widgets/convolution_window": ("nablab/widgets/scratch_dial", [".py", ".js", ".css"]),
    "nablab/checks/lab04": ("nablab/checks/lab99", [".py"]),
    "labs/04-gradient-descent": ("labs/99-scratch", [".ipynb"]),
    "book/3-mathematics/gradient-descent": ("book/3-mathematics/scratch", [".ipynb"]),
    "book/pictures/gradient-descent": ("book/pictures/scratch", [".svg"]),
}
NAMES = [
    ("ConvolutionWindow", "ScratchDial"),
    ("convolution_window", "scratch_dial"),
    ("nablab-conv", "nablab-scratch"),
    ("lab04", "lab99"),
    ("Lab 04", "Lab 99"),
    ("04-gradient-descent", "99-scratch"),
    ("nablab.widgets import LearningRate", "nablab.widgets import LearningRate, ScratchDial"),
    ('"# Gradient descent', '"# Scratch'),
    ("engine:", "once:"),
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    tree = tmp_path_factory.mktemp("trial") / "book"
    shutil.copytree(ROOT, tree, ignore=LEFT)
    for old, (new, endings) in NEW.items():
        for ending in endings:
            text = (tree / f"{old}{ending}").read_text(encoding="utf8")
            for name, other in NAMES:
                text = text.replace(name, other)
            (tree / f"{new}{ending}").write_text(text, encoding="utf8")
    chapter = tree / "book/3-mathematics/scratch.ipynb"
    notebook = json.loads(chapter.read_text(encoding="utf8"))
    at = next(i for i, cell in enumerate(notebook["cells"]) if "".join(cell["source"]).startswith("## Pitfalls"))
    box = (
        "> **The article, section 9.9**: a scratch claim.\n>\n> **In fact**: it is scratched.\n>\n> **Evidence**: none."
    )
    notebook["cells"].insert(at, {"cell_type": "markdown", "id": "scratch-box", "metadata": {}, "source": [box]})
    show = {"cell_type": "code", "id": "scratch-dial", "metadata": {}, "source": ["ScratchDial()"]}
    notebook["cells"].insert(at, show | {"execution_count": None, "outputs": []})
    chapter.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf8")
    contents = tree / "_toc.yml"
    line = "      - file: book/3-mathematics/gradient-descent\n"
    text = contents.read_text(encoding="utf8")
    assert line in text
    contents.write_text(text.replace(line, line + line.replace("gradient-descent", "scratch")), encoding="utf8")
    return tree


def run(tree, *command):
    path = os.pathsep.join(str(tree / folder) for folder in ("", "sphinxext", "tools"))
    env = {name: value for name, value in os.environ.items() if name not in KERNEL_ENVIRONMENT} | {"PYTHONPATH": path}
    ran = subprocess.run([sys.executable, *command], cwd=tree, capture_output=True, text=True, env=env)
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    return ran.stdout


def test_all_tests_of_its_kind_pass(tree):
    run(tree, "tools/reading_time.py", "--write")  # as `make times` does: the copy's dial and box take time, too
    kinds = ["notebooks", "article", "labs", "front_ends", "reading_time"]
    tests = [
        *(f"tests/test_{kind}.py" for kind in kinds),
        "tests/package/test_doors.py",
        "tests/package/test_checks.py",
        "tests/widgets/test_widgets.py",
    ]
    unbuilt = "not carried and not its_page and not of_errata"
    out = run(
        tree,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-v",
        "-k",
        f"(scratch or engine or names) and {unbuilt}",
        *tests,
    )
    for name in ("scratch.ipynb", "scratch_dial", "99-scratch"):
        assert name in out


def test_the_cells_of_the_chapter_and_of_the_lab_run(tree):
    run(tree, "-m", "pytest", "-p", "no:cacheprovider", "book/3-mathematics/scratch.ipynb", "labs/99-scratch.ipynb")


def test_the_lab_is_handed_out_and_its_checks_are_found(tree):
    run(tree, "tools/labs.py")
    student = json.loads((tree / "_build/labs/99-scratch.ipynb").read_text(encoding="utf8"))
    assert "lab99." in json.dumps(student)
    assert "lab99" in run(tree, "-c", "from nablab.checks import check; print(check('lab99.edge', ...), 'lab99')")


def test_the_page_has_the_widget_and_the_errata_have_the_box(tree):
    contents = "format: jb-book\nroot: book/index\nchapters:\n  - file: book/3-mathematics/scratch\n"
    contents += "  - file: book/7-resources/errata\n  - file: book/7-resources/references\n"
    whole = (tree / "_toc.yml").read_text(encoding="utf8")
    (tree / "_toc.yml").write_text(contents, encoding="utf8")
    try:
        run(tree, "-c", "from jupyter_book.cli.main import main; main(['build', '.'])")
    finally:
        (tree / "_toc.yml").write_text(whole, encoding="utf8")
    html = tree / "_build/html"
    page = (html / "book/3-mathematics/scratch.html").read_text(encoding="utf8")
    for name in ("scratch_dial.js", "scratch_dial.css"):
        assert f"front_ends/{name}" in page
        assert (html / "_static/front_ends" / name).is_file()
    assert "a scratch claim" in (html / "book/7-resources/errata.html").read_text(encoding="utf8")


def test_nothing_else_was_changed(tree):
    """Whatever differs from this folder is one of the new files, or the table of contents, or built."""
    new = {f"{new}{ending}" for new, endings in NEW.values() for ending in endings}
    for path in tree.rglob("*"):
        name = path.relative_to(tree).as_posix()
        if path.is_dir() or name in new | {"_toc.yml"} or {"_build", "__pycache__"} & set(path.parts):
            continue
        if Path(name).parts[0].startswith(".") or name.endswith(".egg-info"):
            continue
        assert (ROOT / name).read_bytes() == path.read_bytes(), name
