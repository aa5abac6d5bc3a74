"""The learning rate on the plain page: every control moves the path and the words, by keyboard or pointer."""

import pytest

from nablab.widgets import LearningRate

OVER = pytest.mark.parametrize("over", ["http", "file"])


@pytest.fixture
def opened(shown):
    def open_page(edge="marked", landscape="narrow valley", **settings):
        page = shown({"rate": LearningRate(landscape, edge=edge)}, **settings)
        page.wait_for_selector(".nablab-pictures polyline[points]")
        return page

    return open_page


def picture(page):
    widget = page.locator(".nablab-widget:has(.nablab-pictures)")
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
        assert seen()[0].startswith("Diverging. The steps grow.")
        assert seen()[0].endswith("The learning rate 0.168 is above the edge 2/L = 0.08.")
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
                widget.get_by_label("Start", exact=True).select_option(str(start))
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
        assert widget.get_by_label("Start", exact=True).evaluate("s => s.selectedOptions[0].text") == "(4, −0.5)"

    def test_a_hidden_edge_is_marked_once_it_is_found(self, opened, over):
        page = opened(edge="hidden", landscape="round bowl", over=over)
        widget, seen = picture(page)
        slider, mark = widget.get_by_label("Learning rate"), widget.locator(".nablab-mark")
        assert not widget.get_by_label("Momentum β").is_visible()
        assert "Go up: from some learning rate on it grows." in seen()[0]
        slider.focus()
        while (value := slider.get_attribute("aria-valuetext")) != "0.51":
            assert not mark.first.is_visible()
            assert "edge is" not in seen()[0]
            if value == "0.5":
                assert seen()[0].startswith("Neither. ")
            page.keyboard.press("ArrowRight")
        assert "Well done, you have found it: the loss falls at 0.49 and grows at 0.51." in seen()[0]
        assert mark.first.is_visible()
        page.keyboard.press("ArrowRight")
        assert seen()[0].endswith("The learning rate 0.54 is above the edge 0.5.")
        assert mark.first.is_visible()
        widget.get_by_label("Landscape").select_option(label="narrow valley")
        assert not mark.first.is_visible()  # its edge is another
        slider.focus()
        page.keyboard.press("End")
        assert "So far: the loss fell at 0.02 and grew at 0.168. The edge lies between." in seen()[0]
        widget.get_by_label("Landscape").select_option(label="round bowl")
        assert mark.first.is_visible()
        assert page.problems == []


def test_what_the_slider_passes_is_not_tried(opened):
    """Drawn across all rates by a pointer, it has tried those where it rests."""
    page = opened(edge="hidden", landscape="round bowl")
    widget, seen = picture(page)
    box = widget.get_by_label("Learning rate").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 8 + (box["width"] - 16) * 6 / 24, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 9, y, steps=60)
    page.mouse.up()
    assert "So far: the loss fell at 0.125 and grew at 1.05. The edge lies between." in seen()[0]


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["round bowl", "saddle", "Rosenbrock's valley"])
def test_both_axes_have_one_scale(opened, width, name):
    widget, _ = picture(opened(landscape=name, width=width))
    scales = widget.locator("svg.nablab-click").evaluate(
        """svg => ["middle", "end"].map((anchor) => {
            const middle = (e) => {
                const { left, top, width, height } = e.getBoundingClientRect();
                return [left + width / 2, top + height / 2];
            };
            const ticks = [...svg.querySelectorAll(`.nablab-axes text[text-anchor=${anchor}]`)]
                .map((e) => [Number(e.textContent.replace("−", "-")), middle(e)]).filter(([v]) => Number.isFinite(v));
            const [[a, p], [b, q]] = [ticks[0], ticks.at(-1)];
            return Math.hypot(...(anchor === "middle" ? [q[0] - p[0]] : [q[1] - p[1]])) / Math.abs(b - a);
        })"""
    )
    assert scales[0] == pytest.approx(scales[1], rel=0.02)


def test_on_a_phone_the_slider_is_as_wide_as_the_picture(opened):
    widget, _ = picture(opened(width=390))
    track, image = widget.get_by_label("Learning rate").bounding_box(), widget.locator("svg").first.bounding_box()
    assert track["width"] > 0.95 * image["width"]
