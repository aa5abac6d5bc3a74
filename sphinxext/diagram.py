"""The `diagram` directive: Mermaid source, drawn while the book is built as SVG in the page's own colours.

```{diagram} Title, read aloud by screen readers
:description: What the diagram shows, in a sentence.
flowchart LR
  A[First] --> B[Second]
```
"""

import hashlib
import re

import mermaidx
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

# Mermaid is given colours that nothing else uses; each is then replaced by a CSS variable of the site.
COLOURS = {
    "primaryColor": ("#0a0101", "var(--book-panel)"),
    "primaryBorderColor": ("#0a0102", "var(--book-accent)"),
    "primaryTextColor": ("#0a0103", "var(--book-ink)"),
    "lineColor": ("#0a0104", "var(--book-muted)"),
    "edgeLabelBackground": ("#0a0105", "var(--book-paper)"),
}


class Diagram(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {"description": directives.unchanged_required}  # noqa: RUF012 - docutils' own form

    def run(self):
        if "description" not in self.options:
            raise self.error("a diagram needs a :description: for readers who do not see it")
        svg = draw("\n".join(self.content), self.arguments[0], self.options["description"])
        return [nodes.raw("", f'<figure class="diagram">{svg}</figure>', format="html")]


def draw(source, title, description):
    """Return Mermaid `source` as an SVG element with a title and a description, coloured by CSS variables."""
    theme = {name: colour for name, (colour, _) in COLOURS.items()} | {"fontFamily": "sans-serif", "fontSize": "15px"}
    kind, _, body = source.strip().partition("\n")
    head = f"%%{{init: {{'theme': 'base', 'themeVariables': {theme}}}}}%%\n{kind}\n"
    svg = mermaidx.render(f"{head}accTitle: {title}\naccDescr: {description}\n{body}").svg()
    for colour, variable in COLOURS.values():
        svg = svg.replace(colour, variable)
    name = "diagram-" + hashlib.sha256(source.encode()).hexdigest()[:8]
    svg = svg.replace("my-svg", name)
    return re.sub(r'role="graphics-document document"', 'role="img"', svg, count=1)


def setup(app):
    app.add_directive("diagram", Diagram)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
