"""What holds for each widget, without the book: its sliders, its labels, and what is spoken."""

import pytest
from labels import SIZES, collisions, darken
from test_widgets import MODULES, example

SLIDING = [name for name in MODULES if name not in ("predict", "diagnostic")]
STEPS = """async (slider) => {
    const widget = slider.closest(".nablab-widget");
    const words = () => widget.querySelector(".nablab-status").textContent;
    const picture = () => [...widget.querySelectorAll("svg[role=img]")].map((svg) => svg.innerHTML).join();
    const heard = () => ({ value: Number(slider.value), said: slider.getAttribute("aria-valuetext"), words: words(),
        picture: picture(), shown: widget.querySelector(`label[for="${slider.id}"]`).parentElement.innerText });
    window.heard = heard;
}"""


@pytest.fixture(scope="module")
def widgets():
    return {name: example(name) for name in MODULES}


@pytest.mark.parametrize("name", SLIDING)
def test_each_arrow_key_moves_every_slider_from_end_to_end(shown, widgets, name):
    page = shown({name: widgets[name]})
    sliders = page.locator("input[type=range]").all()
    assert sliders
    for slider in sliders:
        label = slider.evaluate("s => s.labels[0].textContent")
        slider.focus()
        slider.evaluate(STEPS)
        page.keyboard.press("Home")
        assert slider.evaluate("s => s.value === s.min"), label
        before, presses = page.evaluate("heard()"), 0
        while slider.evaluate("s => Number(s.value) < Number(s.max) - Number(s.step) / 2"):
            page.keyboard.press("ArrowRight")
            after, presses = page.evaluate("heard()"), presses + 1
            for what, seen in before.items():
                assert after[what] != seen, (label, what, after["said"])
            assert after["said"] in after["shown"], (label, "what is said is what is seen")
            before = after
            assert presses <= 200
        end = before["value"]
        for key, compare in (("ArrowRight", "__eq__"), ("PageDown", "__lt__"), ("End", "__eq__"), ("Home", "__lt__")):
            page.keyboard.press(key)
            assert getattr(page.evaluate("heard()")["value"], compare)(end), (label, key)
        page.keyboard.press("PageUp")
        assert page.evaluate("heard()")["value"] > float(slider.get_attribute("min")), label
    assert page.problems == []


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_no_label_is_on_another_or_leaves_its_picture(shown, widgets, name, width, scheme):
    page = shown({name: widgets[name]}, width=width)
    darken(page, scheme)
    assert collisions(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", SLIDING)
def test_words_are_seen_at_once_and_spoken_at_rest(shown, widgets, name):
    page = shown({name: widgets[name]})
    widget = page.locator(".nablab-widget")
    assert widget.get_by_role("status").count() == 1
    assert widget.locator("output, [aria-live]").count() == 0
    page.evaluate(
        """() => {
            window.spoken = [];
            const region = document.querySelector(".nablab-widget [role=status]");
            new MutationObserver(() => region.textContent && spoken.push(region.textContent))
                .observe(region, { childList: true, characterData: true, subtree: true });
        }"""
    )
    page.wait_for_timeout(700)
    assert page.evaluate("spoken") == []  # the first words are not spoken
    widget.locator("input[type=range]").first.focus()
    seen = set()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        seen.add(widget.locator(".nablab-status").inner_text())
    assert len(seen) == 3
    page.wait_for_function("spoken.length > 0")
    page.wait_for_timeout(700)
    assert len(page.evaluate("spoken")) == 1
    words = widget.locator(".nablab-status").text_content().split()
    assert "".join(page.evaluate("spoken[0]").split()) == "".join(words)
