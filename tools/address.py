"""Write the repository's address, set in pyproject.toml under [project.urls], into _config.yml and the notebooks."""

import json
import re
import tomllib
from pathlib import Path

from strip import notebooks

from nablab import VERSION, __version__

ROOT = Path(__file__).resolve().parent.parent
# The buttons of the pages, Colab and the published site know repositories of this host only.
GITHUB = re.compile(r"https://github\.com/[\w-]+/[\w.-]+/?")
CONFIG_LINE = re.compile(r"^  url: .*$", re.MULTILINE)

INSTALL = """\
# Installs the book's package where it is missing or older than this page,
# as on Colab. Your own torch is left alone.
import sys

try:
    from nablab import VERSION
except ImportError:
    VERSION = (0,)

if VERSION < {version}:
    %pip install --quiet --upgrade "nablab[notebooks] @ git+{address}"
    sys.modules.pop("nablab", None)
"""
EXPLAIN = """\
try:
    from nablab import VERSION
except ImportError:
    VERSION = (0,)

if VERSION < {version}:
    raise ImportError(
        "This page needs the package nablab, version {dotted} or newer; here "
        "it is missing or older: see 'Run it' in the book's README"
    )
"""


def address(pyproject):
    """Return the address that the text of a pyproject.toml sets, or "" where it sets none."""
    try:
        urls = tomllib.loads(pyproject)["project"].get("urls", {})
    except (tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise SystemExit(f"pyproject.toml cannot be read, or has no [project]: {error}") from error
    url = urls.get("Repository", "") if isinstance(urls, dict) else urls
    if url == "":
        return ""
    if not isinstance(url, str) or not GITHUB.fullmatch(url):
        raise SystemExit(
            f"pyproject.toml: Repository under [project.urls] must be an address "
            f"such as https://github.com/OWNER/NAME; got {url!r}"
        )
    return url.removesuffix("/").removesuffix(".git")


def stamp_config(text, url):
    """Return the text of _config.yml with its repository's url set."""
    stamped, count = CONFIG_LINE.subn(f'  url: "{url}"', text)
    if count != 1:
        raise SystemExit(f"_config.yml must have one line '  url: ...', under 'repository:'; found {count}")
    return stamped


def first_cell(url):
    """Return the source of the first code cell of every notebook."""
    return (INSTALL if url else EXPLAIN).format(address=url, version=VERSION, dotted=__version__).rstrip("\n")


def stamp_notebook(text, url):
    """Return the text of a notebook with its first code cell set."""
    notebook = json.loads(text)
    cell = next(c for c in notebook["cells"] if c["cell_type"] == "code")
    cell["source"] = first_cell(url).splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def write(path, text):
    path.write_text(text, encoding="utf8", newline="\n")


def main():
    url = address((ROOT / "pyproject.toml").read_text(encoding="utf8"))
    config = ROOT / "_config.yml"
    write(config, stamp_config(config.read_text(encoding="utf8"), url))
    for path in notebooks():
        write(path, stamp_notebook(path.read_text(encoding="utf8"), url))
    print(f"Address {url or '(none)'} written to _config.yml and {len(notebooks())} notebooks")


if __name__ == "__main__":
    main()
