"""Write the repository's address, set in pyproject.toml under [project.urls], into _config.yml and the notebooks."""

import json
import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
CONFIG_LINE = re.compile(r"^  url: .*$", re.MULTILINE)

INSTALL = """\
# Installs the book's package where it is missing, as on Colab. Your own torch is left alone.
import importlib.util

if importlib.util.find_spec("nablab") is None:
    %pip install --quiet "nablab[notebooks] @ git+{address}"
"""
EXPLAIN = """\
import importlib.util

if importlib.util.find_spec("nablab") is None:
    raise ModuleNotFoundError(
        "nablab is not installed here: see 'Run it' in the book's README"
    )
"""


def address(pyproject):
    """Return the address that the text of a pyproject.toml sets, or "" where it sets none."""
    url = tomllib.loads(pyproject)["project"].get("urls", {}).get("Repository", "")
    parts = urlsplit(url) if isinstance(url, str) else None
    if url != "" and not (parts and parts.scheme == "https" and parts.hostname and parts.path.strip("/")):
        raise SystemExit(
            f"pyproject.toml: Repository under [project.urls] must be an address "
            f"such as https://github.com/OWNER/NAME; got {url!r}"
        )
    if re.search(r"[\s\"'\\]", url):
        raise SystemExit(f"pyproject.toml: Repository must not hold spaces, quotes or backslashes; got {url!r}")
    return url.rstrip("/")


def stamp_config(text, url):
    """Return the text of _config.yml with its repository's url set."""
    stamped, count = CONFIG_LINE.subn(f'  url: "{url}"', text)
    if count != 1:
        raise SystemExit(f"_config.yml must have one line '  url: ...', under 'repository:'; found {count}")
    return stamped


def first_cell(url):
    """Return the source of the first code cell of every notebook."""
    return (INSTALL.format(address=url) if url else EXPLAIN).rstrip("\n")


def stamp_notebook(text, url):
    """Return the text of a notebook with its first code cell set."""
    notebook = json.loads(text)
    cell = next(c for c in notebook["cells"] if c["cell_type"] == "code")
    cell["source"] = first_cell(url).splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def main():
    url = address((ROOT / "pyproject.toml").read_text())
    config = ROOT / "_config.yml"
    config.write_text(stamp_config(config.read_text(), url))
    notebooks = sorted(p for folder in ("book", "labs") for p in (ROOT / folder).rglob("*.ipynb"))
    for path in notebooks:
        path.write_text(stamp_notebook(path.read_text(encoding="utf8"), url), encoding="utf8")
    print(f"Address {url or '(none)'} written to _config.yml and {len(notebooks)} notebooks")


if __name__ == "__main__":
    main()
