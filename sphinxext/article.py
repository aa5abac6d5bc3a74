"""The `article` directive: a box that says what the source article claims and what is true, by a key of errata.yml."""

import re
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

ERRATA = Path(__file__).parent.parent / "book" / "errata.yml"
FIELDS = ("location", "claim", "truth", "evidence")


def load(path=ERRATA):
    """Return the errata by key; raise ValueError where a key comes twice or fields are not as they must be."""
    text = path.read_text(encoding="utf8")
    errata = yaml.safe_load(text)
    if len(re.findall(r"^[\w-]+:", text, flags=re.MULTILINE)) > len(errata):
        raise ValueError(f"{path.name}: two entries have the same key")
    for key, entry in errata.items():
        if tuple(entry) != FIELDS or not all(isinstance(v, str) and v.strip() for v in entry.values()):
            raise ValueError(f"{path.name}: entry {key!r} must have the texts {', '.join(FIELDS)}, in this order")
    return errata


class Article(SphinxDirective):
    required_arguments = 1

    def run(self):
        self.env.note_dependency(str(ERRATA))
        errata, key = load(), self.arguments[0]
        if key not in errata:
            raise self.error(f"errata.yml has no entry {key!r}; it has: {', '.join(errata)}")
        entry = errata[key]
        box = nodes.admonition(classes=["article-says"])
        box += nodes.title("", f"What the article says (section {entry['location']})")
        for label, field in (("The claim.", "claim"), ("What is true.", "truth"), ("Evidence.", "evidence")):
            text = f"**{label}** {entry[field].strip()}"
            parent = nodes.Element()
            self.state.nested_parse(_lines(text), self.content_offset, parent)
            box += parent.children
        return [box]


def _lines(text):
    from docutils.statemachine import StringList

    return StringList(text.splitlines(), source=ERRATA.name)


def setup(app):
    app.add_directive("article", Article)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
