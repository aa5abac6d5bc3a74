"""What each page of the built book weighs, in kB, as a host that compresses text sends it: after make book,

    python benchmarks/page_weight.py

Each page is opened in a browser with an empty cache, and what it asks for is counted: `first` on the first visit,
`second` what is not there yet for a reader who comes from the front page. The recorded runs of widgets are counted
apart from the file that holds them.
"""

import argparse
import gzip
import http.server
import os
import re
import shutil
import sys
import threading
from collections import Counter
from functools import cache, partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))
from look import BROWSERS, NO_BROWSER, documents  # noqa: E402

FRONT = "book/index.html"
KINDS = {".html": "html", ".css": "css", ".js": "js", ".woff2": "fonts", ".svg": "images", ".png": "images"}
TEXT = {".html", ".css", ".js", ".svg"}
RUNS = re.compile(rb'<script type="application/vnd.jupyter.widget-state\+json">.*?</script>', re.DOTALL)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


def size(content):
    return len(gzip.compress(content, 9))


@cache
def sent(path):
    """Return the bytes that are sent for a file, by kind."""
    content = path.read_bytes()
    if path.suffix not in TEXT:
        return Counter({KINDS[path.suffix]: len(content)})
    whole = size(content)
    without = size(RUNS.sub(b"", content)) if RUNS.search(content) else whole
    return Counter({KINDS[path.suffix]: without, "runs": whole - without})


def fetched(browser, html, names):
    """Return the files that the browser asks for, by page, each page with an empty cache."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=html))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    files = {name: set() for name in names}
    for name in names:
        page = browser.new_page()
        page.on("request", lambda request, seen=files[name]: seen.add(urlsplit(request.url)))
        page.goto(f"http://127.0.0.1:{server.server_port}/{name}", wait_until="networkidle")
        page.close()
    server.shutdown()
    server.server_close()
    return {
        name: {html / unquote(url.path).lstrip("/") for url in urls if url.scheme == "http"}
        for name, urls in files.items()
    }


def weigh(browser, html, names):
    """Return the bytes of each page by kind, twice: on the first visit, and after the front page."""
    files = fetched(browser, html, [FRONT, *names])
    return {
        name: tuple(sum(map(sent, paths), Counter()) for paths in (files[name], files[name] - files[FRONT]))
        for name in names
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--html", type=Path, default=ROOT / "_build/html", help="the built book (_build/html)")
    html = parser.parse_args().html.resolve()
    if not (html / FRONT).is_file():
        parser.error(f"--html: {html} holds no built book; run: make book")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        parser.error(NO_BROWSER)
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=found, chromium_sandbox=os.geteuid() != 0)
        table = weigh(browser, html, [f"{name}.html" for name in documents()] + ["search.html"])
        browser.close()
    kinds = [*dict.fromkeys(KINDS.values()), "runs"]
    print(f"{'kB':34}", *(f"{head:>7}" for head in ("first", *kinds, "second", *kinds)))
    for name, visits in table.items():
        figures = [kb for weight in visits for kb in (weight.total(), *(weight[kind] for kind in kinds))]
        print(f"{name.removeprefix('book/').removesuffix('.html'):34}", *(f"{kb / 1000:7.1f}" for kb in figures))


if __name__ == "__main__":
    main()
