"""Write the student versions of the labs, from the instructor's masters in labs/ to _build/labs/."""

import argparse
import logging
import re
from pathlib import Path

import nbformat
from nbgrader.nbgraderformat import ValidationError
from nbgrader.preprocessors import CheckCellMetadata, ClearSolutions, ComputeChecksums, LockCells
from strip import strip

ROOT = Path(__file__).resolve().parent.parent
REGION = re.compile(r"^(?P<indent>\s*)### (?P<edge>BEGIN|END) SOLUTION$", re.MULTILINE)
IN_FUNCTION = "# YOUR CODE HERE\nraise NotImplementedError"
AT_TOP = "# YOUR ANSWER ABOVE: put a value in place of each ..."
TEXT = "*Your answer here.*"


class LabError(Exception):
    """A master cannot be turned into a student version; the message names the cell and what to mend."""


class Clear(ClearSolutions):
    """nbgrader's ClearSolutions, with a stub at the top of a cell that raises nothing, so that every cell runs."""

    text_stub = TEXT

    def preprocess_cell(self, cell, resources, index):
        region = REGION.search(cell.source)
        self.code_stub = {"python": IN_FUNCTION if region and region["indent"] else AT_TOP}
        return super().preprocess_cell(cell, resources, index)


def inspect(notebook):
    """Raise LabError for a cell that nbgrader would drop, mistake for another, or hand out solved."""
    seen = {}
    for cell in notebook.cells:
        where = f"cell {cell.id!r}"
        regions(cell.source, where)
        nbgrader = cell.metadata.get("nbgrader")
        if nbgrader is None:
            if REGION.search(cell.source):
                raise LabError(f"{where} holds a solution but is not marked as one: set solution in metadata.nbgrader")
            continue
        name = nbgrader.get("grade_id")
        if not name:
            raise LabError(f"{where} has nbgrader metadata without a grade_id")
        if name in seen:
            raise LabError(f"{where} has the grade_id {name!r}, which cell {seen[name]!r} has already")
        if nbgrader.get("solution") and not REGION.search(cell.source):
            raise LabError(f"{where} is marked as a solution but has no line ### BEGIN SOLUTION")
        seen[name] = cell.id


def regions(source, where):
    """Return the lines inside and outside of solution regions, as two lists. Raises LabError for an open region."""
    inside, outside, begun = [], [], False
    for line in source.splitlines():
        edge = REGION.fullmatch(line)
        if edge is None:
            if "SOLUTION" in line:
                raise LabError(f"{where}: the marker {line.strip()!r} must be the line '### BEGIN SOLUTION' or its END")
            (inside if begun else outside).append(line)
        elif (edge["edge"] == "BEGIN") == begun:
            raise LabError(f"{where}: {'BEGIN' if begun else 'END'} SOLUTION stands where no region can {_verb(begun)}")
        else:
            begun = not begun
    if begun:
        raise LabError(f"{where}: a solution region is not closed; add the line ### END SOLUTION")
    return inside, outside


def _verb(begun):
    return "begin" if begun else "end"


def student(notebook):
    """Return the student version of a master. Raises LabError where the master is not in order."""
    inspect(notebook)
    notebook = nbformat.from_dict(notebook)
    strip(notebook)
    notebook.cells = [cell for cell in notebook.cells if "instructor" not in cell.metadata.get("tags", [])]
    resources = {}
    try:
        for step in (CheckCellMetadata(), Clear(), LockCells(), ComputeChecksums(), CheckCellMetadata()):
            step.log.setLevel(logging.CRITICAL)  # its message follows, without a traceback
            notebook, resources = step.preprocess(notebook, resources)
    except (ValidationError, RuntimeError, ValueError) as error:
        raise LabError(f"nbgrader refuses the notebook: {error}") from error
    nbformat.validate(notebook)
    return notebook


def write(master, folder):
    """Write the student version of the file `master` into `folder` and return its path."""
    try:
        notebook = student(nbformat.read(master, as_version=nbformat.NO_CONVERT))
    except (LabError, nbformat.reader.NotJSONError) as error:
        raise LabError(f"{master}: {error}") from error
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / master.name
    nbformat.write(notebook, path)
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("masters", nargs="*", type=Path, help="notebooks; without any, all of labs/")
    parser.add_argument("--to", type=Path, default=ROOT / "_build/labs", help="the folder to write to")
    arguments = parser.parse_args()
    masters = arguments.masters or sorted((ROOT / "labs").glob("*.ipynb"))
    missing = [str(master) for master in masters if not master.is_file()]
    if missing:
        parser.error(f"no such file: {', '.join(missing)}")
    try:
        for master in masters:
            print(f"{master.name}: {write(master, arguments.to)}")
    except LabError as error:
        raise SystemExit(f"Cannot write a student version. {error}") from error


if __name__ == "__main__":
    main()
