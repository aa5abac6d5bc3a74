"""The widgets of the built book where they stand: drawn, named, folded, and no trouble to each other."""

import re

import pytest
from test_site import HTML, PAGES

BUILT = {name: (HTML / name).read_text(encoding="utf8") for name in PAGES if (HTML / name).exists()}
ASKING = [name for name, text in BUILT.items() if '"question":' in text]


def views(page):
    """How many widgets the page holds."""
    return page.locator("script[type*='widget-view']").count()


def drawn(visit, name, **settings):
    page = visit(name, **settings)
    page.wait_for_function(
        "n => document.querySelectorAll('.nablab-widget, [role=alert]').length >= n", arg=views(page)
    )
    assert page.locator(".nablab-widget").count() == views(page)
    return page


@pytest.mark.parametrize("over", ["http", "file"])
@pytest.mark.parametrize("name", ASKING)
def test_each_question_folds_what_follows_until_it_is_answered(visit, name, over):
    page = drawn(visit, name, over=over)
    for question in page.locator(".nablab-predict").all():
        words = question.locator(".nablab-status").text_content()
        hint = "The result(, and what follows up to “.+”,)? is folded until you answer or skip."
        assert re.fullmatch(hint, words), question.text_content()
    folded = "document.querySelectorAll('[data-nablab-folded]').length"
    skips = page.locator(".nablab-predict:visible button:text('Skip'):not([data-done])")
    while skips.count():
        before, skip = page.evaluate(folded), skips.first.element_handle()
        skip.evaluate("button => (button.dataset.done = '')")
        skip.click()
        assert page.evaluate(folded) < before
    assert page.evaluate(folded) == 0
    for words in page.locator(".nablab-predict .nablab-status").all_inner_texts():
        assert re.match("The run gave .+\\.$", words)
    assert page.problems == []


@pytest.mark.parametrize("name", ASKING)
def test_on_paper_nothing_is_folded(visit, name):
    page = drawn(visit, name)
    assert page.locator("[data-nablab-folded]").count() > 0
    page.emulate_media(media="print")
    for element in page.locator("[data-nablab-folded]").all():
        assert element.evaluate("e => getComputedStyle(e).display") != "none"


@pytest.mark.parametrize("name", ASKING)
def test_with_scripts_off_everything_is_seen(visit, name):
    page = visit(name, java_script_enabled=False)
    assert page.locator(".cell_output:not(:has(script))").count() > 3
    for output in page.locator(".cell_output:has(pre)").all():
        assert output.is_visible() or output.locator("xpath=ancestor::details").count()


@pytest.mark.parametrize("name", ASKING)
def test_no_name_is_given_twice(visit, name):
    names = drawn(visit, name).evaluate("[...document.querySelectorAll('.nablab-widget [id]')].map((e) => e.id)")
    assert len(names) > 3
    assert len(set(names)) == len(names)
