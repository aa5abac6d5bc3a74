"""The two balls on the plain page: the button lets them go, the slider shows other rates, and it fits everywhere."""

import harness
import pytest
from labels import collisions, darken
from test_widget_two_rates import ASKED, named

from nablab.widgets import TwoRates

WIDTHS = pytest.mark.parametrize("width", [288, 358, 560, 776])
END = (
    "Both began 1 from the bottom. After 100 steps: 0.39 is 0.00592 away, 0.41 is 132 away. Between them lies an edge."
)
QUESTION = (
    "Two balls in one valley step downhill: one by 0.39 times the slope, the other by 0.41 times. Where do they end?"
)
NARROW = "<style>body {{ width: {0}px; max-width: {0}px; padding: 0; }}</style>"


@pytest.fixture
def widget(shown):
    """The widget in a column so wide, run to its end if asked for, at once; or to be moved by the clock."""

    def open_widget(column=560, run=False, moving=False, **settings):
        wide = {"width": column + 32 if column < 500 else 1280, "still": moving} | settings
        motion = {"reduced_motion": "no-preference" if moving else "reduce"}
        page = shown({"two": TwoRates()}, head=NARROW.format(column), **wide, **motion)
        if run:
            page.get_by_role("button").click()
        return page, page.locator(".nablab-two")

    return open_widget


def words(found):
    return found.locator(".nablab-status").inner_text()


def phase(found):
    return found.get_attribute("data-phase")


@pytest.mark.parametrize("over", ["http", "file"])
def test_the_run_from_its_question_to_its_answer(widget, over):
    page, found = widget(moving=True, over=over)
    assert words(found) == QUESTION
    assert found.get_by_role("slider").count() == 0
    assert found.locator(".nablab-two-count").count() == 0
    button = found.get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    assert phase(found) == "during"
    assert words(found) == QUESTION
    page.clock.run_for(1500)
    assert found.locator(".nablab-two-count").text_content() in ("step 2", "step 3", "step 4")
    assert found.locator(".nablab-two-ring").count() == 1
    while not found.locator(".nablab-two-gone").count():
        page.clock.run_for(100)
    assert found.locator(".nablab-two-ring").count() == 0
    assert found.locator(".nablab-two-disk").count() == 1
    assert words(found) == QUESTION
    page.clock.run_for(7000)
    assert phase(found) == "after"
    assert words(found) == END
    assert found.locator(".nablab-two-count").text_content() == "step 100"
    assert found.locator("svg .nablab-two-orange").text_content() == "0.41 is 132 away"
    assert found.get_by_role("img", name="after 100 steps").count() == 1
    assert button.inner_text() == "Again"
    assert button.evaluate("b => b === document.activeElement")
    assert found.get_by_role("slider", name="Learning rate").count() == 1
    assert page.problems == []


def test_it_lasts_about_six_seconds_can_be_skipped_and_seen_again(widget):
    page, found = widget(moving=True)
    button = found.get_by_role("button")
    button.click()
    page.clock.run_for(5000)
    assert phase(found) == "during"
    page.clock.run_for(2000)
    assert phase(found) == "after"
    button.click()
    page.clock.run_for(100)
    assert phase(found) == "during"
    assert words(found) == QUESTION
    assert button.inner_text() == "Skip"
    button.click()
    assert words(found) == END
    page.clock.run_for(200)
    assert phase(found) == "after"
    button.click()
    found.get_by_role("slider").press("ArrowRight")  # whoever moves the slider has seen enough of the two
    assert words(found).startswith("0.4 is the edge.")
    page.clock.run_for(200)
    assert words(found).startswith("0.4 is the edge.")
    assert page.problems == []


def test_with_reduced_motion_the_end_is_there_at_once(widget):
    _, found = widget(run=True)
    assert words(found) == END
    assert phase(found) == "after"


def test_every_rate_by_keyboard(widget):
    page, found = widget(run=True)
    slider = found.get_by_role("slider")
    slider.press("Home")
    said, pictures, rates = [], [], []
    for _ in range(21):
        said.append(words(found))
        pictures.append(found.locator("svg").inner_html())
        rates.append(slider.get_attribute("aria-valuetext"))
        assert said[-1].startswith(rates[-1])
        page.keyboard.press("ArrowRight")
    assert words(found) == said[-1]  # the end
    assert len(set(said)) == len(set(pictures)) == 21
    assert (rates[0], rates[-1]) == ("0.05", "0.48")
    at = dict(zip(rates, said))
    assert at["0.2"] == "0.2 is home in one step."
    assert at["0.4"] == "0.4 is the edge. It jumps between 1 and −1 for ever, no nearer and no farther."
    assert [said.split(".", 2)[1].endswith("leaves") for said in said] == [float(rate) > 0.4 for rate in rates]
    assert found.locator(".nablab-mark").inner_text() == "edge 0.4"


def test_nothing_that_the_chapter_asks_for_is_on_it(widget):
    page, found = widget()
    seen = [found.text_content()]
    found.get_by_role("button").click()
    seen.append(found.text_content())
    found.get_by_role("slider").press("Home")
    for _ in range(21):
        seen += [found.text_content(), found.get_by_role("slider").get_attribute("aria-valuetext")]
        page.keyboard.press("ArrowRight")
    assert named(" ".join(seen)) & ASKED == set()


def test_the_answer_is_spoken_once_and_not_each_step(widget):
    page, found = widget(moving=True)
    page.evaluate(
        """() => {
            window.spoken = [];
            const region = document.querySelector(".nablab-two [role=status]");
            new MutationObserver(() => region.textContent && spoken.push(region.textContent))
                .observe(region, { childList: true, characterData: true, subtree: true });
        }"""
    )
    found.get_by_role("button").click()
    page.clock.run_for(8000)
    assert phase(found) == "after"
    assert page.evaluate("spoken") == [END]
    found.get_by_role("slider").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.clock.run_for(600)
    assert page.evaluate("spoken") == [END, words(found)]


@WIDTHS
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_label_is_on_another_before_and_after(widget, width, scheme):
    for run in (False, True):
        page, _ = widget(width, run)
        darken(page, scheme)
        assert collisions(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@WIDTHS
def test_no_label_is_on_another_during_the_run(widget, width):
    page, found = widget(width, moving=True)
    found.get_by_role("button").click()
    looks = 0
    while phase(found) != "after":
        looks += 1
        page.clock.run_for(100)
        assert page.evaluate(OVERLAPS) == []
    assert looks > 50


OVERLAPS = """() => {
    const texts = [...document.querySelectorAll(".nablab-two svg text")];
    const boxes = texts.map((text) => text.getBoundingClientRect());
    const frame = document.querySelector(".nablab-two svg").getBoundingClientRect(), wrong = [];
    boxes.forEach((a, i) => {
        if (a.left < frame.left || a.right > frame.right || a.top < frame.top - 3 || a.bottom > frame.bottom)
            wrong.push(`${texts[i].textContent} leaves the picture`);
        boxes.slice(i + 1).forEach((b, j) => {
            if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
                wrong.push(`${texts[i].textContent} on ${texts[i + 1 + j].textContent}`);
        });
    });
    return wrong;
}"""


@WIDTHS
def test_sizes(widget, width):
    page, found = widget(width)
    top = "() => document.querySelector('.nablab-two svg').getBoundingClientRect().top"
    height = found.bounding_box()["height"]
    picture, before = found.locator("svg").bounding_box(), page.evaluate(top)
    assert picture["width"] == min(width, 640)
    assert abs(picture["height"] - min(300, 0.75 * picture["width"])) <= 0.5
    found.get_by_role("button").click()
    assert page.evaluate(top) == before  # question and answer take the same room
    assert found.bounding_box()["height"] == height  # the slider has its room from the start
    for rate in ("Home", "End"):
        found.get_by_role("slider").press(rate)
        assert page.evaluate(top) == before
    sizes = found.evaluate(
        """w => [...w.querySelectorAll("p, text, label, button, .nablab-shown, .nablab-mark")]
            .map((e) => parseFloat(getComputedStyle(e).fontSize) * (e.ownerSVGElement
                ? e.ownerSVGElement.getBoundingClientRect().width / e.ownerSVGElement.viewBox.baseVal.width : 1))"""
    )
    assert min(sizes) >= 12
    for control in found.locator("button, input").all():
        assert control.bounding_box()["height"] >= 44
    look = found.evaluate("w => [getComputedStyle(w).borderTopWidth, getComputedStyle(w).backgroundColor]")
    assert look == ["0px", "rgba(0, 0, 0, 0)"]


def test_it_is_drawn_anew_where_its_column_changes(widget):
    page, found = widget(560, run=True)
    view = found.locator("svg").get_attribute("viewBox")
    page.evaluate("document.body.style.width = '340px'")
    page.wait_for_function("() => document.querySelector('.nablab-two svg').viewBox.baseVal.width === 340")
    assert view == "0 0 560 300"
    assert found.locator(".nablab-two-count").text_content() == "step 100"
    assert page.problems == []


def test_the_slider_moves_by_touch(widget):
    _, found = widget(358, run=True, has_touch=True, is_mobile=True)
    slider = found.get_by_role("slider")
    slider.tap(position={"x": slider.bounding_box()["width"] - 8, "y": 22})
    assert words(found).startswith("0.48 leaves.")


def test_on_paper_it_is_its_question_and_picture(widget):
    page, found = widget(moving=True)
    page.emulate_media(media="print")
    assert found.get_by_role("button").count() == 0
    assert found.locator("svg").is_visible()


def test_undone_while_it_runs_it_stops(widget):
    page, _ = widget(moving=True, still=False)
    assert page.evaluate(
        """async ({ state, buffers }) => {
            for (const { path, data } of buffers)
                state[path[0]] = new DataView(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer);
            const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
            const el = document.createElement("div"), frame = () => new Promise(requestAnimationFrame);
            document.body.append(el);
            const undo = (await import(url)).default.render({ model: { get: (k) => state[k] }, el });
            el.querySelector("button").click();
            const first = el.innerHTML;
            while (el.innerHTML === first) await frame();
            undo();
            const before = el.innerHTML;
            for (let k = 0; k < 20; k++) await frame();
            return el.innerHTML === before;
        }""",
        harness.live(TwoRates()),
    )


@pytest.mark.parametrize("width", [1280, 1000, 700, 600, 390, 360, 320])
def test_the_front_page_keeps_its_room_until_it_is_drawn(visit, width):
    height = "document.querySelector('.front-picture > .moving').getBoundingClientRect().height"
    waiting = visit("book/index.html", width=width)
    waiting.route("**/widgets.js*", lambda route: route.abort())
    waiting.reload()
    before = waiting.evaluate(height)
    assert waiting.locator(".nablab-two").count() == 0
    page = visit("book/index.html", width=width)
    page.wait_for_selector(".nablab-two svg text")
    assert abs(page.evaluate(height) - before) <= 8
    page.emulate_media(media="print")
    drawn = page.locator(".front-picture .nablab-two").bounding_box()["height"]
    assert abs(page.evaluate(height) - drawn) <= 8
