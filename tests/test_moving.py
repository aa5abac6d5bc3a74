"""The `moving` directive: what it puts on a page, the same in every build, and what it refuses."""

import gzip
import io
import json
import re
from html.parser import HTMLParser

import booksite
import moving
import nbformat
import pytest
from sphinx.application import Sphinx

from nablab.widgets import Backprop, TwoRates

ALT = 'Two balls: 0.39 came to rest, "0.41" left & is gone'


def script(text, kind):
    found = re.findall(rf'<script type="application/vnd\.jupyter\.widget-{kind}\+json">(.*?)</script>', text, re.DOTALL)
    assert len(found) == 1
    return json.loads(found[0])


def test_the_page_gets_the_widgets_state_and_its_place():
    text = moving.draw("TwoRates", ALT)
    name = script(text, "view")["model_id"]
    assert name == "moving-two-rates"
    models = script(text, "state")["state"]
    assert list(models) == [name]
    widget, state = TwoRates(), models[name]["state"]
    assert (state["_front_end"], state["rates"]) == ("two_rates", widget.rates)
    assert {b["path"][0] for b in models[name]["buffers"]} == {"exact", "runs"}


def test_it_is_the_same_in_every_build():
    assert moving.draw("TwoRates", ALT) == moving.draw("TwoRates", ALT)
    ids = re.findall(r'\bid="([^"]+)"', moving.draw("TwoRates", ALT))
    assert len(ids) == len(set(ids))


def test_without_script_there_is_the_still_picture():
    text = moving.draw("TwoRates", ALT)
    (without,) = re.findall("<noscript>(.*?)</noscript>", text, re.DOTALL)
    assert without.startswith('<figure class="plot"><svg ')
    assert 'aria-label="Two balls: 0.39 came to rest, &quot;0.41&quot; left &amp; is gone"' in without
    pictures = booksite.Pictures()
    pictures.feed(text)
    assert pictures.unnamed == []


def test_a_page_pays_little_for_it():
    text = moving.draw("TwoRates", ALT)
    assert len(gzip.compress(text.encode(), mtime=0)) <= 14_000
    assert "<text" in text  # outlines of letters weigh more than all the rest of the still picture


def test_a_widget_without_a_still_picture_has_its_words():
    assert moving.still(Backprop(), "1 < 2") == "<p>1 &lt; 2</p>"


def test_the_scripts_end_where_they_end():
    class Tags(HTMLParser):
        found = ()

        def handle_starttag(self, tag, attrs):
            self.found += (tag,)

    tags = Tags()
    tags.feed(moving.draw("TwoRates", ALT))
    assert tags.found.count("script") == 2
    assert tags.found[:3] == ("div", "script", "noscript")


@pytest.fixture
def build(tmp_path):
    """Build pages of Markdown; return the HTML of each, and what Sphinx warned of."""

    def run(notebook="", **pages):
        source, out, warned = tmp_path / "source", tmp_path / "out", io.StringIO()
        source.mkdir()
        (source / "index.md").write_text("# Index\n\n```{toctree}\n:glob:\n*\n```\n", encoding="utf8")
        for name, text in pages.items():
            (source / f"{name}.md").write_text(f"# Page {name}\n\n{text}\n", encoding="utf8")
        if notebook:
            cells = [nbformat.v4.new_markdown_cell(f"# Notebook\n\n{notebook}", id="title")]
            nbformat.write(nbformat.v4.new_notebook(cells=cells), source / "notebook.ipynb")
        settings = {"extensions": ["myst_nb", "front_ends", "moving"], "nb_execution_mode": "off"}
        app = Sphinx(source, None, out, tmp_path / "trees", "html", settings, status=None, warning=warned)
        app.build()
        built = {name: (out / f"{name}.html").read_text(encoding="utf8") for name in pages}
        return built, re.sub(r"\x1b\[[\d;]*m", "", warned.getvalue())

    return run


PICTURE = f"```{{moving}} TwoRates\n:alt: {ALT}\n```\n"


def test_the_script_that_draws_is_loaded_where_something_moves(build):
    built, _ = build(still="Nothing.", moves=PICTURE)
    scripts = re.findall(r'<script defer="defer" src="_static/([\w/]+\.js)', built["moves"])
    assert scripts == ["front_ends/draw.js", "front_ends/two_rates.js", "js/widgets.js"]
    for kind in ("js/widgets.js", "front_ends"):
        assert kind not in built["still"]
    assert re.findall(r'href="_static/(front_ends/\w+\.css)', built["moves"]) == [
        "front_ends/widgets.css",
        "front_ends/two_rates.css",
    ]
    assert built["moves"].count("widget-state+json") == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PICTURE * 2, "a page has one moving picture: TwoRates is here already"),
        ("```{moving} TwoRates\n```\n", "TwoRates needs an :alt: that says in words"),
        ("```{moving} NoRates\n:alt: a\n```\n", "nablab.widgets has no widget 'NoRates'"),
        ("```{moving} Sketch\n:alt: a\n```\n", "nablab.widgets has no widget 'Sketch'"),
    ],
)
def test_what_is_refused_is_warned_of(build, text, words):
    _, warned = build(page=text)
    assert words in warned


def test_a_notebook_shows_its_widgets_itself(build):
    _, warned = build(notebook=PICTURE)
    assert "moving is for Markdown pages: in a notebook, show TwoRates() in a cell" in warned
