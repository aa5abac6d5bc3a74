"""The network in training, on the plain page: each control moves picture and words, by keyboard or pointer."""

import pytest

from nablab.widgets import TrainingRun

OVER = pytest.mark.parametrize("over", ["http", "file"])


@pytest.fixture
def opened(shown):
    def open_page(**settings):
        page = shown({"run": TrainingRun()}, **settings)
        widget = page.locator(".nablab-widget:has(.nablab-run-legend)")
        widget.locator(".nablab-pictures polyline[points]").first.wait_for(state="attached")
        return page, widget

    return open_page


def seen(widget):
    return widget.locator(".nablab-status").inner_text(), widget.locator(".nablab-pictures").inner_html()


@OVER
class TestTrainingRun:
    def test_each_control_changes_picture_and_status_by_keyboard(self, opened, over):
        page, widget = opened(over=over)
        for name, key in (("Epoch", "ArrowRight"), ("Learning rate", "PageUp"), ("Batch size", "ArrowDown")):
            before = seen(widget)
            control = widget.get_by_label(name, exact=True)
            control.focus()
            page.keyboard.press(key)
            after = seen(widget)
            assert after[0] != before[0], name
            assert after[1] != before[1], name
        assert widget.get_by_label("Epoch", exact=True).get_attribute("aria-valuetext") == "2 of 60"
        assert page.problems == []

    def test_large_rates_drive_all_outputs_to_one_side(self, opened, over):
        page, widget = opened(over=over)
        widget.get_by_label("Learning rate").focus()
        page.keyboard.press("End")
        widget.get_by_label("Epoch", exact=True).focus()
        page.keyboard.press("End")
        assert seen(widget)[0].startswith("All 300 training points are called ones.")
        assert "keeps epoch 0" in seen(widget)[0]
        page.keyboard.press("Home")
        said = seen(widget)[0]
        assert said.startswith("All 300 training points are called fives. Epoch 0, the epoch that is kept: 0 updates")

    def test_a_click_on_the_losses_goes_to_that_epoch(self, opened, over):
        _, widget = opened(over=over)
        chart = widget.locator("svg.nablab-click")
        box = chart.bounding_box()
        chart.click(position={"x": box["width"] * 0.56, "y": box["height"] * 0.5})
        assert 25 <= int(widget.get_by_label("Epoch", exact=True).input_value()) <= 35

    def test_it_plays_and_pauses(self, opened, over):
        page, widget = opened(over=over, still=True)
        play = widget.get_by_role("button")
        play.focus()
        page.keyboard.press("Enter")
        while "5 of 60" not in widget.locator(".nablab-shown").all_text_contents():
            page.clock.run_for(20)
        assert widget.get_by_role("status").text_content() == ""  # nothing is spoken while it plays
        page.keyboard.press("Enter")
        assert play.inner_text() == "Play"
        before = seen(widget)
        page.clock.run_for(600)
        assert seen(widget) == before
        assert widget.get_by_role("status").text_content() != ""
        assert page.problems == []


def test_who_wants_no_motion_gets_no_play_button(opened):
    _, widget = opened(reduced_motion="reduce")
    assert not widget.get_by_role("button", include_hidden=True).is_visible()


def test_it_fits_a_phone(opened):
    page, widget = opened(width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for picture in widget.locator(".nablab-pictures > svg").all():
        assert picture.bounding_box()["width"] > 250
