"""Backpropagation on the plain page: every control, by keyboard, changes the picture and what is said."""

import pytest

from nablab.widgets import Backprop

OVER = pytest.mark.parametrize("over", ["http", "file"])


@pytest.fixture
def backprop(shown):
    """The widget, what is seen of it, and the page."""

    def open_widget(**settings):
        page = shown({"backprop": Backprop()}, **settings)
        widget = page.locator(".nablab-backprop")
        widget.locator("svg.nablab-graph circle").first.wait_for()
        status, graph = widget.locator(".nablab-status"), widget.locator("svg.nablab-graph")
        return page, widget, lambda: (status.inner_text(), graph.inner_html())

    return open_widget


@OVER
class TestBackprop:
    def test_next_and_back_by_keyboard(self, backprop, over):
        page, widget, seen = backprop(over=over)
        begin = seen()
        widget.get_by_role("button", name="Next").focus()
        page.keyboard.press("Enter")
        first = seen()
        assert first[0].startswith("Step 1 of 14, forward")
        assert first[1] != begin[1]
        widget.get_by_role("button", name="Back").focus()
        page.keyboard.press("Space")
        assert seen() == begin
        assert widget.get_by_role("button", name="Back").is_disabled()
        assert page.problems == []

    def test_the_slider_goes_through_all_steps(self, backprop, over):
        page, widget, seen = backprop(over=over)
        slider, states = widget.get_by_role("slider", name="Step"), {seen()}
        slider.focus()
        for _ in range(14):
            page.keyboard.press("ArrowRight")
            states.add(seen())
            assert slider.get_attribute("aria-valuetext").split(": ")[1]
        assert len(states) == 15
        assert widget.get_by_role("button", name="Next").is_disabled()
        assert widget.locator("svg.nablab-graph title").text_content().endswith("the weights into hidden unit 3, h₃")
        assert page.problems == []

    def test_sample_and_network(self, backprop, over):
        page, widget, seen = backprop(over=over)
        widget.get_by_role("slider", name="Step").focus()
        page.keyboard.press("End")
        states = set()
        for sample in range(2):
            widget.get_by_role("combobox", name="Sample").select_option(str(sample))
            for network in range(3):
                widget.get_by_role("combobox", name="Network").select_option(str(network))
                states.add(seen()[1])
        assert len(states) == 6
        assert page.problems == []

    def test_the_numbers_are_those_of_the_chapter(self, backprop, over):
        page, widget, seen = backprop(over=over)
        step = widget.get_by_role("slider", name="Step")
        step.focus()
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        assert "= 0.635" in seen()[0]  # it opens on the one
        widget.get_by_role("combobox", name="Sample").select_option("0")
        assert "= 0.695" in seen()[0]
        widget.get_by_role("combobox", name="Network").select_option("1")
        page.keyboard.press("End")
        step.evaluate("s => { s.value = 9; s.dispatchEvent(new Event('input')); }")
        assert "= 0\n" in seen()[0] + "\n"  # W2[0] = 0 sends nothing back


def test_a_phone_shows_every_part(backprop):
    page, widget, _ = backprop(width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in widget.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 24
    graph = widget.locator("svg.nablab-graph")
    assert graph.bounding_box()["width"] > 300
    size = "all => Math.min(...all.map((e) => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a))"
    assert graph.locator("text").evaluate_all(size) >= 12
