"""Front ends and styles are files of the site; a page's state has neither, and its recorded runs are packed."""

import base64
import json
import subprocess
import zlib

import front_ends
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from moving import stored
from test_site import ROOT
from test_widgets import MODULES, NODE, example

from nablab.widgets import base


def test_each_widget_has_a_script_and_those_with_a_style_of_their_own_a_sheet():
    files = dict(front_ends.files())
    assert next(iter(files)) == "draw.js"
    assert {name for name in files if name.endswith(".js")} == {"draw.js", *(f"{name}.js" for name in MODULES)}
    assert {name for name in files if name.endswith(".css")} == {
        "widgets.css",
        *(p.name for p in base.HERE.glob("*.css")),
    }
    for name in MODULES:
        assert files[f"{name}.js"].startswith(f"nablab.{name} = (() => {{")
        assert "import " not in files[f"{name}.js"]
        assert "export " not in files[f"{name}.js"]


def test_the_scripts_run_as_classic_ones(tmp_path):
    """In Node's `vm`, which runs scripts as a page does: no module's syntax, and one name for all."""
    scripts = json.dumps([text for name, text in front_ends.files() if name.endswith(".js")])
    (tmp_path / "scripts.json").write_text(scripts, encoding="utf8")
    code = """const vm = require("vm"), context = vm.createContext({ window: {}, addEventListener() {}, document: {} });
        context.nablab = null;
        Object.defineProperty(context, "nablab", { get: () => context.window.nablab });
        for (const text of JSON.parse(require("fs").readFileSync("scripts.json"))) vm.runInContext(text, context);
        const { draw, ...made } = context.window.nablab;
        console.log(Object.entries(made).map(([name, { render }]) => `${name} ${typeof render}`).join("\\n"));"""
    ran = subprocess.run([NODE, "-e", code], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert sorted(ran.stdout.split("\n")[:-1]) == [f"{name} function" for name in MODULES]


@pytest.mark.parametrize("name", MODULES)
def test_a_page_has_neither_source_nor_style_in_its_state(name):
    state, names = front_ends.lean(stored({"one": example(name)}))
    assert names == {name}
    text = json.dumps(state)
    assert "_esm" not in text
    assert "_css" not in text
    assert state["state"]["one"]["state"]["_front_end"] == name


def test_widgets_of_others_keep_theirs():
    model = {"state": {"_anywidget_id": "other.Widget", "_esm": "a", "_css": "b"}, "buffers": []}
    state, names = front_ends.lean({"state": {"one": model, "layout": {"state": {}}}})
    assert names == set()
    assert state["state"]["one"]["state"] == {"_anywidget_id": "other.Widget", "_esm": "a", "_css": "b"}


def unpacked(entry):
    """What the page gets of a packed buffer, by NumPy."""
    data = zlib.decompress(base64.b64decode(entry["data"]))
    if entry["packed"] == "deflate":
        return data
    low, high = np.frombuffer(data, np.uint8).reshape(2, -1)
    return np.cumsum(low + 256 * high.astype(np.uint16), dtype=np.uint16).astype("<u2").tobytes()


@given(arrays("<i2", some.integers(0, 50)))
def test_what_is_packed_is_found_again(numbers):
    assert unpacked(front_ends.pack(numbers.tobytes())) == numbers.tobytes()
    assert unpacked({"packed": "differences", **differences(numbers)}) == numbers.tobytes()


def differences(numbers):
    packed = zlib.compress(front_ends.differences(numbers.tobytes())) if len(numbers) else zlib.compress(b"")
    return {"data": base64.b64encode(packed).decode()}


def test_an_odd_number_of_bytes_is_packed_as_it_is():
    assert unpacked(front_ends.pack(b"abc")) == b"abc"
    assert unpacked(front_ends.pack(b"")) == b""


def test_the_host_unpacks_what_python_packed(tmp_path):
    """The two ways of packing, undone by the functions of the page."""
    host = (ROOT / "assets/js/widgets.js").read_text(encoding="utf8")
    functions = host[host.index("  // 16-bit numbers from their differences") : host.index("  async function made")]
    steady = (np.arange(-600, 600) * 50).astype("<i2").tobytes()
    mixed = np.random.default_rng(0).integers(-32768, 32767, 500).astype("<i2").tobytes()
    entries = [
        front_ends.pack(steady),
        front_ends.pack(b"text " * 30),
        {"packed": "differences", **differences(np.frombuffer(mixed, "<i2"))},
    ]
    assert [entry["packed"] for entry in entries] == ["differences", "deflate", "differences"]
    (tmp_path / "entries.json").write_text(json.dumps(entries), encoding="utf8")
    code = f"""{functions}
        const entries = JSON.parse(require("fs").readFileSync("entries.json"));
        (async () => {{ for (const entry of entries)
            console.log(Buffer.from((await unpack(entry)).buffer).toString("hex")); }})();"""
    ran = subprocess.run([NODE, "-e", code], cwd=tmp_path, capture_output=True, text=True)
    assert ran.stdout.split() == [steady.hex(), (b"text " * 30).hex(), mixed.hex()], ran.stderr
