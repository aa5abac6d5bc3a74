"""What is executed again after which change, and what becomes of a notebook that fails, takes too long or hangs."""

import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import execution
import nbformat
import pytest
from sphinx.errors import SphinxError
from test_notebooks import CHAPTERS, ROOT, read


def notebook(*sources, seconds=20):
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel, "nablab": {"seconds": seconds}})


@pytest.fixture
def tree(tmp_path):
    """A package of that name with an engine, data, a widget and checks that are imported by name."""
    texts = {
        "requirements.txt": "numpy==2\n# a word\n",
        "constraints.txt": "",
        "nablab/__init__.py": "",
        "nablab/engine/__init__.py": "",
        "nablab/engine/losses.py": "from nablab.engine import validate",
        "nablab/engine/validate.py": "",
        "nablab/engine/layers.py": "",
        "nablab/data/__init__.py": "import numpy",
        "nablab/data/mnist.npz": "",
        "nablab/widgets/__init__.py": "def __getattr__(name): import_module(name)",
        "nablab/widgets/two_rates.py": "from nablab.engine.layers import Dense",
        "nablab/widgets/two_rates.js": "",
        "nablab/widgets/predict.py": "",
        "nablab/checks/__init__.py": "from nablab.checks.core import check",
        "nablab/checks/core.py": "import_module(lab)",
        "nablab/checks/lab04.py": "import nablab.engine.losses",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf8")
    return tmp_path


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("import numpy as np", []),
        ("from nablab.engine.losses import mse", ["engine/__init__", "engine/losses", "engine/validate"]),
        ("from nablab import data", ["data/__init__", "data/mnist"]),
        ("from nablab.data import seed", ["data/__init__", "data/mnist"]),
        ("from nablab.widgets import Predict", ["widgets/__init__", "widgets/predict"]),
        (
            "from nablab.widgets import TwoRates",
            ["engine/__init__", "engine/layers", "widgets/__init__", "widgets/two_rates"],
        ),
        (
            "import nablab.checks",
            ["checks/__init__", "checks/core", "checks/lab04", "engine/__init__", "engine/losses", "engine/validate"],
        ),
    ],
)
def test_what_a_source_needs(tree, source, files):
    found = {p.relative_to(tree / "nablab").with_suffix("").as_posix() for p in execution.needed(source, tree)}
    assert found - {"__init__"} == set(files)


@pytest.mark.parametrize(
    ("file", "matters"),
    [
        ("nablab/engine/losses.py", True),
        ("nablab/engine/validate.py", True),  # through losses
        ("nablab/data/mnist.npz", True),
        ("nablab/engine/layers.py", False),
        ("nablab/widgets/two_rates.js", False),
        ("nablab/widgets/two_rates.py", False),
        ("requirements.txt", True),
    ],
)
def test_which_change_has_a_notebook_executed_again(tree, file, matters):
    cells = notebook("%matplotlib inline\nfrom nablab import data", "from nablab.engine.losses import mse")
    before = execution.key(cells, tree)
    with (tree / file).open("a", encoding="utf8") as changed:
        changed.write("\nchanged = 1\n")
    assert (execution.key(cells, tree) != before) == matters


def test_a_comment_on_a_pin_changes_nothing(tree):
    before = execution.key(notebook("1"), tree)
    (tree / "requirements.txt").write_text("numpy==2  # why\n", encoding="utf8")
    assert execution.key(notebook("1"), tree) == before


def test_every_import_of_the_book_is_found():
    """Independent of the reading of sources: what a fresh Python has loaded of the package, for each chapter."""
    script = (
        "import sys, pathlib; exec(sys.stdin.read());"
        "print(*{m.__file__ for m in sys.modules.values() if getattr(m, '__name__', '').startswith('nablab')})"
    )
    for path in CHAPTERS:
        lines = [line for line in execution.python(read(path)).splitlines() if line.startswith(("import", "from"))]
        ran = subprocess.run([sys.executable, "-c", script], input="\n".join(lines), capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        found = {str(p) for p in execution.needed(execution.python(read(path)))}
        assert set(ran.stdout.split()) <= found, path.name


def test_the_package_imports_nothing_relatively():
    for path in (ROOT / "nablab").rglob("*.py"):
        assert "from ." not in path.read_text(encoding="utf8"), path.name


class TestTheBuild:
    @pytest.fixture
    def build(self, tmp_path, monkeypatch):
        """Write notebooks, and run what the build runs before it reads them."""
        monkeypatch.setattr(execution, "ROOT", tmp_path)
        made_of = {}
        monkeypatch.setattr(execution, "key", lambda notebook: made_of.get(notebook.cells[0].source, "0"))

        def run(**notebooks):
            for name, cells in notebooks.items():
                nbformat.write(cells, tmp_path / f"{name}.ipynb")
            env = SimpleNamespace(found_docs=set(notebooks), doc2path=lambda name: tmp_path / f"{name}.ipynb")
            app = SimpleNamespace(config=SimpleNamespace(nb_execution_cache_path=str(tmp_path / "cache")))
            return sorted(execution.run_stale(app, env, set(), set(), set()))

        run.made_of = made_of
        return run

    def test_only_what_is_stale_is_executed(self, build):
        two = {"one": notebook("print(1)"), "two": notebook("print(2)")}
        assert build(**two) == ["one", "two"]
        assert build(**two) == []
        build.made_of["print(2)"] = "changed"
        assert build(**two) == ["two"]
        assert build(one=notebook("print(3)"), two=two["two"]) == ["one"]

    def test_one_chapter_is_built_and_the_others_are_left(self, build, monkeypatch):
        monkeypatch.setenv("NABLAB_CHAPTER", "two")
        assert build(one=notebook("print(1)"), two=notebook("print(2)")) == ["two"]

    def test_a_failure_names_notebook_cell_and_error(self, build):
        with pytest.raises(SphinxError, match=r"(?s)bad\.ipynb, cell-1: .*ZeroDivisionError: division by zero"):
            build(bad=notebook("1", "1 / 0", "2"))

    def test_what_takes_three_times_its_seconds_is_ended(self, build):
        with pytest.raises(SphinxError, match=r"bad\.ipynb, cell-0: took more than 3 times the 0\.3 CPU seconds"):
            build(bad=notebook("while True: pass", seconds=0.3))

    def test_what_does_nothing_is_ended(self, build, monkeypatch):
        monkeypatch.setattr(execution, "IDLE", 2)
        with pytest.raises(SphinxError, match=r"bad\.ipynb, cell-0: did nothing for 2 seconds"):
            build(bad=notebook("import time; time.sleep(3600)"))

    def test_the_work_of_what_a_cell_starts_counts(self, build):
        code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"
        with pytest.raises(SphinxError, match=r"took more than 3 times"):
            build(bad=notebook(code, seconds=0.3))


class TestTheSuite:
    """The same in the tests: conftest.py, on a folder of its own."""

    @pytest.fixture
    def suite(self, tmp_path):
        shutil.copy(ROOT / "conftest.py", tmp_path)
        shutil.copy(ROOT / "pyproject.toml", tmp_path)

        def run(cells, *options):
            nbformat.write(cells, tmp_path / "bad.ipynb")
            command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "bad.ipynb", *options]
            path = os.pathsep.join([str(ROOT / "sphinxext"), str(ROOT)])
            ran = subprocess.run(
                command, cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path}
            )
            return ran.returncode, ran.stdout

        return run

    @pytest.mark.parametrize("options", [(), ("-n2",)])
    def test_a_failure_names_notebook_cell_and_error_at_the_end(self, suite, options):
        code, out = suite(notebook("1", "1 / 0"), *options)
        assert code == 1
        end = out[out.index("CPU seconds") :]
        assert "bad.ipynb, cell-1: ZeroDivisionError: division by zero" in end
        assert "FAILED bad.ipynb::Cell 1" in out
        assert "2 of 2, 1 failed" in out

    def test_what_takes_three_times_its_seconds_fails(self, suite):
        code, out = suite(notebook("1", "while True: pass", seconds=1))
        assert code == 1
        assert "bad.ipynb, cell-1: took more than 3 times the 1 CPU seconds that the notebook states" in out
