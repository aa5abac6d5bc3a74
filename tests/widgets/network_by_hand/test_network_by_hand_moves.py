"""The network that readers set by hand, on the plain page: no kernel, no server, keyboard or touch."""

import re

import pytest

PAGE = "book/2-algorithm/neuron-to-network.html"
OVER = pytest.mark.parametrize("over", ["http", "file"])


@pytest.fixture
def hand(visit):
    def open_hand(**settings):
        page = visit(PAGE, **settings)
        page.wait_for_selector(".nablab-hand fieldset")
        widget = page.locator(".nablab-hand")
        widget.scroll_into_view_if_needed()
        return page, widget

    return open_hand


def seen(widget):
    return widget.locator(".nablab-status").inner_text(), widget.locator(".nablab-pictures").inner_html()


def put(page, slider, value):
    """Move a slider to a value by keyboard alone: to its lower end, up by tenths of the way, then step by step."""
    slider.focus()
    steps = round(10 * (value + 10))
    for key, times in (("Home", 1), ("PageUp", steps // 20), ("ArrowRight", steps % 20)):
        for _ in range(times):
            page.keyboard.press(key)
    assert float(slider.input_value()) == value


@OVER
class TestNetworkByHand:
    def test_each_slider_changes_picture_and_status_by_keyboard(self, hand, over):
        page, widget = hand(over=over)
        sliders = widget.get_by_role("slider").all()
        assert len(sliders) == 9
        for slider in sliders:
            before, value = seen(widget), float(slider.input_value())
            slider.focus()
            page.keyboard.press("PageUp")
            assert float(slider.input_value()) > value
            assert seen(widget)[0] != before[0]
            assert seen(widget)[1] != before[1]
            assert float(slider.get_attribute("aria-valuetext").replace("−", "-")) == float(slider.input_value())
        assert page.problems == []

    def test_xor_is_solved_by_keyboard(self, hand, over):
        page, widget = hand(over=over)
        assert "2 of 4 points are right" in seen(widget)[0]
        solution = {"x₁ → h₁": 6, "x₂ → h₁": 6, "bias h₁": -3, "x₁ → h₂": 6, "x₂ → h₂": 6, "bias h₂": -9}
        for name, value in (solution | {"h₁ → ŷ": 8, "h₂ → ŷ": -8, "bias ŷ": -4}).items():
            put(page, widget.get_by_label(name, exact=True), value)
        assert seen(widget)[0].startswith("Solved. 4 of 4 points are right.")
        assert widget.locator(".nablab-cross[visibility=visible]").count() == 0
        assert page.problems == []

    def test_following_the_hints_solves_xor(self, hand, over):
        page, widget = hand(over=over)
        moves = 0
        while not (said := seen(widget)[0]).startswith("Solved"):
            name, value = re.search(r"move “(.+?)” (?:up|down), to about (−?[\d.]+)\.", said).groups()
            put(page, widget.get_by_label(name, exact=True), float(value.replace("−", "-")))
            moves += 1
            assert moves < 20
        assert page.problems == []

    def test_every_data_set_network_and_preset(self, hand, over):
        page, widget = hand(over=over)
        states = {}
        for data in (0, 1):
            widget.get_by_label("Data", exact=True).select_option(str(data))
            for size in (0, 1):
                widget.get_by_label("Network", exact=True).select_option(str(size))
                assert widget.get_by_role("group").count() == 3 + size
                assert widget.get_by_role("slider").count() == 9 + 4 * size
                for preset in ("carried", "all equal", "a solution"):
                    widget.get_by_label("Weights", exact=True).select_option(label=preset)
                    states[data, size, preset] = seen(widget)
        assert len(set(states.values())) == len(states)
        for (data, _, preset), (status, _) in states.items():
            if preset == "all equal":
                assert status.startswith("Copies. ")
            if preset == "a solution":
                assert status.startswith("As good as trained. " if data else "Solved. ")
        assert page.problems == []

    def test_a_moved_slider_makes_the_weights_yours(self, hand, over):
        page, widget = hand(over=over)
        weights = widget.get_by_label("Weights", exact=True)
        assert weights.evaluate("s => s.selectedOptions[0].text") == "carried"
        widget.get_by_label("bias ŷ", exact=True).focus()
        page.keyboard.press("ArrowRight")
        assert weights.evaluate("s => s.selectedOptions[0].text") == "yours"

    def test_a_unit_more_changes_no_output(self, hand, over):
        _, widget = hand(over=over)
        plane = widget.locator(".nablab-plane")
        before = plane.inner_html(), seen(widget)[0].split("What")[0]
        widget.get_by_label("Network", exact=True).select_option("1")
        assert (plane.inner_html(), seen(widget)[0].split("What")[0]) == before


def test_a_touch_moves_a_slider(hand):
    _, widget = hand(width=390, has_touch=True)
    slider = widget.get_by_label("x₁ → h₁", exact=True)
    slider.scroll_into_view_if_needed()
    before, box = seen(widget), slider.bounding_box()
    slider.tap(position={"x": box["width"] * 0.9, "y": box["height"] / 2})
    assert float(slider.input_value()) > 6
    assert seen(widget)[1] != before[1]


def test_on_a_phone_the_plane_stays_in_sight(hand):
    page, widget = hand(width=390)
    widget.get_by_label("bias ŷ", exact=True).scroll_into_view_if_needed()
    box = widget.locator(".nablab-plane").bounding_box()
    assert 0 <= box["y"] < 100
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_controls_are_named_and_large_enough(hand):
    _, widget = hand(width=390)
    for control in widget.locator("input, select").all():
        assert control.evaluate("c => c.labels.length") == 1
        area = "c => (c.closest('.nablab-slider') ?? c).getBoundingClientRect()"
        assert control.evaluate(f"c => Math.min(({area})(c).width, ({area})(c).height)") >= 24
    ids = widget.page.evaluate("[...document.querySelectorAll('.nablab-widget [id]')].map((e) => e.id)")
    assert len(set(ids)) == len(ids)
