"""The scripts behind the Makefile: set-up, address, server; and the vendored files."""

import hashlib
import http.server
import importlib.util
import json
import re
import runpy
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import address
import look
import pytest
from PIL import Image

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
        assert f'%pip install --quiet "nablab[notebooks] @ git+{URL}"' in address.first_cell(URL)
        assert not re.search(r"install.*torch|install nablab\b", address.first_cell(URL))

    def test_the_first_cell_points_to_the_readme_without_one(self, monkeypatch):
        exec(address.first_cell(""), {})
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(ModuleNotFoundError, match="see 'Run it' in the book's README"):
            exec(address.first_cell(""), {})
        assert "## Run it" in (ROOT / "README.md").read_text()

    def test_the_book_is_stamped(self):
        url = address.address((ROOT / "pyproject.toml").read_text())
        config = (ROOT / "_config.yml").read_text()
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
    def test_pages_and_the_page_for_lost_readers(self, tmp_path):
        (tmp_path / "index.html").write_text("home")
        (tmp_path / "404.html").write_text("lost")
        with serve(tmp_path, "--port", "0") as server:
            try:
                home = re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())[0]
                assert urllib.request.urlopen(home).read() == b"home"
                with pytest.raises(urllib.error.HTTPError) as error:
                    urllib.request.urlopen(home + "not/there.html")
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


class TestPreflight:
    def run(self):
        runpy.run_path(str(ROOT / "tools/preflight.py"))

    def test_passes_here(self):
        self.run()

    def test_an_old_python(self, monkeypatch):
        monkeypatch.setattr(sys, "version_info", (3, 10, 4))
        with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed; .* is 3\.10"):
            self.run()

    @pytest.mark.parametrize("module", ["venv", "ensurepip"])
    def test_a_missing_module(self, module, monkeypatch):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(SystemExit, match=f"module '{module}' is missing.*apt install python3-venv"):
            self.run()


def test_vendored_files_are_as_published():
    folder = ROOT / "assets/vendor"
    sums = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    files = [p for p in folder.rglob("*") if p.is_file() and p.parent != folder]
    assert {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files} == sums


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
