"""Formulas are rendered to HTML and MathML by KaTeX while the book is built: no script on the page."""

import html
import json
from functools import cache
from pathlib import Path

import quickjs
from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

KATEX = Path(__file__).parent.parent / "assets" / "vendor" / "katex" / "katex.min.js"
# The binding cannot return rope strings, hence the list.
CALL = "(formula, options) => JSON.stringify([katex.renderToString(formula, JSON.parse(options))])"

logger = logging.getLogger(__name__)


@cache
def _katex():
    context = quickjs.Context()
    context.eval(KATEX.read_text(encoding="utf8"))
    return context.eval(CALL)


def render(formula, display):
    """Return the HTML of a TeX formula; raise quickjs.JSException where it has a mistake."""
    return json.loads(_katex()(formula, json.dumps({"displayMode": display, "strict": "error"})))[0]


def _html(node, display):
    try:
        return render(node.astext(), display)
    except quickjs.JSException as error:
        logger.warning("formula %r: %s", node.astext(), str(error).splitlines()[0], location=node, type="katex")
        return f"<code>{html.escape(node.astext())}</code>"


def visit_math(self, node):
    self.body.append(f'<span class="math">{_html(node, display=False)}</span>')
    raise nodes.SkipNode


def visit_displaymath(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(_html(node, display=True))
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("katex", (visit_math, None), (visit_displaymath, None))
    app.add_css_file("vendor/katex/katex.min.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
