"""Each room of the package imports what it may, and no more."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent.parent / "nablab"
MAY_IMPORT = {
    "engine": {"numpy", "nablab.engine"},
    "data": {"numpy", "nablab.data"},
    "colours": set(),
    "training": {"torch", "tqdm", "nablab.data"},
    "plots": {"numpy", "matplotlib", "IPython", "nablab.colours"},
    "widgets": {
        *("numpy", "anywidget", "traitlets"),
        *("nablab.engine", "nablab.data", "nablab.colours", "nablab.plots", "nablab.widgets"),
    },
    "checks": {"numpy", "nablab.engine", "nablab.data", "nablab.colours", "nablab.checks"},
}
FILES = sorted(p for p in PACKAGE.rglob("*.py") if p != PACKAGE / "__init__.py")


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from ([f"{node.module}.{a.name}" for a in node.names] if node.module == "nablab" else [node.module])


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_doors(path):
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    for name in imports(path):
        top = ".".join(name.split(".")[: 2 if name.startswith("nablab") else 1])
        assert top in MAY_IMPORT[room] or top in sys.stdlib_module_names, f"{path} imports {name}"


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ("import nablab", set()),
        ("import nablab.data", {"numpy"}),
        ("import nablab.engine.optimizers, nablab.engine.landscapes, nablab.engine.gradcheck", {"numpy"}),
        ("import nablab.engine.network, nablab.engine.losses, nablab.engine.schedules", {"numpy"}),
        ("import nablab.plots", {"numpy", "matplotlib"}),
    ],
)
def test_what_an_import_costs(statement, allowed):
    script = (
        f"import sys; {statement}; print(*sorted(set(sys.modules) & {{'numpy', 'torch', 'matplotlib', 'anywidget'}}))"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert set(loaded.split()) == allowed
