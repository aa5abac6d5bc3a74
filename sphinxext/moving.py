"""The `moving` directive: a widget of nablab on a Markdown page. Notebooks show theirs themselves.

```{moving} TwoRates
:alt: What its still picture shows, in words.
```

The page gets what Jupyter would leave in it, as `front_ends.py` makes it lean; readers without script get the alt text
and, where the widget has a method `still`, its figure.
"""

import base64
import html
import json
import re

import matplotlib as mpl
from docutils import nodes
from docutils.parsers.rst import directives
from front_ends import as_script, lean
from sphinx.util.docutils import SphinxDirective

from nablab import plots, widgets

SCRIPT = '<script type="application/vnd.jupyter.widget-%s+json">%s</script>'
LEFT_OUT = ("layout", "tabbable", "tooltip")  # of ipywidgets: the pages have no use for them


def stored(models):
    """Return the state of widgets, by name, as Jupyter leaves it in a page."""
    states = {}
    for name, widget in models.items():
        values = {k: v for k, v in sorted(widget.get_state().items()) if k not in LEFT_OUT}
        packed = {k: bytes(v) for k, v in values.items() if isinstance(v, (bytes, memoryview))}
        states[name] = {
            "model_name": "AnyModel",
            "state": {k: v for k, v in values.items() if k not in packed},
            "buffers": [
                {"path": [k], "encoding": "base64", "data": base64.b64encode(v).decode()} for k, v in packed.items()
            ],
        }
    return {"version_major": 2, "version_minor": 0, "state": states}


def state(models):
    """Return the script that holds the state of widgets, by name."""
    return SCRIPT % ("state", as_script(lean(stored(models))[0]))


def view(name):
    """Return the script in whose place the widget of this name is drawn."""
    return SCRIPT % ("view", json.dumps({"model_id": name}))


def name_of(kind):
    """Return the name of a widget of this class in the page, the same in every build: "moving-two-rates"."""
    return "moving" + re.sub("[A-Z]", lambda m: f"-{m[0].lower()}", kind)


def still(widget, alt):
    """Return what is there without script: the widget's still picture, or what it shows in words."""
    if hasattr(widget, "still"):
        with mpl.rc_context({"svg.fonttype": "none"}):  # letters, not their outlines: all load them, few see them
            return f'<figure class="plot">{plots.svg(widget.still(), alt)}</figure>'
    return f"<p>{html.escape(alt)}</p>"


def draw(kind, alt):
    """Return the HTML of a widget of the class named `kind`, made without arguments."""
    widget, name = getattr(widgets, kind)(), name_of(kind)
    without = f"<noscript>{still(widget, alt)}</noscript>"
    return f'<div class="moving">{view(name)}{without}</div>\n{state({name: widget})}'


class Moving(SphinxDirective):
    required_arguments = 1
    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012 - docutils' own form

    def run(self):
        kind, page = self.arguments[0], self.env.docname
        if self.env.doc2path(page).endswith(".ipynb"):
            raise self.error(f"moving is for Markdown pages: in a notebook, show {kind}() in a cell")
        if kind not in widgets.__all__:
            raise self.error(f"nablab.widgets has no widget {kind!r}")
        if not self.options.get("alt", "").strip():
            raise self.error(f"{kind} needs an :alt: that says in words what its still picture shows")
        if "moving" in self.env.metadata[page]:
            raise self.error(f"a page has one moving picture: {self.env.metadata[page]['moving']} is here already")
        self.env.metadata[page]["moving"] = kind
        self.env.metadata[page]["front_ends"] = [getattr(widgets, kind).__module__.rpartition(".")[2]]
        return [nodes.raw("", draw(kind, self.options["alt"]), format="html")]


def setup(app):
    app.add_directive("moving", Moving)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
