"""Away from this checkout: the built wheel, its `notebooks` extra, Colab's ipywidgets and the oldest NumPy allowed."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest
from execution import KERNEL_ENVIRONMENT

ROOT = Path(__file__).parent.parent
OLD = ["ipywidgets==7.7.1", "numpy==1.26.0"]
# What the place brings along: Colab has a torch and a Jupyter of its own.
THERE = ["nbclient", "ipykernel", "torch"]
NOTEBOOKS = ["book/3-mathematics/gradient-descent.ipynb", "labs/04-gradient-descent.ipynb"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in {*KERNEL_ENVIRONMENT, "PYTHONPATH"}}


def link(name, packages):
    """Put an installed distribution into the folder of another environment's packages: torch is large."""
    installed = distribution(name)
    for top in {file.parts[0] for file in installed.files} - {"..", "__pycache__"}:
        (packages / top).symlink_to(installed.locate_file(top))


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    if not os.environ.get("CI"):
        pytest.skip("installs an environment; set CI=true to run it")
    folder = tmp_path_factory.mktemp("away")
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".*", "_build", "*.egg-info", "build"))
    (source / "build/lib/nablab").mkdir(parents=True)  # of an earlier build
    (source / "build/lib/nablab/renamed_since.py").touch()
    pip = ["-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [sys.executable, *pip, "wheel", "--no-deps", "--wheel-dir", folder, source], check=True, env=ENVIRONMENT
    )
    (wheel,) = folder.glob("*.whl")
    assert "nablab/renamed_since.py" not in zipfile.ZipFile(wheel).namelist()
    venv.create(folder / "env", with_pip=True)
    python = folder / "env/bin/python"
    link("torch", next(folder.glob("env/lib/python*/site-packages")))
    subprocess.run([python, *pip, "install", f"{wheel}[notebooks]", *OLD, *THERE], check=True, env=ENVIRONMENT)
    return python


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_runs_from_an_empty_folder(notebook, python, tmp_path):
    shutil.copy(ROOT / notebook, tmp_path)
    execute = python.with_name("jupyter-execute")
    subprocess.run([execute, Path(notebook).name], cwd=tmp_path, check=True, env=ENVIRONMENT)
