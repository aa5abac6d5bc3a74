"""What holds for each widget, without the book: its sliders, its labels, and what is spoken."""

import harness
import pytest
from harness import put
from labels import SIZES, collisions, darken
from test_widgets import FOLDER, MODULES, example

# Those of two_rates come after its run: tests/browser/test_two_rates_moves.py moves them.
SLIDING = [name for name in MODULES if name not in ("predict", "diagnostic", "two_rates")]
HEARD = """slider => {
    const widget = slider.closest(".nablab-widget");
    window.heard = () => ({ value: Number(slider.value), said: slider.getAttribute("aria-valuetext"),
        words: widget.querySelector(".nablab-status").textContent,
        picture: [...widget.querySelectorAll("svg[role=img]")].map((svg) => svg.innerHTML).join(),
        shown: slider.closest(".nablab-slider").innerText.split("\\n").at(-1) });
}"""
# What an arrow key does, at each of a slider's steps, or at 60 of them: what stays as it was, or is not said as seen.
EACH_STEP = """slider => {
    const wrong = [], { min, max, step } = slider, by = Math.ceil((max - min) / step / 60);
    let before = heard();
    while (Number(slider.value) < max - step / 2) {
        slider.stepUp(by);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        const after = heard();
        for (const what in before) if (before[what] === after[what]) wrong.push(`${what} stays at ${after.said}`);
        if (!after.said.includes(after.shown)) wrong.push(`${after.shown} is said as ${after.said}`);
        before = after;
    }
    return wrong;
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
        slider.evaluate(HEARD)
        page.keyboard.press("Home")
        assert slider.evaluate("s => s.value === s.min"), label
        for _ in range(3):
            before = page.evaluate("heard()")
            page.keyboard.press("ArrowRight")
            after = page.evaluate("heard()")
            assert [what for what, seen in before.items() if after[what] == seen] == [], (label, after["said"])
        page.keyboard.press("Home")
        assert slider.evaluate(EACH_STEP) == [], label
        end = slider.evaluate("s => Number(s.value)")
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
    assert collisions(page, most=40 if scheme == "light" else 3) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", SLIDING)
def test_words_are_seen_at_once_and_spoken_at_rest(shown, widgets, name):
    page = shown({name: widgets[name]}, still=True)
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
    page.clock.run_for(700)
    assert page.evaluate("spoken") == []  # the first words are not spoken
    widget.locator("input[type=range]").first.focus()
    seen = set()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        seen.add(widget.locator(".nablab-status").inner_text())
    assert len(seen) == 3
    page.clock.run_for(700)
    assert len(page.evaluate("spoken")) == 1
    words = widget.locator(".nablab-status").text_content().split()
    assert "".join(page.evaluate("spoken[0]").split()) == "".join(words)


SIZE = """control => {
    const area = control.type === "radio" ? control.labels[0] : control.closest(".nablab-slider") ?? control;
    const { width, height } = area.getBoundingClientRect();
    return Math.min(width, height);
}"""


@pytest.mark.parametrize("name", MODULES)
def test_controls_are_named_and_large_enough_for_a_finger(shown, widgets, name):
    page = shown({name: widgets[name]}, width=390)
    controls = page.locator(".nablab-widget :is(input, select, button):visible").all()
    assert controls
    for control in controls:
        html = control.evaluate("c => c.outerHTML")
        assert control.evaluate(
            "c => c.matches('button') ? (c.ariaLabel ?? c.textContent).trim().length > 0 : c.labels.length > 0"
        ), html
        assert control.evaluate(SIZE) >= 24, html


@pytest.mark.parametrize("over", ["http", "file"])
def test_all_together_no_name_is_given_twice(shown, widgets, over):
    page = shown(widgets, over=over)
    names = page.evaluate("[...document.querySelectorAll('.nablab-widget [id]')].map((e) => e.id)")
    assert len(set(names)) == len(names) > 20
    assert page.problems == []


def test_a_widget_that_fails_says_so_and_stops_no_other(visit, widgets, tmp_path):
    text = harness.page({name: widgets[name] for name in ("training_run", "predict")})
    assert text.count("function planePicture(") == 1
    (tmp_path / "page.html").write_text(text.replace("function planePicture(", "function broken("), encoding="utf8")
    page = visit((tmp_path / "page.html").as_uri(), over="")
    page.wait_for_selector(".nablab-predict")
    page.wait_for_selector("[role=alert]")
    words = "This picture could not be drawn: planePicture is not defined"
    assert page.locator("[role=alert]").inner_text() == words


UNDO = """async ({ state, buffers }) => {
    for (const { path, data } of buffers)
        state[path[0]] = new DataView(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer);
    const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
    const widget = (await import(url)).default, heard = [], el = document.createElement("div");
    const model = { get: (k) => state[k], set() {}, save_changes() {}, send() {}, on: (e, f) => heard.push(f),
        off: (e, f) => heard.splice(heard.indexOf(f), 1) };
    document.querySelector(".cell").append(el);
    const undo = widget.render({ model, el });
    await new Promise((done) => setTimeout(done, 50));
    const folded = () => document.querySelectorAll("[data-nablab-folded]").length, during = [heard.length, folded()];
    undo();
    const before = el.innerHTML;
    for (const control of el.querySelectorAll("input, select, button")) {
        if (control.type === "range") control.value = control.max;
        for (const kind of ["input", "change", "click"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
    }
    await new Promise((done) => setTimeout(done, 700));
    return { during, after: [heard.length, folded()], still: el.innerHTML === before };
}"""


@pytest.mark.parametrize("name", MODULES)
def test_rendering_can_be_undone(shown, widgets, name):
    """`render` returns a function after which nothing is heard, folded, changed or spoken any more."""
    page = shown({name: widgets[name]}, f"<article><section><h1>Title</h1>{put(name)}<p>next</p></section></article>")
    page.evaluate("document.querySelectorAll('.nablab-predict button').forEach((button) => button.click())")
    result = page.evaluate(UNDO, harness.live(widgets[name]))
    assert result["during"][1] == (name == "predict")
    assert result["after"] == [0, 0]
    assert result["still"]
    assert page.problems == []


@pytest.mark.parametrize("name", SLIDING)
def test_a_slider_moves_by_touch(shown, widgets, name):
    page = shown({name: widgets[name]}, width=390, has_touch=True, is_mobile=True)
    slider, words = page.locator("input[type=range]").first, page.locator(".nablab-status")
    before, box = words.inner_text(), slider.bounding_box()
    slider.tap(position={"x": box["width"] * 0.9, "y": box["height"] / 2})
    assert words.inner_text() != before


def test_one_widget_after_another_takes_no_style_away(shown, widgets):
    """What all share comes once more with each widget: colours, dashes and sizes of each stay as they are alone."""
    look = """() => [...document.querySelector(".nablab-widget").querySelectorAll("*")].map((e) => {
        const { stroke, fill, strokeDasharray, margin, minHeight, display, gridTemplateAreas } = getComputedStyle(e);
        const look = [stroke, fill, strokeDasharray, margin, minHeight, display, gridTemplateAreas];
        return `${e.getAttribute("class")}: ${look.join().replace(/#nablab-\\d+/, "#counted")}`; // by the page
    })"""
    for name in set(SLIDING) | {"diagnostic"}:
        alone = shown({name: widgets[name]}, width=390).evaluate(look)
        together = shown({name: widgets[name], "predict": widgets["predict"]}, width=390).evaluate(look)
        assert together == alone, name


SPEECH = """async (source) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    window.words = (await import(url)).speech();
}"""


def test_what_is_silent_or_undone_is_not_spoken(shown, widgets):
    page = shown({"predict": widgets["predict"]}, still=True)
    page.evaluate(SPEECH, (FOLDER / "draw.js").read_text(encoding="utf8"))

    def after(milliseconds, *calls):
        for call in calls:
            page.evaluate(f"words.{call}")
        page.clock.run_for(milliseconds)
        return page.evaluate("[words.seen.textContent, words.spoken.textContent]")

    assert after(600, "say(['first'])") == ["first", ""]
    assert after(600, "say(['silent'], { silent: true })") == ["silent", ""]
    assert after(300, "say(['one'])", "say(['two'])") == ["two", ""]
    assert after(300) == ["two", "two"]
    assert after(600, "say(['never'])", "hush()") == ["never", ""]
