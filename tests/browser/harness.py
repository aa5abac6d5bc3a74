"""Pages with widgets straight from Python: what the built book does with them, without the book."""

import base64
import json

from test_site import ROOT

VIEW = '<script type="application/vnd.jupyter.widget-view+json">{"model_id": "%s"}</script>'


def cell(content, kind="cell docutils container"):
    return f'<div class="{kind}">{content}</div>'


def put(name):
    """The cell of a widget, as MyST-NB writes it."""
    return cell(f'<div class="cell_output docutils container">{VIEW % name}</div>')


def stored(widgets):
    """The state of widgets, named, as Jupyter leaves it in a page."""
    models = {}
    for name, widget in widgets.items():
        state = widget.get_state()
        packed = {k: bytes(v) for k, v in state.items() if isinstance(v, (bytes, memoryview))}
        models[name] = {
            "model_name": "AnyModel",
            "state": {k: v for k, v in state.items() if k not in packed and k not in ("layout", "tabbable", "tooltip")},
            "buffers": [
                {"path": [k], "encoding": "base64", "data": base64.b64encode(v).decode()} for k, v in packed.items()
            ],
        }
    return json.dumps({"version_major": 2, "version_minor": 0, "state": models}).replace("</", "<\\/")


def page(widgets, body=None, head=""):
    """A page of the book's look with these widgets, each in a cell, or where `body` has `put(name)`."""
    style = (ROOT / "assets/css/book.css").read_text(encoding="utf8")
    host = (ROOT / "assets/js/widgets.js").read_text(encoding="utf8")
    body = body or f"<article><section><h1>Title</h1>{''.join(map(put, widgets))}</section></article>"
    return f"""<!DOCTYPE html>
<html lang="en" data-theme="light">
<head><meta charset="utf-8"><title>Widgets</title><meta name="viewport" content="width=device-width">
<style>{style} html {{ background: var(--book-paper); color: var(--book-ink); font: 16px/1.6 system-ui, sans-serif; }}
body {{ margin: 0 auto; max-width: 46rem; padding: 0 0.75rem; }}</style>{head}</head>
<body>{body}
<script type="application/vnd.jupyter.widget-state+json">{stored(widgets)}</script>
<script>{host}</script></body></html>"""
