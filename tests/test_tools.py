"""The Makefile and the scripts behind it: set-up, address, server; and what must hold on each system."""

import ast
import hashlib
import http.server
import json
import os
import platform
import re
import runpy
import subprocess
import sys
import types
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import address
import look
import nbformat
import pytest
import strip
from execution import KERNEL_ENVIRONMENT, configure, execute
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_client.kernelspec import KernelSpecManager
from PIL import Image
from sphinx.errors import SphinxError

from nablab import VERSION

ROOT = Path(__file__).parent.parent
URL = "https://github.com/OWNER/NAME"
PROJECT = "[project]\nname = 'nablab'\n"


class TestAddress:
    def test_unset(self):
        assert address.address(PROJECT) == ""
        assert address.address(f"{PROJECT}[project.urls]\n") == ""

    @pytest.mark.parametrize("url", [URL, URL + "/", URL + ".git"])
    def test_set(self, url):
        assert address.address(f"{PROJECT}[project.urls]\nRepository = '{url}'\n") == URL

    @pytest.mark.parametrize(
        "url",
        [
            "'foo'",
            "'http://github.com/a/b'",
            "'https://'",
            "'https://[::1'",
            "'https://github.com'",
            "'https://github.com/a'",
            "'https://name:word@github.com/a/b'",
            "'https://github.com/a/b?c#d'",
            "'https://github.com/a/b/tree/main'",
            "'https://github.com/a/b c'",
            "3",
        ],
    )
    def test_no_url(self, url):
        message = r"pyproject\.toml: Repository .*must .*; got .*" + re.escape(url.strip("'"))
        with pytest.raises(SystemExit, match=message):
            address.address(f"{PROJECT}[project.urls]\nRepository = {url}\n")

    @pytest.mark.parametrize("text", ["[project", "", "project = 3"])
    def test_no_project(self, text):
        with pytest.raises(SystemExit, match=r"pyproject\.toml cannot be read, or has no \[project\]"):
            address.address(text)

    def test_config_line(self):
        text = 'repository:\n  url: ""\n  branch: main\n'
        assert address.stamp_config(text, URL) == f'repository:\n  url: "{URL}"\n  branch: main\n'
        for bad in ("", text * 2):
            with pytest.raises(SystemExit, match=r"_config\.yml must have one line"):
                address.stamp_config(bad, URL)

    def test_notebook(self):
        cells = [
            {"cell_type": kind, "source": ["x"], "id": str(i)} for i, kind in enumerate(("markdown", "code", "code"))
        ]
        once = address.stamp_notebook(json.dumps({"cells": cells}), URL)
        sources = ["".join(cell["source"]) for cell in json.loads(once)["cells"]]
        assert sources == ["x", address.first_cell(URL), "x"]
        assert address.stamp_notebook(once, URL) == once

    def test_the_first_cell_installs_with_an_address_and_never_torch(self):
        assert f'%pip install --quiet --upgrade "nablab[notebooks] @ git+{URL}"' in address.first_cell(URL)
        assert not re.search(r"install.*torch|install nablab\b", address.first_cell(URL))

    def run_first_cell(self, url):
        """Run it, with and without an address; return what it asked IPython for."""
        asked = []
        kernel = types.SimpleNamespace(run_line_magic=lambda name, line: asked.append(f"{name} {line}"))
        exec(TransformerManager().transform_cell(address.first_cell(url)), {"get_ipython": lambda: kernel})
        return asked

    @pytest.mark.parametrize("version", [VERSION, (VERSION[0], VERSION[1] + 8, 0)])
    def test_the_first_cell_leaves_a_package_alone_that_is_new_enough(self, version, monkeypatch):
        monkeypatch.setattr("nablab.VERSION", version)
        assert self.run_first_cell("") == self.run_first_cell(URL) == []

    # None: there is no package; one without a version: a folder of that name, or a package before versions were asked.
    @pytest.mark.parametrize("version", [None, "none", (0, 1, 9)])
    def test_the_first_cell_wants_a_package_as_new_as_the_page(self, version, monkeypatch):
        found = types.ModuleType("nablab")
        if isinstance(version, tuple):
            found.VERSION = version
        monkeypatch.setitem(sys.modules, "nablab", found if version else None)
        with pytest.raises(ImportError, match=r"version \d+\.\d+\.\d+ or newer.*see 'Run it' in the book's README"):
            self.run_first_cell("")
        assert self.run_first_cell(URL) == [f'pip install --quiet --upgrade "nablab[notebooks] @ git+{URL}"']
        assert "nablab" not in sys.modules  # so that the next import finds the new one

    def test_the_readme_says_how_to_run_it(self):
        assert "## Run it" in (ROOT / "README.md").read_text(encoding="utf8")

    def test_the_book_is_stamped(self):
        url = address.address((ROOT / "pyproject.toml").read_text(encoding="utf8"))
        config = (ROOT / "_config.yml").read_text(encoding="utf8")
        assert address.stamp_config(config, url) == config
        notebooks = [p for folder in ("book", "labs") for p in (ROOT / folder).rglob("*.ipynb")]
        assert notebooks
        for path in notebooks:
            text = path.read_text(encoding="utf8")
            assert address.stamp_notebook(text, url) == text, f"{path.name}: run `make address`"


def serve(*arguments, **kwargs):
    command = [sys.executable, ROOT / "tools/serve.py", *arguments, "--no-browser"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **kwargs)


class TestServe:
    def test_pages_and_the_page_for_lost_readers(self, tmp_path, monkeypatch):
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")  # not to be asked for this machine
        ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        (tmp_path / "index.html").write_text("home", encoding="utf8")
        (tmp_path / "404.html").write_text("lost", encoding="utf8")
        with serve(tmp_path, "--port", "0") as server:
            try:
                home = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())[0]
                assert ask(home).read() == b"home"
                with pytest.raises(urllib.error.HTTPError) as error:
                    ask(home + "not/there.html")
                assert (error.value.code, error.value.read()) == (404, b"lost")
                error.value.close()
            finally:
                server.terminate()

    def test_a_port_in_use(self, tmp_path):
        with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as other:
            port = other.server_port
            with serve(tmp_path, "--port", str(port)) as server:
                assert f"port {port} is in use; choose another" in server.communicate()[1]
        assert server.returncode == 2

    @pytest.mark.parametrize("port", ["x", "-1", "70000", "80.5", "٣٤"])
    def test_a_port_that_is_none(self, port, tmp_path):
        with serve(tmp_path, f"--port={port}") as server:
            assert f"must be a whole number from 0 to 65535; got '{port}'" in server.communicate()[1]
        assert server.returncode == 2

    def test_a_folder_that_is_not_there(self, tmp_path):
        with serve(tmp_path / "html") as server:
            assert "is no folder; build the book first: make book" in server.communicate()[1]
        assert server.returncode == 2


def make(*arguments, **kwargs):
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf8", **kwargs)


class TestMakefile:
    def test_it_runs_no_launcher_as_these_name_the_folder_that_they_were_installed_in(self):
        recipes = (ROOT / "Makefile").read_text(encoding="utf8")
        assert set(re.findall(r"\$\(BIN\)/(\S+)", recipes)) == {"python"}

    def test_package_and_kernel_are_of_this_folder(self):
        elsewhere = os.environ | {"PYTHONPATH": "/elsewhere", "JUPYTER_PATH": "/elsewhere"}
        ran = make("--eval", 'show:;@echo "$$PYTHONPATH, $$JUPYTER_PATH"', "show", env=elsewhere)
        assert ran.stdout == f"{ROOT}, \n"

    def test_a_build_with_the_package_of_elsewhere_ends(self, tmp_path, monkeypatch):
        monkeypatch.setattr("nablab.__file__", str(tmp_path / "nablab/__init__.py"))
        with pytest.raises(SphinxError, match=f"nablab is imported from {tmp_path}, not from .*PYTHONPATH"):
            configure(app=None, config=None)

    def test_a_folder_that_cannot_be_written_to(self):
        nobody = {"user": 65534} if os.geteuid() == 0 else {}
        makefile = (ROOT / "Makefile").read_text(encoding="utf8")
        ran = make("-C", "/", "-f", "-", "writable", input=makefile, **nobody)
        assert ran.returncode == 2
        assert "Cannot write to '.' in /: make needs a copy of the book's folder that is yours" in ran.stdout


# As VS Code and Colab save it.
FOREIGN = {
    "cells": [
        {"cell_type": "markdown", "metadata": {"id": "x"}, "source": ["a"]},
        {
            "cell_type": "code",
            "metadata": {"vscode": {"languageId": "python"}, "tags": ["hide-input"]},
            "source": ["1 + 1"],
            "execution_count": 3,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "2"}],
        },
    ],
    "metadata": {
        "kernelspec": {"display_name": "venv (3.12.1)", "language": "python", "name": "venv312"},
        "language_info": {"name": "python", "version": "3.12.1"},
        "nablab": {"seconds": 3},
        "colab": {"provenance": []},
    },
}


class TestStrip:
    def test_what_an_editor_wrote_is_gone(self):
        notebook = json.loads(json.dumps(FOREIGN))
        strip.strip(notebook)
        text, code = notebook["cells"]
        assert (text["metadata"], code["metadata"]) == ({}, {"tags": ["hide-input"]})
        assert (code["execution_count"], code["outputs"]) == (None, [])
        assert notebook["metadata"]["nablab"] == {"seconds": 3}
        assert notebook["metadata"]["kernelspec"]["name"] == "python3"
        assert set(notebook["metadata"]) == {"kernelspec", "language_info", "nablab"}

    def test_the_build_takes_its_own_kernel(self, tmp_path):
        notebook = nbformat.v4.new_notebook(metadata=FOREIGN["metadata"])
        notebook.cells.append(nbformat.v4.new_code_cell("import sys\nsys.prefix"))
        nbformat.write(notebook, tmp_path / "foreign.ipynb")
        with ThreadPoolExecutor(1) as pool:  # as in the build: the browser's tests leave a loop in the main thread
            executed, _ = pool.submit(execute, tmp_path / "foreign.ipynb").result()
        assert executed.cells[0].outputs[0].data["text/plain"] == repr(sys.prefix)

    def test_a_dead_kernel_of_elsewhere_is_not_found(self, tmp_path, monkeypatch):
        dead = tmp_path / "kernels/python3"
        dead.mkdir(parents=True)
        spec = {"argv": ["/dead/python"], "display_name": "dead", "language": "python"}
        (dead / "kernel.json").write_text(json.dumps(spec), encoding="utf8")
        monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
        assert KernelSpecManager().get_kernel_spec("python3").argv[0] == "/dead/python"
        monkeypatch.setenv("JUPYTER_PATH", KERNEL_ENVIRONMENT["JUPYTER_PATH"])
        assert KernelSpecManager().get_kernel_spec("python3").argv[0] != "/dead/python"


class TestPreflight:
    def run(self):
        runpy.run_path(str(ROOT / "tools/preflight.py"))

    def test_passes_here(self):
        self.run()

    def test_an_old_python(self, monkeypatch):
        monkeypatch.setattr(sys, "version_info", (3, 10, 4))
        with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed; .* is 3\.10"):
            self.run()

    def test_a_mac_for_which_there_is_no_pytorch(self, monkeypatch):
        monkeypatch.setattr(sys, "platform", "darwin")
        monkeypatch.setattr(platform, "machine", lambda: "x86_64")
        with pytest.raises(SystemExit, match="PyTorch is no longer published for Intel Macs"):
            self.run()

    @pytest.mark.parametrize("module", ["venv", "ensurepip"])
    def test_a_missing_module(self, module, monkeypatch):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(SystemExit, match=f"module '{module}' is missing.*apt install python3-venv"):
            self.run()


def test_vendored_files_are_as_published():
    folder = ROOT / "assets/vendor"
    sums = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text(encoding="utf8").splitlines())
    files = [p for p in folder.rglob("*") if p.is_file() and p.parent != folder]
    assert {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files} == sums


def test_a_checkout_on_windows_changes_no_byte(tmp_path):
    files = {".ci/run": b"#!/bin/sh\nexit\n", "assets/vendor/a/a.css": b"a {}\r\nb {}\n"}
    for name, content in {".gitattributes": (ROOT / ".gitattributes").read_bytes(), **files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    git = ["git", "-c", "core.autocrlf=true"]
    for step in (["init", "--quiet"], ["add", "."]):
        subprocess.run([*git, *step], cwd=tmp_path, check=True, capture_output=True)
    for name in files:
        (tmp_path / name).unlink()
    subprocess.run([*git, "checkout-index", "--all"], cwd=tmp_path, check=True)
    assert {name: (tmp_path / name).read_bytes() for name in files} == files


def opened_by_luck(source):
    """Return the lines that open a text file in whatever encoding the system has."""
    lines = []
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        opens = name in ("read_text", "write_text") or (name == "open" and isinstance(call.func, ast.Name))
        binary = any(isinstance(a, ast.Constant) and "b" in str(a.value) for a in call.args[1:2]) and name == "open"
        if opens and not binary and "encoding" not in {keyword.arg for keyword in call.keywords}:
            lines.append(call.lineno)
    return lines


def test_each_text_file_is_opened_with_an_encoding():
    assert opened_by_luck("open('a')\nopen('a', 'rb')\np.read_text()\np.write_text('b', encoding='utf8')") == [1, 3]
    folders = ("nablab", "sphinxext", "tools", "tests", "benchmarks")
    sources = [ROOT / "conftest.py", *(p for folder in folders for p in (ROOT / folder).rglob("*.py"))]
    assert {p.name: lines for p in sources if (lines := opened_by_luck(p.read_text(encoding="utf8")))} == {}


class TestLook:
    def test_the_sheet_has_a_row_for_each_page_and_a_column_for_each_mode(self, tmp_path):
        for name in ("a", "b"):
            for width, scheme in look.MODES:
                colour = (255, 255, 255) if scheme == "light" else (0, 0, 0)
                Image.new("RGB", (width, 3000), colour).save(tmp_path / f"{name}-{width}-{scheme}.png")
        whole = look.sheet(["a", "b"], tmp_path)
        row = whole.height // 2
        middles = [look.GAP + 280, 2 * look.GAP + 840, 3 * look.GAP + 1260, 4 * look.GAP + 1540]
        assert [whole.getpixel((x, row + 500))[0] for x in middles] == [255, 0, 255, 0]

    def test_it_wants_a_built_book(self, tmp_path):
        script = [sys.executable, ROOT / "tools/look.py", "--html", tmp_path]
        ran = subprocess.run(script, capture_output=True, text=True)
        assert ran.returncode == 2
        assert "holds no built book; run: make book" in ran.stderr
