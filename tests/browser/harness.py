"""Pages with widgets straight from Python: what the built book does with them, without the book."""

import front_ends
from moving import state, stored, view
from test_site import ROOT

from nablab import colours


def cell(content, kind="cell docutils container"):
    return f'<div class="{kind}">{content}</div>'


def put(name):
    """The cell of a widget, as MyST-NB writes it."""
    return cell(f'<div class="cell_output docutils container">{view(name)}</div>')


def live(widget):
    """What a notebook has of a widget: its state as the page without a kernel does not have it, bytes in base64."""
    return stored({"one": widget})["state"]["one"]


def page(widgets, body=None, head=""):
    """A page of the book's look with these widgets, each in a cell, or where `body` has `put(name)`."""
    style = colours.css() + (ROOT / "assets/css/book.css").read_text(encoding="utf8")
    ours = dict(front_ends.files())
    style += "".join(text for name, text in ours.items() if name.endswith(".css"))
    scripts = "\n".join(text for name, text in ours.items() if name.endswith(".js"))
    host = (ROOT / "assets/js/widgets.js").read_text(encoding="utf8")
    body = body or f"<article><section><h1>Title</h1>{''.join(map(put, widgets))}</section></article>"
    return f"""<!DOCTYPE html>
<html lang="en" data-theme="light">
<head><meta charset="utf-8"><title>Widgets</title><meta name="viewport" content="width=device-width">
<style>{style} html {{ background: var(--book-paper); color: var(--book-ink); font: 16px/1.6 system-ui, sans-serif; }}
body {{ margin: 0 auto; max-width: 46rem; padding: 0 0.75rem; }}</style>{head}</head>
<body>{body}
{state(widgets)}
<script>{scripts}</script>
<script>{host}</script></body></html>"""
