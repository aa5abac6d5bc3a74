"""The window on a digit, on a plain page: moved by pointer, touch, arrow keys and sliders; sums and map follow."""

import pytest

from nablab.widgets import ConvolutionWindow

OVER = pytest.mark.parametrize("over", ["http", "file"])


@pytest.fixture
def opened(shown):
    def open_page(**settings):
        page = shown({"window": ConvolutionWindow()}, **settings)
        page.wait_for_selector(".nablab-conv td")
        return page, page.locator(".nablab-conv")

    return open_page


def said(widget):
    return widget.locator(".nablab-status").inner_text()


@OVER
class TestConvolutionWindow:
    def test_it_opens_on_the_chapters_patch(self, opened, over):
        page, widget = opened(over=over)
        assert said(widget).startswith("The sum is 695. It stands in row 11, column 11 of the map.")
        cells = widget.locator("td").all_inner_texts()
        assert cells[:3] == ["1 · −1 = −1", "154 · 0 = 0", "253 · 1 = 253"]
        assert page.problems == []

    def test_arrow_keys_move_the_window_and_stop_at_the_edge(self, opened, over):
        page, widget = opened(over=over)
        widget.get_by_role("group", name="The window").focus()
        frames = widget.locator(".nablab-conv-window")
        before = [f.get_attribute("x") for f in frames.all()]
        page.keyboard.press("ArrowRight")
        assert "row 11, column 12" in said(widget)
        assert [float(f.get_attribute("x")) - float(x) for f, x in zip(frames.all(), before)] == [10, 10]
        page.keyboard.press("ArrowUp")
        assert "row 10, column 12" in said(widget)
        for _ in range(30):
            page.keyboard.press("ArrowLeft")
        assert "row 10, column 1 " in said(widget)
        assert widget.get_by_label("Column", exact=True).input_value() == "1"
        assert page.problems == []

    def test_sliders_and_weights_change_sum_and_map(self, opened, over):
        page, widget = opened(over=over)
        widget.get_by_label("Row", exact=True).focus()
        page.keyboard.press("End")
        assert "row 26, column 11" in said(widget)
        before = widget.get_by_role("img").last.inner_html()
        widget.get_by_label("Weights", exact=True).select_option("2")
        assert widget.get_by_role("img").last.inner_html() != before
        assert widget.locator(".nablab-conv-below").count() == 0, "a blur has no sum below 0"
        assert page.problems == []


def test_a_pointer_moves_the_window_on_either_picture(opened):
    page, widget = opened()
    for picture in widget.get_by_role("img").all():
        box = picture.bounding_box()
        x, y = box["x"], box["y"]
        page.mouse.move(x + box["width"] * 5.5 / 28, y + box["height"] * 9.5 / 28)
        page.mouse.down()
        assert "row 9, column 5 " in said(widget)
        page.mouse.move(x + box["width"] * 20.5 / 28, y + box["height"] * 9.5 / 28)
        page.mouse.up()
        assert "row 9, column 20 " in said(widget)
        page.mouse.move(x + box["width"] * 3.5 / 28, y + box["height"] * 3.5 / 28)
        assert "row 9, column 20 " in said(widget), "it follows a pressed pointer only"


def test_a_touch_moves_the_window_on_a_phone(opened):
    page, widget = opened(width=390, has_touch=True)
    picture = widget.get_by_role("img").first
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    picture.tap(position={"x": box["width"] * 15.5 / 28, "y": box["height"] * 20.5 / 28})
    assert "row 20, column 15 " in said(widget)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_came_to_rest_is_spoken(opened):
    page, widget = opened()
    widget.get_by_role("group", name="The window").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.nablab-conv [role=status]').textContent.includes('column 12')")
