"""The pages load at once, measured in the browser; and what was cut out of the fonts is not missed."""

from functools import cache
from pathlib import Path

import page_weight
import pydata_sphinx_theme
import pytest
from fontTools.ttLib import TTFont
from test_site import DOCUMENTS, HTML, ROOT

PAGES = [f"{name}.html" for name in [*DOCUMENTS, "genindex", "search"]]
# Bytes. The recorded runs of widgets come on top of what their page may weigh.
TEXT, WIDGET, RUNS, NEXT = 200_000, 400_000, 150_000, 100_000

UNCUT = [ROOT / "assets", Path(pydata_sphinx_theme.__file__).parent / "theme/pydata_sphinx_theme/static"]
STYLES = {
    ("400", "normal"): "Regular",
    ("700", "normal"): "Bold",
    ("400", "italic"): "Italic",
    ("700", "italic"): "BoldItalic",
}
ICONS = {
    ("Font Awesome 6 Free", "900"): "solid-900",
    ("Font Awesome 6 Free", "400"): "regular-400",
    ("Font Awesome 6 Brands", "400"): "brands-400",
}
# Icons that nothing draws.
NAKED = r"""[...document.querySelectorAll(".fa, .fab, .far, .fas, [class*=fa-]")]
  .filter((el) => !/^"[^"]+"$/.test(getComputedStyle(el, "::before").content)).map((el) => el.outerHTML)"""
# What a page writes in web fonts: the font's name, weight and style, and the text.
WRITTEN = r"""() => {
  const written = [], name = (families) => families.split(",")[0].replaceAll('"', "");
  const note = (style, text) => written.push([name(style.fontFamily), style.fontWeight, style.fontStyle, text]);
  for (const el of document.querySelectorAll("*")) {
    for (const part of ["::before", "::after"]) {
      const style = getComputedStyle(el, part);
      if (/Awesome/.test(style.fontFamily) && style.content !== "none") note(style, style.content.slice(1, -1));
    }
    for (const { nodeType, data } of el.childNodes)
      if (nodeType === Node.TEXT_NODE) note(getComputedStyle(el), data);
  }
  return written;
}"""


@pytest.fixture(scope="module")
def weights(browser):
    return page_weight.weigh(browser, HTML, PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_the_first_page_is_small(weights, name):
    first, _ = weights[name]
    drawn = "vnd.jupyter.widget-view+json" in (HTML / name).read_text(encoding="utf8")
    assert first.total() - first["runs"] <= (WIDGET if drawn else TEXT), first
    assert first["runs"] <= RUNS


@pytest.mark.parametrize("name", PAGES)
def test_the_next_page_is_smaller(weights, name):
    _, second = weights[name]
    assert second.total() - second["runs"] <= NEXT, second


def font(family, weight, style):
    """Return the place of a web font in the site, or None where the text is written in another."""
    if (family, weight) in ICONS:
        return f"vendor/fontawesome/webfonts/fa-{ICONS[family, weight]}.woff2"
    if family.startswith("KaTeX_"):
        return f"vendor/katex/fonts/{family}-{STYLES[weight, style]}.woff2"
    return "vendor/source-serif/source-serif-4-latin-600-normal.woff2" if family == "Source Serif 4" else None


@cache
def glyphs(path):
    with TTFont(path) as file:
        return set(file.getBestCmap())


@pytest.mark.parametrize("name", [*PAGES, "404.html"])
def test_what_was_cut_out_of_the_fonts_is_not_missed(visit, name):
    page = visit(name)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(NAKED) == []
    for family, weight, style, text in page.evaluate(WRITTEN):
        if place := font(family, weight, style):
            whole = next(path for folder in UNCUT if (path := folder / place).exists())
            assert glyphs(whole) & set(map(ord, text)) <= glyphs(HTML / "_static" / place), (place, text)


@pytest.mark.parametrize("name", PAGES)
def test_every_outline_that_a_figure_uses_is_on_its_page(visit, name):
    lost = """() => [...document.querySelectorAll("use")].map((use) => use.href.baseVal)
    .filter((name) => !document.getElementById(name.slice(1)))"""
    assert visit(name).evaluate(lost) == []
