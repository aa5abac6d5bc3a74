"""A browser that reaches this machine only, the built book by http and as files, and what went wrong on a page."""

import http.server
import os
import shutil
import threading
from functools import partial
from urllib.parse import urlsplit

import harness
import look
import pytest
from playwright.sync_api import sync_playwright
from test_site import HTML

HANGS = 60_000  # milliseconds; on a busy machine all takes longer


@pytest.fixture(scope="session")
def browser():
    found = next(filter(None, map(shutil.which, look.BROWSERS)), None)
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(look.NO_BROWSER)
    with sync_playwright() as tools:
        # Chromium's own sandbox cannot be set up by root, as in most containers.
        browser = tools.chromium.launch(executable_path=found, chromium_sandbox=os.geteuid() != 0)
        yield browser
        browser.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="session")
def addresses():
    """Where the built book begins: served, and as files."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=HTML))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield {"http": f"http://127.0.0.1:{server.server_port}", "file": HTML.as_uri()}
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser, addresses):
    """Open a page: visit("book/index.html", over="file", width=390, scheme="dark"). What fails is in page.problems.

    With still=True time is the test's: page.clock.run_for(500) lets half a second pass.
    """
    contexts, problems = [], []

    def inside(url):
        parts = urlsplit(url)
        return parts.scheme in ("file", "data", "blob") or parts.hostname == "127.0.0.1"

    def watch(route):
        if inside(route.request.url):
            route.continue_()
        else:
            problems.append(f"asked for {route.request.url}")
            route.abort()

    def open_page(name, over="http", width=1280, scheme="light", still=False, **settings):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, **settings)
        contexts.append(context)
        context.route("**/*", watch)
        context.set_default_timeout(HANGS)
        page = context.new_page()
        if still:
            page.clock.install(time=0)
        page.on("console", lambda m: problems.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: problems.append(f"error: {error}"))
        page.on("requestfailed", lambda request: problems.append(f"failed: {request.url}"))
        page.problems = problems
        page.goto(f"{addresses[over]}/{name}" if over in addresses else name)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def shown(visit, tmp_path):
    """A page with widgets from Python, opened as a file or served: shown({"run": TrainingRun()}, width=390)."""
    servers = []

    def show(widgets, body=None, over="file", fragment="", head="", **settings):
        (tmp_path / "page.html").write_text(harness.page(widgets, body, head), encoding="utf8")
        address = tmp_path.as_uri()
        if over == "http":
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            servers.append(server)
            address = f"http://127.0.0.1:{server.server_port}"
        page = visit(f"{address}/page.html{fragment}", over="", **settings)
        page.wait_for_function(
            "n => document.querySelectorAll('.nablab-widget').length === n && !document.querySelector('[role=alert]')",
            arg=len(widgets),
        )
        if settings.get("still"):
            page.clock.pause_at(60_000)
        return page

    yield show
    for server in servers:
        server.shutdown()
        server.server_close()
