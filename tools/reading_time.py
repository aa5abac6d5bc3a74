"""Count the minutes that a beginner needs for each chapter, and write them into its **Time** line.

Counted is what stands outside of sections whose heading begins with "Deeper": prose at 200 words a minute, a minute
for a code cell or a display formula, half a minute for a picture or folded code, two for a prediction, and an
exercise as it states: `**1.** (5 minutes) ...`. The rates are estimates: correct them when a class has been timed.
"""

import argparse
import math
import re
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 75  # minutes of one chapter
WORDS = 200  # a minute
CODE, FOLDED, FORMULA, PREDICTION = 1, 0.5, 1, 2  # minutes
FOLDS = {"hide-cell", "hide-input", "remove-input"}
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
DISPLAY = re.compile(r"^\$\$.*?\$\$.*?$", re.MULTILINE | re.DOTALL)
EVIDENCE = re.compile(r"^> \*\*Evidence\*\*.*\n?(?:^>.*\n?)*", re.MULTILINE)  # folded in the article's boxes
STATED = re.compile(r"\((\d+) minutes?\)")
TIME = re.compile(r"\*\*Time\*\*: about (\d+) minutes; ")


def main_line(cells):
    """Yield the cells outside of "Deeper", markdown as texts without their headings, code as it is."""
    deeper = 0  # the level of the "Deeper" heading we are under
    for cell in cells:
        if cell.cell_type == "code":
            if not deeper:
                yield cell
            continue
        start, level = 0, 0
        for heading in [*HEADING.finditer(cell.source), None]:
            if not deeper:
                yield cell.source[start : heading.start() if heading else None]
            if heading:
                start, level = heading.end(), len(heading[1])
                if not deeper or level <= deeper:
                    deeper = level if heading[2].startswith("Deeper") else 0


def text_minutes(text):
    prose = EVIDENCE.sub("", DISPLAY.sub("", text))
    exercises = sum(int(m) for m in STATED.findall(prose))
    return len(prose.split()) / WORDS + FORMULA * len(DISPLAY.findall(text)) + exercises


def code_minutes(cell):
    tags = set(cell.metadata.get("tags", []))
    if "remove-cell" in tags:
        return 0
    if cell.id.startswith("predict"):
        return PREDICTION
    return FOLDED if tags & FOLDS else CODE


def spent(notebook):
    """Return the minutes that the notebook takes a beginner."""
    parts = main_line(notebook.cells)
    return sum(text_minutes(part) if isinstance(part, str) else code_minutes(part) for part in parts)


def minutes(notebook):
    """Return the minutes as they are stated: rounded up to the next 5."""
    return 5 * math.ceil(spent(notebook) / 5)


def stated(notebook):
    """Return the minutes that the notebook's **Time** line states, or None."""
    found = TIME.search(notebook.cells[0].source)
    return int(found[1]) if found else None


def state(notebook):
    """Write the minutes into the **Time** line. Raises ValueError where there is none to write into."""
    first = notebook.cells[0]
    first.source, count = TIME.subn(f"**Time**: about {minutes(notebook)} minutes; ", first.source)
    if count != 1:
        raise ValueError("the first cell must have a line that begins with '**Time**: about 45 minutes; '")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebooks", nargs="*", type=Path, help="without any, all of book/")
    parser.add_argument("--write", action="store_true", help="write the count into the **Time** line")
    arguments = parser.parse_args()
    for path in arguments.notebooks or sorted((ROOT / "book").rglob("*.ipynb")):
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        counted = minutes(notebook)
        print(
            f"{path.name}: {counted} minutes, stated {stated(notebook)}"
            + (", over the limit" if counted > LIMIT else "")
        )
        if arguments.write:
            try:
                state(notebook)
            except ValueError as error:
                raise SystemExit(f"{path}: {error}") from error
            nbformat.write(notebook, path)


if __name__ == "__main__":
    main()
