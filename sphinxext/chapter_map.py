"""The `chapter_map` directive: the chapters that stand, as a map of links, from what their notebooks say.

A chapter's notebook says in `metadata.nablab` what is read before it, `after`, and what it is `about`. Chapters stand
in rows; a chapter's row is below all that it comes after. A picture of its name in book/pictures/ is shown with it.
"""

import html
from itertools import pairwise
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

BOOK = Path(__file__).parent.parent / "book"


def chapters(documents):
    """Return what the map says of each chapter of `documents`, by name, in their order."""
    found = {}
    for name in documents:
        path = BOOK / f"{name}.ipynb"
        if not path.is_file():
            continue
        notebook = nbformat.read(path, as_version=4)
        own = notebook.metadata.get("nablab", {})
        if missing := {"after", "about"} - own.keys():
            raise ValueError(f"{path.name}: metadata.nablab must have {', '.join(sorted(missing))} for the map")
        head = notebook.cells[0].source
        picture = BOOK / "pictures" / f"{path.stem}.svg"
        found[name] = {
            "title": head.splitlines()[0].removeprefix("# "),
            "time": head.partition("**Time**: about ")[2].partition(" minutes")[0],
            "picture": picture.read_text(encoding="utf8") if picture.is_file() else "",
            **own,
        }
    return found


def rows(found):
    """Return the names in rows: each chapter stands below all those it comes after."""
    for name, chapter in found.items():
        if unknown := set(chapter["after"]) - found.keys():
            raise ValueError(f"{name}: metadata.nablab.after names no chapter: {', '.join(sorted(unknown))}")
    placed, left = [], list(found)
    while left:
        above = {name for row in placed for name in row}
        row = [name for name in left if set(found[name]["after"]) <= above]
        if not row:
            raise ValueError(f"metadata.nablab.after goes in a circle: {', '.join(left)}")
        placed.append(row)
        left = [name for name in left if name not in row]
    return placed


def draw(found, link):
    """Return the map as HTML; `link(name)` is a chapter's address."""
    placed, parts, number = rows(found), [], 0
    for above, row in pairwise([[], *placed]):
        if above:
            parts.append(_ways(above, row, found))
        stops = []
        for name in row:
            number += 1
            chapter = {key: html.escape(str(value)) for key, value in found[name].items() if key != "picture"}
            stops.append(
                f'<li value="{number}"><a href="{html.escape(link(name))}">{found[name]["picture"]}'
                f"<strong>{number}. {chapter['title']}</strong><span>{chapter['about']}</span>"
                f"<small>{chapter['time']} minutes</small></a></li>"
            )
        parts.append(f'<ol style="--columns: {len(row)}">{"".join(stops)}</ol>')
    return f'<div class="chapter-map">{"".join(parts)}</div>'


def _ways(above, row, found):
    """Return the lines from the chapters of one row to those of the next."""
    lines = "".join(
        f'<line x1="{100 * (above.index(before) + 0.5) / len(above):g}" y1="0" '
        f'x2="{100 * (j + 0.5) / len(row):g}" y2="10" vector-effect="non-scaling-stroke"/>'
        for j, name in enumerate(row)
        for before in found[name]["after"]
        if before in above
    )
    return f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{lines}</svg>'


class ChapterMap(SphinxDirective):
    def run(self):
        documents = [name.removeprefix("book/") for name in self.env.external_site_map]
        try:
            found = chapters(documents)
            drawn = draw(found, lambda name: self.env.app.builder.get_relative_uri(self.env.docname, f"book/{name}"))
        except ValueError as problem:
            raise self.error(str(problem)) from None
        for name in found:
            self.env.note_dependency(str(BOOK / f"{name}.ipynb"))
        return [nodes.raw("", drawn, format="html")]


def setup(app):
    app.add_directive("chapter_map", ChapterMap)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
