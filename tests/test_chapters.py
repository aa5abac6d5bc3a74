"""The map of the chapters, their heads, their folded code and their figures."""

import re

import chapter_map
import chapters
import checked
import pytest
from docutils import nodes
from docutils.core import publish_doctree
from test_notebooks import CHAPTERS, ROOT, name_of, read

HTML = ROOT / "_build" / "html"


def found(**after):
    return {
        name: {"title": name.title(), "time": "5", "about": "A & B", "after": list(before), "picture": ""}
        for name, before in after.items()
    }


class TestMap:
    def test_a_chapter_stands_below_all_it_comes_after(self):
        placed = chapter_map.rows(found(a="", d="bc", b="a", c="a", e=""))
        assert placed == [["a", "e"], ["b", "c"], ["d"]]

    def test_a_circle_is_an_error(self):
        with pytest.raises(ValueError, match="goes in a circle: b, c"):
            chapter_map.rows(found(a="", b="c", c="b"))

    def test_an_unknown_chapter_is_an_error(self):
        with pytest.raises(ValueError, match=r"b: metadata\.nablab.after names no chapter: x"):
            chapter_map.rows(found(a="", b="x"))

    def test_a_chapter_that_does_not_say_where_it_stands_is_an_error(self, tmp_path, monkeypatch):
        monkeypatch.setattr(chapter_map, "BOOK", tmp_path)
        (tmp_path / "a.ipynb").write_text(
            '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', encoding="utf8"
        )
        with pytest.raises(ValueError, match=r"a\.ipynb: metadata\.nablab must have about, after for the map"):
            chapter_map.chapters(["a"])

    def test_it_is_drawn_with_links_and_numbers(self):
        text = chapter_map.draw(found(a="", b="a", c="a"), "{}.html".format)
        assert re.findall(r'href="(\w)\.html">', text) == ["a", "b", "c"]
        assert "<strong>3. C</strong><span>A &amp; B</span><small>5 minutes</small>" in text
        assert text.count("<line ") == 2

    def test_every_chapter_is_on_the_front_page(self):
        text = (HTML / "book/index.html").read_text(encoding="utf8").partition('class="chapter-map"')[2]
        for path in CHAPTERS:
            page = path.relative_to(ROOT / "book").with_suffix(".html")
            assert f'href="{page}"' in text
            assert f"{read(path).metadata.nablab.about}</span>" in text


@pytest.mark.parametrize("path", CHAPTERS, ids=name_of)
class TestEveryChapter:
    def test_its_head_is_one_box(self, path):
        text = (HTML / path.relative_to(ROOT)).with_suffix(".html").read_text(encoding="utf8")
        assert text.count('class="chapter-head docutils container"') == 1

    def test_its_figures_have_captions_and_numbers(self, path):
        text = (HTML / path.relative_to(ROOT)).with_suffix(".html").read_text(encoding="utf8")
        figures = re.findall(r'<svg class="plot".*?</svg>\s*(.{0,60})', text, flags=re.DOTALL)
        assert figures
        for number, follows in enumerate(figures, start=1):
            assert follows.startswith(f"<figcaption><strong>Figure {number}.</strong> ")

    def test_its_folded_code_says_what_it_holds(self, path):
        text = (HTML / path.relative_to(ROOT)).with_suffix(".html").read_text(encoding="utf8")
        prompts = re.findall(r'<p class="(?:collapsed|expanded) admonition-title">(.*?)</p>', text)
        assert prompts
        named = (
            "Imports|Code: the answer to the card, and checks|Code of this (picture|output)|Run and result|Checks|Code"
        )
        assert [p for p in prompts if not re.fullmatch(rf"(?:{named}), \d+ lines?", p)] == []

    def test_imports_are_folded(self, path):
        (setup,) = [cell for cell in read(path).cells if cell.id == "setup"]
        assert "hide-input" in setup.metadata.tags


@pytest.mark.parametrize(
    ("code", "prints", "words"),
    [
        (
            "import numpy as np\n\nfrom nablab.data import seed\n\nSEED = seed()\nrng = f(SEED)",
            False,
            "Imports, 6 lines",
        ),
        ("from nablab.widgets import (\n    A,\n    B,\n)\n", False, "Imports, 4 lines"),
        ("fig, ax = plots.figure()\nassert ax\nplots.show(fig)", True, "Code of this picture, 3 lines"),
        ("guess.truth(3)\nassert True", False, "Code: the answer to the card, and checks, 2 lines"),
        ("x = 1\nassert x", False, "Checks, 2 lines"),
        ("x = 1\nassert x\nprint(x)", True, "Code of this output, 3 lines"),
        ("import numpy as np\nx = np.ones(3)", False, "Code, 2 lines"),
        ("x = 1", False, "Code, 1 line"),
    ],
)
def test_what_folded_code_holds(code, prints, words):
    assert chapters.holds(code, prints) == words


def test_what_is_folded_with_its_output():
    assert chapters.holds("print(1)", True, with_output=True) == "Run and result, 1 line"


def test_figures_are_numbered_in_order():
    document = publish_doctree("Text")
    document += [nodes.raw("", f"<figure><figcaption>{t}</figcaption></figure>", format="html") for t in "ab"]
    document.insert(1, nodes.raw("", "<p>no figure</p>", format="html"))
    chapters.number_figures(None, document, "page")
    text = "".join(raw.astext() for raw in document.findall(nodes.raw))
    assert re.findall(r"<strong>(Figure \d\.)</strong> (\w)", text) == [("Figure 1.", "a"), ("Figure 2.", "b")]


def test_the_front_page_shows_what_is_counted():
    text = (HTML / "book/index.html").read_text(encoding="utf8")
    for number, words in checked.numbers(CHAPTERS):
        assert f"<b>{number}</b> {words}" in text
    assert checked.parts() > 40
    assert checked.faults() == sum(len(module) for module in __import__("test_faults").FAULTS.values())
