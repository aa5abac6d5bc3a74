"""How the suite runs: on all cores, each notebook within the CPU seconds it states, and saying where it is."""

import os
import re
import time
from pathlib import Path

import pytest
from execution import KERNEL_ENVIRONMENT, Watch
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).parent
BROWSER = re.compile(r"tests/browser/|_moves\.py")

# Nothing that a test finds depends on how busy the machine is. Under CI the examples are the same in every run.
settings.register_profile("book", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("book")


def pytest_configure(config):
    os.environ.update(KERNEL_ENVIRONMENT)
    config.option.nbval_cell_timeout = None  # a Watch ends what takes too much, or hangs
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(config))


def is_cell(item):
    return hasattr(item, "cell")


def mark(path):
    """Return the mark of a test, by its place: `make quick` and others choose by them."""
    if path.suffix == ".ipynb":
        return "notebook"
    if BROWSER.search(path.as_posix()):
        return "browser"
    return "package" if {"nablab", "package", "widgets"} & set(path.relative_to(ROOT).parts) else "book"


def cost(item):
    """Return a key that sorts what takes long to the front, so that no core is left with it at the end."""
    stated = item.parent.nb.metadata.nablab.seconds if is_cell(item) else 0
    return -stated, item.path.name != "test_away.py", item.get_closest_marker("browser") is None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(mark(item.path))
        if is_cell(item):
            item.output_timeout = 600  # seconds to wait for what a cell has printed
            item.add_marker(pytest.mark.timeout(3600))
    items.sort(key=cost)


class ByFile(LoadScopeScheduling):
    """A worker takes a whole file, as the cells of a notebook need each other; of those for the browser, one test."""

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        return nodeid if BROWSER.search(file) else file


def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if not is_cell(item):
        return (yield)
    item.user_properties.append(("cell", item.cell.id))
    notebook = item.parent
    if not hasattr(notebook, "watch"):
        notebook.watch = Watch(notebook.kernel.km.provisioner.pid, notebook.nb.metadata.nablab.seconds)
    try:
        return (yield)
    except Exception:
        if notebook.watch.fault:
            pytest.fail(notebook.watch.fault, pytrace=False)
        raise


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    if is_cell(item) and getattr(nextitem, "parent", None) is not item.parent and hasattr(item.parent, "watch"):
        item.parent.watch.end()
        spent = f"{item.parent.watch.seconds:.0f} of {item.parent.watch.stated} CPU seconds"
        item.user_properties.append(("spent", f"{item.parent.nodeid}: {spent}"))
    return (yield)


class Progress:
    """Every ten seconds a line with what is done, what is left and what runs; at the end, what went wrong, in short."""

    def __init__(self, config):
        self.config, self.total, self.done, self.failed = config, 0, 0, 0
        self.running, self.spent = {}, []  # a dict, as a set has no order
        self.begun = self.said = time.monotonic()

    def write(self, line, **markup):
        self.config.get_terminal_writer().line(line, **markup)

    def pytest_collection_finish(self, session):
        self.total = self.total or len(session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids):
        self.total = len(ids)

    def pytest_runtest_logstart(self, nodeid):
        self.running[nodeid] = None

    def pytest_runtest_logfinish(self, nodeid):
        self.running.pop(nodeid, None)
        self.done += 1
        if time.monotonic() - self.said >= 10 or self.done == self.total:
            self.said = time.monotonic()
            minutes, seconds = divmod(int(self.said - self.begun), 60)
            wrong = f", {self.failed} failed" if self.failed else ""
            running = "; running: " * bool(self.running) + ", ".join(self.running)
            self.write(f"{minutes:3d}:{seconds:02d}  {self.done} of {self.total}{wrong}{running}")

    def pytest_runtest_logreport(self, report):
        self.spent += [value for name, value in report.user_properties if name == "spent" and report.when == "teardown"]
        if report.failed:
            self.failed += 1
            self.write(f"FAILED {report.nodeid}", red=True)

    def pytest_report_teststatus(self, report):
        if report.when != "call" and report.passed:
            return "", "", ""
        if report.passed or report.failed:  # no dots and letters: lines say where it is
            return report.outcome if report.when == "call" else "error", "", ""
        return None

    def pytest_terminal_summary(self, terminalreporter):
        for line in sorted(self.spent):
            terminalreporter.write_line(line)
        for report in terminalreporter.stats.get("failed", []):
            for cell in (value for name, value in report.user_properties if name == "cell"):
                error = re.sub(r"\x1b\[[\d;]*m", "", report.longreprtext).strip().splitlines()[-1]
                error = error.removeprefix("pytest plugin exception: ")
                terminalreporter.write_line(f"{report.fspath}, {cell}: {error}", red=True)
