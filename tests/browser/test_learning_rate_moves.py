"""The learning rate on the plain page: every control moves the path and the words, by keyboard or pointer."""

import pytest

from nablab.widgets import LearningRate

OVER = pytest.mark.parametrize("over", ["http", "file"])


@pytest.fixture
def opened(shown):
    def open_page(**settings):
        page = shown({"rate": LearningRate(landscape="narrow valley")}, **settings)
        page.wait_for_selector(".nablab-pictures polyline[points]")
        return page

    return open_page


def picture(page):
    widget = page.locator(".nablab-widget:has(.nablab-pictures)").last  # the first one's edge is hidden
    return widget, lambda: (
        widget.locator(".nablab-status").inner_text(),
        widget.locator(".nablab-pictures").inner_html(),
    )


@OVER
class TestLearningRate:
    def test_each_slider_changes_picture_and_status_by_keyboard(self, opened, over):
        page = opened(over=over)
        widget, seen = picture(page)
        for name in ("Learning rate", "Momentum β"):
            before = seen()
            slider = widget.get_by_label(name)
            value = float(slider.input_value())
            slider.focus()
            page.keyboard.press("ArrowRight")
            assert float(slider.input_value()) > value
            assert seen()[0] != before[0]
            assert seen()[1] != before[1]
            assert slider.get_attribute("aria-valuetext")
        assert page.problems == []

    def test_the_edge_divides_convergence_from_divergence(self, opened, over):
        page = opened(over=over)
        widget, seen = picture(page)
        widget.get_by_label("Learning rate").focus()
        page.keyboard.press("End")
        assert seen()[0].startswith("Diverging. The learning rate 0.127 is above the edge 2/L = 0.08.")
        assert widget.locator("polyline").first.get_attribute("points").count(",") == 31  # drawn, not blank
        widget.get_by_label("Momentum β").focus()
        page.keyboard.press("End")
        assert "2(1 + β)/L = 0.152" in seen()[0]
        page.keyboard.press("Home")
        widget.get_by_label("Learning rate").focus()
        page.keyboard.press("Home")
        assert seen()[0].startswith("Creeping")

    def test_every_landscape_and_start(self, opened, over):
        page = opened(over=over)
        widget, seen = picture(page)
        states = set()
        for landscape in range(4):
            widget.get_by_label("Landscape").select_option(str(landscape))
            for start in range(3):
                widget.get_by_label("Start").select_option(str(start))
                states.add(seen())
        assert len(states) == 12
        assert any(status.startswith("Escaping") for status, _ in states)
        assert page.problems == []

    def test_a_click_takes_the_nearest_start(self, opened, over):
        page = opened(over=over)
        widget, _ = picture(page)
        drawing = widget.locator(".nablab-click")
        box = drawing.bounding_box()
        drawing.click(position={"x": box["width"] * 0.85, "y": box["height"] * 0.5})
        assert widget.get_by_label("Start").evaluate("s => s.selectedOptions[0].text") == "(4, −0.5)"
