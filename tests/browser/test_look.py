"""How the pages look: lines that are read, code that is seen to run on, one ring for the focus, and paper."""

import io

import pytest
from PIL import Image
from test_site import DOCUMENTS

PAGES = [f"{name}.html" for name in DOCUMENTS]
LONGEST = 75  # letters in a line
CHAPTER = "book/2-algorithm/seven-steps.html"
DARK = {"scheme": "dark"}

# The number of letters in each line of the running text, where a paragraph has more than one.
LINES = """() => [...document.querySelectorAll(".bd-article :is(p, li, dd)")].slice(0, 80).flatMap((paragraph) => {
  if (!paragraph.offsetHeight || paragraph.closest(".nablab-widget, table, .math, a")) return [];
  const lines = new Map(), range = document.createRange();
  const texts = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, own = text.parentElement.closest("p, li, dd");
    if (own !== paragraph || text.parentElement.closest(".katex-mathml, .headerlink")) continue;
    for (const { 0: word, index } of text.data.matchAll(/\\S+\\s?/g)) {
      range.setStart(text, index);
      range.setEnd(text, index + word.trimEnd().length);
      const { bottom } = range.getBoundingClientRect(), line = [...lines.keys()].find((b) => Math.abs(b - bottom) < 9);
      lines.set(line ?? bottom, (lines.get(line ?? bottom) ?? 0) + word.length);
    }
  }
  return [...lines.values()].map((count) => count - 1); // without the space at its end
})"""


@pytest.mark.parametrize("name", PAGES)
def test_no_line_of_prose_is_longer_than_the_eye_likes(visit, name):
    page = visit(name)
    for width in (390, 1280, 1440, 1920, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        lines = page.evaluate(LINES)
        assert max(lines) <= LONGEST, (width, max(lines))
    assert max(lines) > 45


def test_prose_is_narrow_and_pictures_are_wide(visit):
    page = visit("book/3-mathematics/gradient-descent.html")
    prose = page.locator("#the-idea > p").first.bounding_box()
    widget = page.locator(".nablab-widget").first.bounding_box()
    assert prose["width"] < 620
    assert widget["width"] >= 760
    assert abs(prose["x"] - widget["x"]) <= 1


def shadow(box):
    """How far the right edge of a box differs from its ground, in grey levels of its picture."""
    with Image.open(io.BytesIO(box.screenshot())) as picture:
        edge, ground = (picture.convert("L").getpixel((x, 8)) for x in (picture.width - 1, picture.width - 60))
    return abs(edge - ground)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_code_that_runs_on_casts_a_shadow_at_the_edge(visit, scheme):
    """A box that is cut on a phone has a shadow there, and none on a wide page, where it is whole."""
    page = visit(CHAPTER, width=390, scheme=scheme)
    boxes = page.locator("div.cell_input pre:visible").all()[:8]
    beyond = "box => box.scrollWidth - box.clientWidth"
    cut = [box for box in boxes if box.evaluate(beyond) > 40]
    assert len(cut) >= 3
    assert min(map(shadow, cut)) > 15
    edge = cut[0].evaluate("box => box.getBoundingClientRect().right")
    assert edge == pytest.approx(390, abs=1)  # from edge to edge
    page.set_viewport_size({"width": 1280, "height": 900})
    whole = [box for box in cut if box.evaluate(beyond) == 0]
    assert whole
    assert max(map(shadow, whole)) <= 2


def test_code_has_its_size_on_a_phone(visit):
    page = visit(CHAPTER, width=390)
    sizes = page.evaluate("[...document.querySelectorAll('pre')].map((p) => parseFloat(getComputedStyle(p).fontSize))")
    assert {size for size in sizes if size} <= {12, 12.5}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_has_one_ring(visit, scheme):
    page = visit("book/3-mathematics/gradient-descent.html", scheme=scheme)
    rings = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            """() => { const at = document.activeElement, s = getComputedStyle(at);
            return at === document.body ? null : [s.outlineStyle, s.outlineWidth, s.outlineColor] }"""
        )
        rings.add(tuple(ring) if ring else None)
    assert len(rings - {None}) == 1
    (ring,) = rings - {None}
    assert ring[:2] == ("solid", "3px")


class TestPaper:
    @pytest.fixture
    def paper(self, visit):
        def open_page(name, **settings):
            page = visit(name, **settings)
            page.wait_for_load_state("networkidle")
            page.emulate_media(media="print")
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            return page

        return open_page

    @pytest.mark.parametrize("name", PAGES)
    def test_nothing_to_press_nothing_folded_nothing_cut(self, paper, name):
        page = paper(name, **DARK)
        pressed = "button, select, input, .headerlink, .bd-sidebar-primary, .bd-sidebar-secondary, .prev-next-footer"
        shown = page.evaluate(
            """(all) => [...document.querySelectorAll(all)].filter((e) => e.checkVisibility())
            .map((e) => e.outerHTML.slice(0, 90))""",
            pressed,
        )
        assert shown == []
        assert page.locator("details:not([open])").count() == 0
        assert page.locator("[data-nablab-folded]").evaluate_all("all => all.filter((e) => !e.checkVisibility())") == []
        cut = page.evaluate(
            """() => [...document.querySelectorAll("pre, .bd-article, div.math")].filter((box) =>
            box.offsetWidth && box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX !== "visible")
            .map((box) => box.textContent.slice(0, 60))"""
        )
        assert cut == []

    def test_it_is_light_and_the_page_is_as_before_afterwards(self, paper):
        page = paper(CHAPTER, **DARK)
        colour = "getComputedStyle(document.querySelector('.bd-article p')).color"
        assert page.evaluate(colour) == "rgb(28, 36, 48)"
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.evaluate(colour) == "rgb(223, 229, 238)"
        assert page.locator("details:not([open])").count() > 0

    def test_its_contents_and_its_title_stand_once(self, paper):
        page = paper(CHAPTER)
        contents = "[...document.querySelectorAll('a[href=\"#the-idea\"]')].filter((a) => a.checkVisibility()).length"
        assert page.evaluate(contents) == 1
        titles = "[...document.querySelectorAll('h1')].filter((h) => h.checkVisibility()).length"
        assert page.evaluate(titles) == 1


class TestFrontPage:
    @pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
    def test_the_first_screen_says_what_this_is_and_how_to_begin(self, visit, width, height):
        page = visit("book/index.html", width=width)
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_selector(".nablab-widget button")
        for part in ("h1", ".front-lead", "a:has-text('Begin')", ".nablab-widget svg", ".nablab-widget button"):
            box = page.locator(f".bd-article {part}:visible").first.bounding_box()
            assert box["y"] + box["height"] <= height, part

    @pytest.mark.parametrize("width", [1280, 390])
    def test_the_map_is_whole(self, visit, width):
        page = visit("book/index.html", width=width)
        for stop in page.locator(".chapter-map a").all():
            box = stop.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["height"] >= 44
