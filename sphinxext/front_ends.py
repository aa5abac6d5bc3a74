"""Front ends and styles of widgets are files of the site, and a page's state holds what was recorded, packed.

A notebook's stored output has them in the state of each of its widgets. Here they leave it, so that a page brings them
once, the next page not at all, and a change of a front end executes nothing. They are classic scripts, as modules are
refused on pages opened as files.
"""

import base64
import hashlib
import json
import shutil
import zlib
from pathlib import Path

import numpy as np
from myst_nb.sphinx_ import NbMetadataCollector

from nablab.widgets import base

FOLDER = "front_ends"
HOST = "js/widgets.js"


def files():
    """Yield the files of all front ends: name and text."""
    yield "draw.js", f"window.nablab = {{}};\nnablab.draw = {base.drawing()};\n"
    yield "widgets.css", base.read("widgets.css")
    for path in sorted(base.HERE.glob("*.js")):
        name = path.stem
        if name == "draw":
            continue
        source = base.EXPORT.sub("", base.IMPORT.sub("", base.read(path.name))).replace(base.RENDER, "")
        take = f"const {{ {base.taken(path.name)} }} = nablab.draw;"
        yield path.name, f"nablab.{name} = (() => {{\n{take}\n{source}return {{ render }};\n}})();\n"
        if own := base.read(f"{name}.css"):
            yield f"{name}.css", f":root {{\n{own}}}\n"


def write(app, config):
    """Write the files; where one of the site's has changed, Sphinx writes all pages anew, and reads none."""
    generated = Path(app.outdir).parent / "generated"
    config.html_static_path.append(str(generated))
    folder = generated / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in files():
        (folder / name).write_text(text, encoding="utf8", newline="\n")
    digest = hashlib.sha256()
    for place in (Path(app.confdir, path) for path in config.html_static_path):
        for path in sorted(p for p in place.rglob("*") if p.is_file()):
            digest.update(path.name.encode() + path.read_bytes())
    config.site_files = digest.hexdigest()


def differences(raw):
    """Return 16-bit numbers as their differences, all low bytes first, as these are what compresses well."""
    steps = np.diff(np.frombuffer(raw, "<i2"), prepend=np.int16(0))
    return steps.astype("<i2").view(np.uint8).reshape(-1, 2).T.tobytes()


def pack(raw):
    """Return bytes as an entry of a page's state: deflated, as such or as differences, whichever is less."""
    ways = {"deflate": raw} | ({"differences": differences(raw)} if raw and len(raw) % 2 == 0 else {})
    packed, data = min(((way, zlib.compress(data, 9)) for way, data in ways.items()), key=lambda found: len(found[1]))
    return {"packed": packed, "data": base64.b64encode(data).decode()}


def lean(stored):
    """Return the state of a page's widgets without their front ends, and the names of these."""
    names = set()
    for model in stored["state"].values():
        state = model["state"]
        package, _, name = state.get("_anywidget_id", "").rpartition(".")[0].rpartition(".")
        if package == "nablab.widgets":
            state["_front_end"] = name
            del state["_esm"], state["_css"], state["_anywidget_id"]
            for buffer in model.get("buffers", []):
                buffer |= pack(base64.b64decode(buffer["data"]))
        names |= {state.get("_front_end")} - {None}
    return stored, names


def as_script(stored):
    return json.dumps(stored).replace("</", "<\\/")


def add_files(app, page, template, context, doctree):
    """Give a page the front ends of its widgets, and its state without them."""
    metadata = app.env.metadata.get(page, {})
    names = set(metadata.get("front_ends", ()))
    scripts = NbMetadataCollector.get_js_files(app.env, page)
    if "ipywidgets_state" in scripts:
        _, options = scripts["ipywidgets_state"]
        stored, found = lean(json.loads(options["body"]))
        scripts["ipywidgets_state"] = None, options | {"body": as_script(stored)}
        names |= found
    elif not names:
        return
    for name in ["draw", *sorted(names)] if names else []:
        app.add_js_file(f"{FOLDER}/{name}.js", defer="defer", priority=400)
    for name in ["widgets", *sorted(name for name in names if base.read(f"{name}.css"))] if names else []:
        app.add_css_file(f"{FOLDER}/{name}.css")
    app.add_js_file(HOST, defer="defer")


def setup(app):
    app.add_config_value("site_files", "", "html", str)
    app.connect("config-inited", write, priority=900)
    app.connect("html-page-context", add_files, priority=400)  # before MyST-NB puts the state into the page
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
