"""Executes the book's notebooks: on all cores, only those whose output may have changed, and none without end.

The output of a notebook depends on its code, the modules of `nablab` that it imports, the data beside them, Python and
the pins. jupyter-cache knows of the code alone: so each of its records carries a key made of the rest, and a notebook
whose key is another by now is executed again. Front ends and style sheets are no part of the key, for they are no part
of a page: `front_ends.py` puts them into the site.
"""

import ast
import asyncio
import hashlib
import os
import re
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from functools import cache
from pathlib import Path

import nbformat
import psutil
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from sphinx.errors import SphinxError
from sphinx.util import logging

import nablab

ROOT = Path(__file__).parent.parent

KERNEL_ENVIRONMENT = {
    # A warning fails the cell; the one exception is raised by the kernel itself as it ends.
    "PYTHONWARNINGS": "error,ignore::PendingDeprecationWarning:ipykernel.kernelbase",
    "PYTHONPATH": str(ROOT),  # the package of this folder, whichever is installed
    "JUPYTER_PATH": "",  # nor a kernel of elsewhere
    "TQDM_DISABLE": "1",  # no progress bars in the pages
    # A core for each notebook, and not all cores for one: all together end sooner.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
GENEROSITY = 3  # a notebook may take this many times the CPU seconds it states
IDLE = 600  # seconds without any work after which a kernel hangs

logger = logging.getLogger(__name__)


# What an output depends on.


@cache
def imported(source):
    """Return what Python source imports, as dotted names: "from nablab import data" gives "nablab.data"."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def located(name, root):
    """Return the files that importing a dotted name runs or reads: packages on the way, their data, and the module.

    A widget's class has a module of its own: "nablab.widgets.TwoRates" is in `two_rates.py`.
    """
    found, folder = [], root
    for part in name.split("."):
        if (folder / part / "__init__.py").is_file():
            folder /= part
            found += [folder / "__init__.py", *folder.glob("*.npz")]
            continue
        stems = part, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", part).lower()
        return found + [p for p in (folder / f"{stem}.py" for stem in stems) if p.is_file()]
    return found


def needed(source, root=ROOT):
    """Return the files of the package in `root` that Python source needs, from module to module.

    A module that imports others by name while it runs, as the checks of labs do, needs all in its folder.
    """
    found, names = set(), list(imported(source))
    while names:
        for path in set(located(names.pop(), root)) - found:
            found.add(path)
            if path.suffix == ".py":
                text = path.read_text(encoding="utf8")
                names += imported(text)
                if "import_module(" in text and path.name != "__init__.py":
                    package = ".".join(path.relative_to(root).parent.parts)
                    names += [f"{package}.{p.stem}" for p in path.parent.glob("*.py")]
    return found


def python(notebook):
    """Return the code of a notebook without IPython's % and ! lines, which are no Python."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return re.sub(r"^(\s*)[%!].*$", r"\1pass", code, flags=re.MULTILINE)


def pins(text):
    """Return the requirements of a requirements file, without its comments."""
    return [line.partition("#")[0].strip() for line in text.splitlines() if line.partition("#")[0].strip()]


def key(notebook, root=ROOT):
    """Return a hash of what the output of a notebook depends on besides its own code."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("requirements.txt", "constraints.txt"):
        digest.update("\n".join(pins((root / name).read_text(encoding="utf8"))).encode())
    for path in sorted(needed(python(notebook), root)):
        digest.update(f"\0{path.relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


# Execution.


def cpu_seconds(pid):
    """Return the CPU seconds that a process and all that it started have taken so far."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                times = one.cpu_times()
                total += times.user + times.system
                if os.name == "posix":
                    total += times.children_user + times.children_system
    return total


class Watch(threading.Thread):
    """Interrupts a kernel that takes more CPU seconds than its notebook may, or that does nothing for ten minutes.

    `seconds` is what it has taken; `fault` says in words why it was interrupted, if it was. The clock on the wall
    decides nothing else: on a busy machine all takes longer.
    """

    def __init__(self, pid, stated):
        super().__init__(daemon=True)
        self.pid, self.stated, self.seconds, self.fault = pid, stated, 0.0, ""
        self.ended = threading.Event()
        self.start()

    def run(self):
        worked, since = 0.0, time.monotonic()
        while not self.fault and not self.ended.wait(0.5):
            self.seconds = max(self.seconds, cpu_seconds(self.pid))
            if self.seconds > GENEROSITY * self.stated:
                self.fault = f"took more than {GENEROSITY} times the {self.stated} CPU seconds that the notebook states"
            elif self.seconds > worked + 0.5:
                worked, since = self.seconds, time.monotonic()
            elif time.monotonic() - since > IDLE:
                self.fault = f"did nothing for {IDLE} seconds"
        if self.fault:
            self.stop_kernel()

    def stop_kernel(self):
        with suppress(psutil.NoSuchProcess):
            kernel = psutil.Process(self.pid)
            if os.name == "posix":
                kernel.send_signal(signal.SIGINT)  # its traceback names the line
                if self.ended.wait(60):
                    return
            kernel.kill()

    def end(self):
        self.seconds = max(self.seconds, cpu_seconds(self.pid))
        self.ended.set()


def execute(path):
    """Return the notebook of a file with its outputs, and its CPU seconds. Raises SphinxError with cell and error."""
    notebook = nbformat.read(path, as_version=4)
    stated, watches = notebook.metadata.nablab.seconds, []
    where = {"metadata": {"path": str(path.parent)}}
    # The environment's own kernel, whichever an editor has named.
    client = NotebookClient(notebook, kernel_name="python3", timeout=None, record_timing=False, resources=where)
    client.on_notebook_start = lambda notebook: watches.append(Watch(client.km.provisioner.pid, stated))
    try:
        asyncio.run(client.async_execute())
    except (CellExecutionError, DeadKernelError) as error:
        begun = [cell for cell in notebook.cells if cell.get("execution_count")]
        cell = f", {begun[-1].id}" if begun else ""
        said = watches[0].fault or re.sub(r"\x1b\[[\d;]*m", "", str(error))
        raise SphinxError(f"{path.relative_to(ROOT)}{cell}: {said}") from error
    finally:
        for watch in watches:
            watch.end()
    return notebook, watches[0].seconds


def run_stale(app, env, added, changed, removed):
    """Execute the notebooks whose output may have changed, longest first, and have Sphinx read their pages again."""
    records = get_cache(app.config.nb_execution_cache_path)
    chosen = os.environ.get("NABLAB_CHAPTER")  # of `make chapter`
    stale = {}
    for name in env.found_docs:
        path = Path(env.doc2path(name))
        if path.suffix != ".ipynb" or chosen not in (None, name):
            continue
        notebook = nbformat.read(path, as_version=4)
        with suppress(KeyError):
            record = records.match_cache_notebook(notebook)
            if record.data.get("key") == key(notebook):
                continue
            records.remove_cache(record.pk)
        stale[name] = path, notebook.metadata.nablab.seconds, key(notebook)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        longest = sorted(stale, key=lambda name: -stale[name][1])
        runs = {pool.submit(execute, stale[name][0]): name for name in longest}
        try:
            for run in as_completed(runs):
                path, _, made_of = stale[runs[run]]
                notebook, seconds = run.result()
                data = {"execution_seconds": seconds, "key": made_of}
                records.cache_notebook_bundle(CacheBundleIn(notebook, str(path), data=data), False, True)
                logger.info("executed %s: %.0f CPU seconds", runs[run], seconds)
        except SphinxError:
            pool.shutdown(cancel_futures=True)
            raise
    return list(stale)


def configure(app, config):
    found = Path(nablab.__file__).parent.parent
    if not found.samefile(ROOT):
        raise SphinxError(f"nablab is imported from {found}, not from {ROOT}: is that folder on the PYTHONPATH?")
    config.nb_execution_cache_path = str(Path(app.outdir).parent / ".jupyter_cache")
    os.environ.update(KERNEL_ENVIRONMENT)


def setup(app):
    app.connect("config-inited", configure)
    app.connect("env-get-outdated", run_stale)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
