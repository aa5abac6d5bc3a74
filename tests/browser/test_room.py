"""Room for the widgets: in the article's column on a wide page, and on a phone, where the picture stays in sight."""

import pytest
from test_every_widget import SLIDING
from test_widgets import MODULES, example

from nablab.widgets import Predict
from nablab.widgets.predict import Sketch

HEADER = 48  # pixels: the site's, which stays at the top of a phone
HEAD = f"""<style>:root {{ --pst-header-height: {HEADER}px; }}
body {{ max-width: 776px; padding: 0; }} section {{ padding: 60rem 0; }}
@media (max-width: 600px) {{ body {{ padding: 0 16px; }} }}</style>"""
SKETCH = Sketch((-4, 4), (0, 1), "p₁", "p₂", [[(-4, 0), (4, 1)]])
KINDS = {
    "number": lambda: Predict("How many?", unit="steps"),
    "choice": lambda: Predict("Which of these comes first?", options=["the loss", "the parameter", "both at one step"]),
    "point": lambda: Predict("Where?", sketch=SKETCH),
}
NAMES = [name for name in MODULES if name != "predict"] + list(KINDS)


@pytest.fixture
def opened(shown):
    def open_page(name, width=390):
        page = shown({name: KINDS[name]() if name in KINDS else example(name)}, head=HEAD, width=width)
        page.set_viewport_size({"width": width, "height": 844})
        return page

    return open_page


@pytest.mark.parametrize("name", SLIDING)
def test_pictures_are_large_in_the_column_of_a_wide_page(opened, name):
    page = opened(name, width=1280)
    assert page.locator(".nablab-widget").bounding_box()["width"] == 776
    for picture in page.locator("svg[role=img]").all():
        assert picture.bounding_box()["width"] >= 340


TEXTS = """all => all.map((e) => {
    const { a, b } = e.getScreenCTM();
    return [parseFloat(getComputedStyle(e).fontSize) * Math.hypot(a, b), e.textContent];
})"""


@pytest.mark.parametrize(("width", "least"), [(390, 12), (360, 11.5)])
@pytest.mark.parametrize("name", NAMES)
def test_text_in_pictures_is_large_enough_on_a_phone(opened, name, width, least):
    page = opened(name, width)
    for slider in page.locator("input[type=range]").all():
        slider.evaluate("s => { s.value = s.max; s.dispatchEvent(new Event('input', { bubbles: true })); }")
    texts = page.locator("svg text").evaluate_all(TEXTS)
    assert [text for size, text in texts if size < least] == []


AREA = "c => (c.type === 'radio' ? c.labels[0] : c).getBoundingClientRect().height"


@pytest.mark.parametrize(("width", "least"), [(390, 44), (1280, 32)])
@pytest.mark.parametrize("name", NAMES)
def test_controls_are_as_high_as_a_finger_needs(opened, name, width, least):
    controls = opened(name, width).locator(".nablab-widget :is(input, select, button):visible").all()
    assert controls
    for control in controls:
        assert control.evaluate(AREA) >= least, control.evaluate("c => c.outerHTML")


@pytest.mark.parametrize("name", SLIDING)
def test_a_slider_is_taken_by_all_of_its_height(opened, name):
    slider = opened(name).locator("input[type=range]:visible").last
    for share, y in ((0.95, 2), (0.05, 42)):
        before, box = slider.input_value(), slider.bounding_box()
        slider.click(position={"x": share * box["width"], "y": y})
        assert slider.input_value() != before


TRACK = """slider => {
    const card = slider.closest(".nablab-widget"), style = getComputedStyle(card);
    const inside = card.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const { top } = slider.getBoundingClientRect(), row = slider.closest(".nablab-slider");
    const above = [slider.labels[0], row.querySelector(".nablab-shown")].map((e) => e.getBoundingClientRect().bottom);
    return { padding: style.paddingLeft, missing: inside - slider.clientWidth, above: Math.max(...above) <= top + 1 };
}"""


@pytest.mark.parametrize("name", SLIDING)
def test_tracks_are_as_wide_as_the_card_on_a_phone(opened, name):
    for slider in opened(name).locator("input[type=range]:visible").all():
        found = slider.evaluate(TRACK)
        assert found["padding"] == "12px"
        assert found["missing"] <= 1
        assert found["above"]


# The share of the main picture that is seen, below the site's header and above the lower edge of the window, while a
# control is where a thumb reaches it; and whether something lies on the control there.
IN_SIGHT = """(control, { at, header }) => {
    const middle = () => { const box = control.getBoundingClientRect(); return box.top + box.height / 2; };
    scrollBy({ top: middle() - at * innerHeight, behavior: "instant" });
    const picture = control.closest(".nablab-widget").querySelector("svg[role=img]");
    const box = picture.getBoundingClientRect(), { left, width } = control.getBoundingClientRect();
    const seen = Math.min(box.bottom, innerHeight) - Math.max(box.top, header);
    const top = document.elementFromPoint(left + width / 2, middle());
    return { there: Math.abs(middle() - at * innerHeight) < 2, share: seen / box.height, free: top === control };
}"""


@pytest.mark.parametrize("at", [0.7, 0.85])
@pytest.mark.parametrize("name", SLIDING)
def test_the_picture_is_in_sight_while_a_control_moves_on_a_phone(opened, name, at):
    page = opened(name)
    for control in page.locator(":is(input[type=range], select):visible").all():
        found = control.evaluate(IN_SIGHT, {"at": at, "header": HEADER})
        label = control.evaluate("c => c.labels[0].textContent")
        assert found["there"], label
        assert found["free"], label
        assert found["share"] >= 0.8, label


STILL = """slider => {
    const tops = new Set(), { min, max, step, value } = slider, by = Math.max(Number(step), (max - min) / 40);
    for (let v = Number(min); v <= Number(max); v += by) {
        slider.value = v;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        tops.add(Math.round(slider.getBoundingClientRect().top));
    }
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    return tops.size;
}"""


@pytest.mark.parametrize("name", SLIDING)
def test_a_slider_stays_where_it_is_while_it_moves_on_a_phone(opened, name):
    page = opened(name)
    for slider in page.locator("input[type=range]:visible").all():
        assert slider.evaluate(STILL) == 1, slider.evaluate("c => c.labels[0].textContent")


@pytest.mark.parametrize("name", SLIDING)
def test_controls_follow_each_other_down_the_page_by_tab(opened, name):
    page = opened(name)
    tops = page.locator(".nablab-widget :is(input, select, [tabindex='0']):visible").evaluate_all(
        "all => all.map((e) => e.getBoundingClientRect().bottom)"
    )
    assert tops == sorted(tops)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("options", [["yes", "no"], ["it stops", "it runs and learns", "it runs on"], ["a " * 80, "b"]])
def test_options_stand_in_one_line_or_one_under_the_other(shown, options, width):
    page = shown({"one": Predict("Which?", options=options)}, head=HEAD, width=width)
    boxes = [label.bounding_box() for label in page.locator(".nablab-picks label").all()]
    assert len({box["y"] for box in boxes}) in (1, len(options))
    assert len({box["y"] for box in boxes}) == 1 or len({box["width"] for box in boxes}) == 1
    if width == 1280:
        assert (len({box["y"] for box in boxes}) == 1) == (len(options[0]) < 80)


LINES = """svg => [...svg.querySelectorAll('path[fill^="url("]')].filter((path) => path.getBBox().width).map((path) => {
    const { a, b, c, d } = path.getCTM(), own = document.querySelector(path.getAttribute("fill").slice(4, -1));
    const tile = own.patternTransform.baseVal.consolidate().matrix;
    const [x, y] = [a * tile.c + c * tile.d, b * tile.c + d * tile.d];
    return Math.abs(Math.atan2(y, x) * 180 / Math.PI) % 90;
})"""


@pytest.mark.parametrize("name", ["network_by_hand", "training_run"])
def test_the_orange_side_of_a_plane_is_hatched_at_45_degrees(opened, name):
    page = opened(name)
    if name == "network_by_hand":
        page.get_by_label("Weights", exact=True).select_option(label="a solution")
    assert page.locator("svg[role=img]").first.evaluate(LINES) == pytest.approx([45])
