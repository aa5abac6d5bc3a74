"""The two balls on the plain page: the button lets them go, the slider shows other rates, and it fits everywhere."""

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
    """The widget in a column so wide, run to its end if asked for, at once."""

    def open_widget(column=560, run=False, still=True, **settings):
        wide = {"width": column + 32 if column < 500 else 1280} | settings
        motion = {"reduced_motion": "reduce" if still else "no-preference"}
        page = shown({"two": TwoRates()}, head=NARROW.format(column), **wide, **motion)
        if run:
            page.get_by_role("button").click()
        return page, page.locator(".nablab-two")

    return open_widget


def words(found):
    return found.locator(".nablab-status").inner_text()


def phase(page, name, timeout=15_000):
    page.wait_for_selector(f".nablab-two[data-phase={name}]", timeout=timeout)


@pytest.mark.parametrize("over", ["http", "file"])
def test_the_run_from_its_question_to_its_answer(widget, over):
    page, found = widget(still=False, over=over)
    assert words(found) == QUESTION
    assert found.get_by_role("slider").count() == 0
    assert found.locator(".nablab-two-count").count() == 0
    button = found.get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    phase(page, "during")
    assert words(found) == QUESTION
    page.wait_for_function("document.querySelector('.nablab-two-count')?.textContent === 'step 3'", timeout=3000)
    assert found.locator(".nablab-two-ring").count() == 1
    page.wait_for_selector(".nablab-two-gone", timeout=8000)
    assert found.locator(".nablab-two-ring").count() == 0
    assert found.locator(".nablab-two-disk").count() == 1
    assert words(found) == QUESTION
    phase(page, "after")
    assert words(found) == END
    assert found.locator(".nablab-two-count").text_content() == "step 100"
    assert found.locator("svg .nablab-two-orange").text_content() == "0.41 is 132 away"
    assert found.get_by_role("img", name="after 100 steps").count() == 1
    assert button.inner_text() == "Again"
    assert button.evaluate("b => b === document.activeElement")
    assert found.get_by_role("slider", name="Learning rate").count() == 1
    assert page.problems == []


def test_it_lasts_about_six_seconds_can_be_skipped_and_seen_again(widget):
    page, found = widget(still=False)
    button = found.get_by_role("button")
    button.click()
    phase(page, "during")
    page.wait_for_timeout(5000)
    assert found.get_attribute("data-phase") == "during"
    phase(page, "after", timeout=8000)
    button.click()
    phase(page, "during")
    assert words(found) == QUESTION
    assert button.inner_text() == "Skip"
    button.click()
    assert words(found) == END
    page.wait_for_timeout(200)
    assert found.get_attribute("data-phase") == "after"
    button.click()
    found.get_by_role("slider").press("ArrowRight")  # whoever moves the slider has seen enough of the two
    assert words(found).startswith("0.4 is the edge.")
    page.wait_for_timeout(200)
    assert words(found).startswith("0.4 is the edge.")
    assert page.problems == []


def test_with_reduced_motion_the_end_is_there_at_once(widget):
    _, found = widget(run=True)
    assert words(found) == END
    assert found.get_attribute("data-phase") == "after"


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
    page, found = widget(still=False)
    page.evaluate(
        """() => {
            window.spoken = [];
            const region = document.querySelector(".nablab-two [role=status]");
            new MutationObserver(() => region.textContent && spoken.push(region.textContent))
                .observe(region, { childList: true, characterData: true, subtree: true });
        }"""
    )
    found.get_by_role("button").click()
    phase(page, "after")
    page.wait_for_function("spoken.length > 0")
    assert page.evaluate("spoken") == [END]
    found.get_by_role("slider").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function("said => spoken.at(-1) === said", arg=words(found))


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
    page, found = widget(width, still=False)
    found.get_by_role("button").click()
    looks = 0
    while found.get_attribute("data-phase") != "after":
        looks += 1
        assert page.evaluate(OVERLAPS) == []
    assert looks > 5


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
    page, found = widget(still=False)
    page.emulate_media(media="print")
    assert found.get_by_role("button").count() == 0
    assert found.locator("svg").is_visible()


def test_undone_while_it_runs_it_stops(widget):
    page, _ = widget(still=False)
    assert page.evaluate(
        """async () => {
            const { state, buffers } = JSON.parse(document.querySelector(
                'script[type="application/vnd.jupyter.widget-state+json"]').textContent).state.two;
            for (const { path, data } of buffers)
                state[path[0]] = new DataView(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)).buffer);
            const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
            const el = document.createElement("div"), rest = (ms) => new Promise((done) => setTimeout(done, ms));
            document.body.append(el);
            const undo = (await import(url)).default.render({ model: { get: (k) => state[k] }, el });
            el.querySelector("button").click();
            await rest(400);
            const moving = el.innerHTML;
            await rest(100);
            const moved = el.innerHTML !== moving;
            undo();
            const before = el.innerHTML;
            await rest(300);
            return moved && el.innerHTML === before;
        }"""
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
