"""Every page of the built book, as a reader's browser shows it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from test_site import DOCUMENTS

PAGES = [f"{name}.html" for name in [*DOCUMENTS, "genindex", "search"]]


@pytest.mark.parametrize("over", ["http", "file"])
@pytest.mark.parametrize("name", PAGES)
def test_no_error_and_no_failed_request(visit, name, over):
    page = visit(name, over=over)
    page.wait_for_load_state("networkidle")
    assert page.problems == []
    assert page.locator("text=could not be drawn").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(visit, name, width, scheme):
    page = visit(name, width=width, scheme=scheme)
    page.wait_for_load_state("networkidle")
    violations = Axe().run(page).response["violations"]
    serious = [
        (v["id"], node["target"], node["failureSummary"])
        for v in violations
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"][:3]
    ]
    assert serious == []


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_need_not_scroll_sideways(visit, name):
    page = visit(name, width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_search_finds_a_page(visit):
    page = visit("search.html?q=momentum")
    page.wait_for_selector("#search-results li a")
    assert "Gradient descent" in page.locator("#search-results").inner_text()
