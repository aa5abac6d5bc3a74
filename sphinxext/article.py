"""What the source article says and what is true: block quotes in the chapters' notebooks, shown as boxes.

> **The article, section 3.1**: what it claims, in our words, in a line.
>
> **In fact**: what is so, in a line.
>
> **Evidence**: the heading or the source that shows it; the page folds this away.

A quote that begins with **Also** instead of **The article** is folded to its claim; several of them make a list. The
`errata` directive shows all of the book's boxes, by the article's sections.
"""

import re
from pathlib import Path
from typing import NamedTuple

import nbformat
from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

FIRST = re.compile(r"(The article|Also), sections? (.+)")
WHOLE = re.compile(
    r"\*\*(The article|Also), sections? (.+?)\*\*: (.+?)\n\n\*\*In fact\*\*: (.+?)\n\n\*\*Evidence\*\*: (.+)", re.DOTALL
)
LINE = 150  # characters of a claim, or of what is true
OPEN = 3  # boxes of a chapter that stand open

logger = logging.getLogger(__name__)


class Box(NamedTuple):
    """A box as it stands in a notebook: Markdown, and the name that links to it have."""

    section: str
    claim: str
    truth: str
    evidence: str
    stands_open: bool
    anchor: str


class details(nodes.Element):
    """What unfolds, under a `summary`."""


class summary(nodes.TextElement):
    """The line that is seen while the rest is folded."""


def anchors():
    """Return a function that names the boxes of a page one after the other, by their sections."""
    taken = set()

    def name(section):
        stem = "article-" + re.sub(r"\W+", "-", section).strip("-")
        free = next(n for n in (stem, *(f"{stem}-{k}" for k in range(2, 99))) if n not in taken)
        taken.add(free)
        return free

    return name


def boxes(notebook):
    """Return the boxes of a notebook, read from its Markdown cells."""
    name, found = anchors(), []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for quote in re.findall(r"^> \*\*(?:The article|Also), sections? (?:.*\n?>.*)+", cell.source, re.MULTILINE):
            text = "\n".join(line.removeprefix(">").strip() for line in quote.splitlines())
            whole = WHOLE.fullmatch(text)
            if not whole:
                raise ValueError(f"a box on the article needs: claim, In fact, Evidence; got {text!r}")
            kind, section, *said = whole.groups()
            found.append(Box(section, *(" ".join(part.split()) for part in said), kind != "Also", name(section)))
    return found


class ShowBoxes(SphinxTransform):
    """Turn the block quotes that speak of the article into boxes, the folded ones into one list."""

    default_priority = 200

    def apply(self, **kwargs):
        name, opened = anchors(), 0
        for quote in list(self.document.findall(nodes.block_quote)):
            texts = [child for child in quote.children if isinstance(child, nodes.paragraph)]
            found = FIRST.fullmatch(_label(texts[0])) if texts else None
            if not found:
                continue
            kind, section = found.groups()
            if [_label(text) for text in texts[1:]] != ["In fact", "Evidence"] or len(quote.children) != 3:
                logger.warning("a box on the article needs: claim, In fact, Evidence", location=quote, type="site")
                continue
            for text in texts[:2]:
                said = "".join(part.astext() for part in _after_label(text))
                if len(said) > LINE:
                    logger.warning("a line of %d characters; %d are allowed: %s", len(said), LINE, said, type="site")
            opened += kind != "Also"
            quote.replace_self(_box(kind, section, texts, name(section)))
        if opened > OPEN:
            logger.warning("%d boxes on the article stand open; at most %d may", opened, OPEN, type="site")
        self.gather()

    def gather(self):
        """Put the folded boxes that follow each other into one list, with a way to the page of all."""
        for first in list(self.document.findall(details)):
            parent, at = first.parent, first.parent.index(first)
            if parent["classes"] in (["article-says"], ["article-also"]):
                continue
            end = at
            while end < len(parent) and isinstance(parent[end], details):
                end += 1
            all_of_them = addnodes.pending_xref(
                "",
                nodes.inline("", "All of the book, by the article's sections"),
                refdomain="std",
                reftype="doc",
                reftarget="/book/7-resources/errata",
                refdoc=self.env.docname,
                refexplicit=True,
                refwarn=True,
            )
            way = nodes.paragraph("", "", all_of_them)
            group = nodes.container("", *parent[at:end], way, classes=["article-also"])
            parent[at:end] = [group]


def sections(named):
    """Return "Section 3.1", or "Sections 3.1 and 3.2"."""
    return f"Section{'s' if ' ' in named else ''} {named}"


def _numbers(section):
    return [int(n) for n in section.strip(".").split(".")]


def _parts(paragraph):
    """Return the children of a paragraph; MyST puts an empty text before one that begins in bold."""
    return [child for child in paragraph.children if child.astext()]


def _label(paragraph):
    first = _parts(paragraph)[0]
    return first.astext() if isinstance(first, nodes.strong) else ""


def _after_label(paragraph):
    _, said, *more = _parts(paragraph)
    return [nodes.Text(said.astext().removeprefix(": ")), *more]


def _labelled(label, said):
    """Return what is said behind a small label."""
    return [nodes.inline("", label, classes=["article-label"]), nodes.Text(" "), *said]


def _box(kind, section, texts, anchor):
    claim, truth, evidence = texts
    if kind == "Also":
        line = summary("", "", *_labelled(sections(section), _after_label(claim)))
        named = ("In fact", truth), ("Evidence", evidence)
        rest = [nodes.paragraph("", "", *_labelled(label, _after_label(text))) for label, text in named]
        return details("", line, *rest, ids=[anchor])
    folded = details("", summary("", "Evidence"), nodes.paragraph("", "", *_after_label(evidence)))
    return nodes.container(
        "",
        nodes.paragraph("", "", *_labelled(f"The article, {sections(section).lower()}", _after_label(claim))),
        nodes.paragraph("", "", *_labelled("In fact", _after_label(truth))),
        folded,
        classes=["article-says"],
        ids=[anchor],
    )


class Errata(SphinxDirective):
    """All boxes of the book by the article's sections, each with a link to where it stands."""

    def run(self):
        rows = []
        for page in self.env.external_site_map:
            path = Path(self.env.doc2path(page))
            if path.suffix == ".ipynb":
                self.env.note_dependency(str(path))
                notebook = nbformat.read(path, as_version=4)
                title = notebook.cells[0].source.splitlines()[0].removeprefix("# ")
                try:
                    rows += [(box, page, title) for box in boxes(notebook)]
                except ValueError as problem:
                    raise self.error(f"{page}: {problem}") from None
        rows.sort(key=lambda row: [_numbers(section) for section in re.findall(r"[\d.]+", row[0].section)])
        return [nodes.container("", *(self.row(*row) for row in rows), classes=["article-also"])]

    def row(self, box, page, title):
        fields = (sections(box.section), box.claim), ("In fact", box.truth), ("Evidence", box.evidence)
        line, *rest = (_labelled(label, self.parsed(text).children) for label, text in fields)
        address = f"{self.env.app.builder.get_relative_uri(self.env.docname, page)}#{box.anchor}"
        where = nodes.paragraph("", "", nodes.reference("", title, internal=True, refuri=address))
        return details("", summary("", "", *line), *(nodes.paragraph("", "", *said) for said in rest), where)

    def parsed(self, text):
        parent = nodes.Element()
        self.state.nested_parse(StringList([text], source="errata"), self.content_offset, parent)
        return parent[0]


def visit_details(self, node):
    self.body.append(self.starttag(node, "details"))


def depart_details(self, node):
    self.body.append("</details>\n")


def visit_summary(self, node):
    self.body.append("<summary>")


def depart_summary(self, node):
    self.body.append("</summary>\n")


def setup(app):
    app.add_node(details, html=(visit_details, depart_details))
    app.add_node(summary, html=(visit_summary, depart_summary))
    app.add_transform(ShowBoxes)
    app.add_directive("errata", Errata)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
