"""Notebooks run as the book's build runs them, within the time each of them states."""

import os
import time
from collections import defaultdict
from pathlib import Path

import pytest
from execution import KERNEL_ENVIRONMENT

ROOT = Path(__file__).parent

GENEROSITY = 5  # a notebook may take this many times the seconds it states
SPENT = defaultdict(float)


def pytest_configure():
    os.environ.update(KERNEL_ENVIRONMENT)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    notebook = getattr(item.parent, "nb", None)
    if notebook is None:
        return (yield)
    stated = notebook.metadata.nablab.seconds
    left = GENEROSITY * stated - SPENT[item.parent.path]
    if left <= 0:
        pytest.fail(f"{item.parent.path.name} took more than {GENEROSITY} times the {stated} s it states")
    item.config.option.nbval_cell_timeout = left
    start = time.monotonic()
    try:
        return (yield)
    finally:
        SPENT[item.parent.path] += time.monotonic() - start


def pytest_terminal_summary(terminalreporter):
    for path, seconds in SPENT.items():
        terminalreporter.write_line(f"{path.relative_to(ROOT)}: {seconds:.0f} s")
