"""The `reseeded` directive: a sentence that says what the last `make reseed` of the whole book found."""

import json
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

RESULT = Path(__file__).parent.parent / "benchmarks/results/reseed.json"


def sentence(result):
    """Return what the recorded result says, in words."""
    chapters = result["chapters"].values()
    runs = [len(chapter["seeds"]) for chapter in chapters]
    asserts = [row for chapter in chapters for row in chapter["asserts"]]
    meant = [row for row in asserts if not row.get("one_seed")]
    whole = sum(not row["failed"] for row in meant)
    once = len(asserts) - len(meant)
    fewest = "" if min(runs) == max(runs) else f" (the slowest chapter under {min(runs)})"
    apart = f" {once} more are meant for the book's own seed alone." if once else ""
    return (
        f"On {result['date']}, {len(runs)} chapters ran under {_seeds(max(runs))} that their writers had not seen"
        f"{fewest}: {whole} of their {len(meant)} asserts held in every run.{apart}"
    )


def _seeds(count):
    return "one seed" if count == 1 else f"{count} seeds"


class Reseeded(SphinxDirective):
    def run(self):
        self.env.note_dependency(str(RESULT))
        return [nodes.paragraph("", sentence(json.loads(RESULT.read_text(encoding="utf8"))))]


def setup(app):
    app.add_directive("reseeded", Reseeded)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
