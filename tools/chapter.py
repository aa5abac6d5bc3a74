"""Execute, build and test one chapter: its page, its cells, and every test that has it in its name."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def chapters():
    """Return the chapters by their short names, as paths from the book's folder without suffix."""
    return {p.stem: p.relative_to(ROOT).with_suffix("") for p in sorted((ROOT / "book").rglob("*.ipynb"))}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chapter", choices=chapters(), help="such as gradient-descent")
    page = chapters()[parser.parse_args().chapter]
    only = os.environ | {"NABLAB_CHAPTER": page.as_posix()}
    subprocess.run(["make", "--no-print-directory", "book"], cwd=ROOT, env=only, check=True)
    tests = ["-m", "pytest", "--numprocesses", "logical", page.with_suffix(".ipynb"), "tests", "-k", page.name]
    ran = subprocess.run([sys.executable, *tests], cwd=ROOT)
    print((ROOT / "_build/html" / page.with_suffix(".html")).as_uri())
    raise SystemExit(ran.returncode)


if __name__ == "__main__":
    main()
