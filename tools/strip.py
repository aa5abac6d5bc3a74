"""Strip the notebooks of outputs, and of what the editor that saved them wrote into their metadata."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
KEPT = {"tags", "nbgrader", "jupyter"}  # of a cell's metadata


def strip(notebook):
    """Leave of a notebook what its writer wrote, and the kernel that every Jupyter has."""
    for cell in notebook["cells"]:
        cell["metadata"] = {name: value for name, value in cell["metadata"].items() if name in KEPT}
        if cell["cell_type"] == "code":
            cell.update(execution_count=None, outputs=[])
    own = {name: value for name, value in notebook["metadata"].items() if name == "nablab"}
    notebook["metadata"] = {"kernelspec": KERNEL, "language_info": {"name": "python"}} | own


def notebooks():
    """Return the notebooks of the book and the labs, without the copies that Jupyter keeps in hidden folders."""
    found = sorted(p for folder in ("book", "labs") for p in (ROOT / folder).rglob("*.ipynb"))
    return [path for path in found if ".ipynb_checkpoints" not in path.parts]


def main():
    for path in notebooks():
        text = path.read_text(encoding="utf8")
        notebook = json.loads(text)
        strip(notebook)
        stripped = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        if stripped != text:
            path.write_text(stripped, encoding="utf8", newline="\n")
            print(f"stripped {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
