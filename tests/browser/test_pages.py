"""Every page of the built book, as a reader's browser shows it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from test_site import DOCUMENTS

PAGES = [f"{name}.html" for name in [*DOCUMENTS, "genindex", "search"]]


@pytest.mark.parametrize("over", ["http", "file"])
@pytest.mark.parametrize("name", PAGES)
def test_no_error_and_no_failed_request(visit, name, over):
    page = visit(name, over=over)
    page.wait_for_load_state("networkidle")
    assert page.problems == []
    assert page.locator("text=could not be drawn").count() == 0


@pytest.mark.parametrize("name", [*PAGES, "404.html"])
def test_everybody_can_read_it(visit, name):
    """Axe finds nothing, light and dark, wide and narrow, and a phone need not scroll sideways."""
    page = visit(name)
    page.wait_for_load_state("networkidle")
    page.add_style_tag(content="* { transition: none !important; }")  # no colour is measured half-way
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert found(page) == [], (width, "light")
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        assert found(page, runOnly=["color-contrast"]) == [], (width, "dark")
        page.evaluate("document.documentElement.dataset.theme = 'light'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 320, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


# A formula has the colour of its text, hundreds of parts, and MathML in their place for who does not see them.
ALL_BUT_FORMULAS = {"exclude": [[".katex-html"]]}


def found(page, **options):
    axe = Axe()
    return [
        (violation["id"], node["target"], node["failureSummary"])
        for violation in axe.run(page, ALL_BUT_FORMULAS, {"resultTypes": ["violations"], **options}).response[
            "violations"
        ]
        for node in violation["nodes"][:3]
    ]


def test_the_theme_changes_where_nothing_can_be_stored(visit, addresses, tmp_path):
    source = f"{addresses['http']}/book/notation.html"
    frame = f'<iframe sandbox="allow-scripts" width="1200" height="800" src="{source}"></iframe>'
    (tmp_path / "frame.html").write_text(frame, encoding="utf8")
    page = visit((tmp_path / "frame.html").as_uri(), over="").frame_locator("iframe")
    switch = page.locator(".theme-switch-button:visible")
    for theme in ("dark", "light"):
        switch.click()
        expect(page.locator(f"html[data-theme={theme}]")).to_have_count(1)


def test_the_search_finds_a_page(visit):
    page = visit("search.html?q=momentum")
    page.wait_for_selector("#search-results li a")
    assert "Gradient descent" in page.locator("#search-results").inner_text()
