"""The widgets on the plain page: no kernel, no server, keyboard or pointer."""

import pytest

OVER = pytest.mark.parametrize("over", ["http", "file"])


def picture(page):
    widget = page.locator(".nablab-widget:has(.nablab-pictures)").last  # the first one's edge is hidden
    return widget, lambda: (
        widget.locator(".nablab-status").inner_text(),
        widget.locator(".nablab-pictures").inner_html(),
    )


@OVER
class TestLearningRate:
    def test_each_slider_changes_picture_and_status_by_keyboard(self, chapter, over):
        page = chapter(over=over)
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

    def test_the_edge_divides_convergence_from_divergence(self, chapter, over):
        page = chapter(over=over)
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

    def test_every_landscape_and_start(self, chapter, over):
        page = chapter(over=over)
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

    def test_a_click_takes_the_nearest_start(self, chapter, over):
        page = chapter(over=over)
        widget, _ = picture(page)
        drawing = widget.locator(".nablab-click")
        box = drawing.bounding_box()
        drawing.click(position={"x": box["width"] * 0.85, "y": box["height"] * 0.5})
        assert widget.get_by_label("Start").evaluate("s => s.selectedOptions[0].text") == "(4, −0.5)"


def asked(page, words):
    form = page.locator(".nablab-predict", has_text=words)
    output = form.locator("xpath=ancestor::div[contains(@class, 'cell')][last()]/following-sibling::div").locator(
        ".cell_output"
    )
    return form, output.first


@OVER
class TestPredict:
    def test_a_number(self, chapter, over):
        page = chapter(over=over)
        form, output = asked(page, "after 100 steps with 0.51")
        spoiler = page.get_by_text("ends about fifty times")
        assert not output.is_visible()
        assert not spoiler.is_visible()
        form.get_by_role("button", name="Compare").click()
        assert "Give an answer first" in form.inner_text()
        assert not output.is_visible()
        form.get_by_label("Your number").fill("0.02")
        page.keyboard.press("Enter")
        assert output.is_visible()
        assert spoiler.is_visible()
        assert "You said 0.02; the run gave 50.5" in form.inner_text()

    def test_a_choice(self, chapter, over):
        page = chapter(over=over)
        form, output = asked(page, "first to reach inf")
        assert not output.is_visible()
        form.get_by_label("loss").focus()
        page.keyboard.press("Space")
        form.get_by_role("button", name="Compare").click()
        assert output.is_visible()
        assert "Right" in form.inner_text()

    def test_a_point(self, chapter, over):
        page = chapter(over=over)
        form, output = asked(page, "Mark where the run ends")
        assert not output.is_visible()
        form.locator("svg.nablab-sketch").click()
        assert form.get_by_role("textbox", name="p₁").input_value() != ""
        form.get_by_role("textbox", name="p₁").fill("99")
        form.get_by_role("button", name="Compare").click()
        assert "outside the picture" in form.inner_text()
        form.get_by_role("textbox", name="p₁").fill("2.2")
        form.get_by_role("textbox", name="p₂").fill("0")
        form.get_by_role("button", name="Compare").click()
        assert output.is_visible()
        assert "You said (2.2, 0), the ring; the run gave (2.23, 0), the dot. Close." in form.inner_text()
        assert form.locator(".nablab-outcome").count() == 1

    def test_skipping_shows(self, chapter, over):
        page = chapter(over=over)
        form, output = asked(page, "curvature 8")
        form.get_by_role("button", name="Skip and show").click()
        assert output.is_visible()
        assert "The run gave 0.25" in form.inner_text()


def test_nothing_is_folded_on_paper(chapter):
    page = chapter()
    _, output = asked(page, "after 100 steps with 0.51")
    page.emulate_media(media="print")
    assert output.is_visible()
    page.emulate_media(media="screen")
    assert not output.is_visible()


def test_it_works_by_touch(chapter):
    page = chapter(width=390, has_touch=True, is_mobile=True)
    form, output = asked(page, "Mark where the run ends")
    form.locator("svg.nablab-sketch").tap()
    form.get_by_role("button", name="Compare").tap()
    assert output.is_visible()
    widget, seen = picture(page)
    before = seen()
    widget.locator(".nablab-click").tap(position={"x": 200, "y": 90})
    assert seen() != before


def test_with_scripts_off_everything_is_seen(visit):
    page = visit("book/3-mathematics/gradient-descent.html", java_script_enabled=False)
    assert page.locator(".cell_output:not(:has(script))").count() > 8
    for output in page.locator(".cell_output:has(pre)").all():
        assert output.is_visible() or output.locator("xpath=ancestor::details").count()


def test_a_widget_that_fails_says_so_and_stops_no_other(visit, addresses):
    def break_first(route):
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace("function marked({", "function broken({"))

    page = visit("about:blank", over="")
    page.route("**/gradient-descent.html", break_first)
    page.goto(f"{addresses['http']}/book/3-mathematics/gradient-descent.html")
    page.wait_for_selector("[role=alert]")
    assert "This picture could not be drawn: marked is not defined" in page.locator("[role=alert]").first.inner_text()
    page.locator(".nablab-pictures polyline[points]").last.wait_for()


SIZE = """control => {
    const area = control.type === "radio" ? control.labels[0] : control.closest(".nablab-slider") ?? control;
    const { width, height } = area.getBoundingClientRect();
    return Math.min(width, height);
}"""


def test_controls_are_named_and_large_enough(chapter):
    page = chapter(width=390)
    for control in page.locator(".nablab-widget :is(input, select, button)").all():
        html = control.evaluate("c => c.outerHTML")
        named = "c => c.matches('button') ? c.textContent.trim().length > 0 : c.labels.length > 0"
        assert control.evaluate(named), html
        assert control.evaluate(SIZE) >= 24 or not control.is_visible(), html


def test_no_name_is_given_twice(chapter):
    names = chapter().evaluate("[...document.querySelectorAll('.nablab-widget [id]')].map((e) => e.id)")
    assert len(names) > 10
    assert len(set(names)) == len(names)


def test_rendering_can_be_undone(chapter):
    """`render` returns a function that stops hearing the model and unfolds."""
    page = chapter()
    result = page.evaluate(
        """async () => {
            const states = JSON.parse(document.querySelector(
                'script[type="application/vnd.jupyter.widget-state+json"]').textContent).state;
            const state = Object.values(states).find((s) => s.state?.options?.length)?.state;
            const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
            const widget = (await import(url)).default;
            const heard = [], el = document.createElement("div");
            const model = { get: (k) => state[k], set() {}, save_changes() {}, on: (e, f) => heard.push(f),
                            off: (e, f) => heard.splice(heard.indexOf(f), 1) };
            document.querySelector(".nablab-predict").closest(".cell").append(el);
            const undo = widget.render({ model, el });
            await new Promise((done) => setTimeout(done));
            const during = [heard.length, Number(el.dataset.folded) > 0];
            undo();
            return [...during, heard.length, Number(el.dataset.folded) > 0];
        }"""
    )
    assert result == [1, True, 0, False]
