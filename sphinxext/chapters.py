"""What the pages of chapters have in common: a head, numbered figures, folded code that says what it holds."""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

ASSERT = re.compile(r"^\s*assert ", re.MULTILINE)
IMPORTS = re.compile(r"import |from |SEED|rng|\s+\w|\)|$")  # each line of a cell that only imports


def holds(code, prints, with_output=False):
    """Return what folded code holds, in words; `prints` where it has an output, which may be folded with it."""
    lines = code.splitlines()
    if all(IMPORTS.match(line) for line in lines):
        found = "Imports"
    elif ".truth(" in code:
        found = "Code: the answer to the card, and checks"
    elif "plots.show(" in code:
        found = "Code of this picture"
    elif prints:
        found = "Run and result" if with_output else "Code of this output"
    else:
        found = "Checks" if ASSERT.search(code) else "Code"
    return f"{found}, {len(lines)} line{'s' if len(lines) > 1 else ''}"


class Head(SphinxTransform):
    """Put the goals of a chapter, its time and what it needs into one quiet box of two columns."""

    default_priority = 205

    def apply(self, **kwargs):
        for start in self.document.findall(nodes.paragraph):
            parent, at = start.parent, start.parent.index(start)
            if start.astext() != "After this chapter you can" or not isinstance(parent, nodes.section):
                continue
            goals, terms = parent[at : at + 2], parent[at + 2 : at + 4]
            columns = nodes.container("", *goals), nodes.container("", *terms)
            parent[at : at + 4] = [nodes.container("", *columns, classes=["chapter-head"])]
            return


class Cells(SphinxPostTransform):
    """Say what folded code holds, and mark the cells whose asserts hold what the text says."""

    default_priority = 198  # before myst_nb.sphinx_.HideInputCells
    formats = ("html",)

    def run(self, **kwargs):
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") != "cell_code" or cell[0].get("nb_element") != "cell_code_source":
                continue
            code = cell[0].astext()
            if ASSERT.search(code):
                cell[0]["classes"].append("holds")
            if cell.get("hide_mode"):
                prints = cell[-1].get("nb_element") == "cell_code_output"
                cell["prompt_show"] = cell["prompt_hide"] = holds(code, prints, cell["hide_mode"] == "all")


def number_figures(app, doctree, docname):
    """Number the captions of a page's figures, in the order of reading."""
    count = 0
    for raw in doctree.findall(nodes.raw):
        text = raw.astext()
        if "<figcaption>" in text:
            count += 1
            numbered = text.replace("<figcaption>", f"<figcaption><strong>Figure {count}.</strong> ")
            raw.children[:] = [nodes.Text(numbered)]
            raw.rawsource = numbered


def setup(app):
    app.add_transform(Head)
    app.add_post_transform(Cells)
    app.connect("doctree-resolved", number_figures)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
