"""The ten questions on the plain page, by keyboard and pointer."""

import pytest
from harness import put

from nablab.widgets import Diagnostic

OVER = pytest.mark.parametrize("over", ["http", "file"])
RIGHT = ["(2,)", "[12 34]", "(100, 100)", "0.006", "9", "12", "-5", "0.729", "1.2", "0.5"]
SECTIONS = list(dict.fromkeys(question["section"] for question in Diagnostic().questions))
BODY = f"<section><h1>Title</h1>{put('ten')}" + "".join(
    f'<section id="{name.lower().replace(" ", "-")}"><h2>{name}<a href="#">#</a></h2><p>…</p></section>'
    for name in SECTIONS
)


@pytest.fixture
def asked(shown):
    def open_page(**settings):
        page = shown({"ten": Diagnostic()}, f"{BODY}</section>", **settings)
        page.wait_for_selector(".nablab-diagnostic .nablab-question")
        return page, page.locator(".nablab-diagnostic")

    return open_page


def answer(page, form, text):
    """Answer the question shown, by keyboard alone; the focus is on its text."""
    options = form.get_by_role("radio")
    page.keyboard.press("Tab")
    if options.count():
        page.keyboard.press("Space")
        for _ in range(options.count()):
            if form.locator("label:has(input:checked)").inner_text().strip() == text:
                break
            page.keyboard.press("ArrowDown")
    else:
        page.keyboard.type(text)
    page.keyboard.press("Enter")


@OVER
class TestDiagnostic:
    def test_all_right_by_keyboard(self, asked, over):
        page, form = asked(over=over)
        form.locator(".nablab-question").focus()
        for i, text in enumerate(RIGHT):
            assert f"Question {i + 1} of 10" in form.inner_text()
            answer(page, form, text)
            assert form.get_by_role("status").inner_text().startswith("Right.")
            page.keyboard.press("Enter")  # the focus is on the button that leads on
        assert "All 10 right." in form.inner_text()
        assert "You may skip this page" in form.inner_text()
        assert form.get_by_role("button", name="right", exact=False).count() == 10
        assert page.problems == []

    def test_a_wrong_answer_is_named_and_leads_to_its_section(self, asked, over):
        page, form = asked(over=over)
        form.get_by_role("button", name="Question 6").click()
        form.get_by_label("Your number").fill("6")
        form.get_by_role("button", name="Check").click()
        said = form.get_by_role("status").inner_text()
        assert "That is the outer rate alone." in said
        assert "The answer is 12." in said
        form.get_by_role("link", name="The chain rule").click()
        assert page.url.endswith("#the-chain-rule")
        assert page.get_by_role("heading", name="The chain rule").is_visible()
        assert page.problems == []

    def test_the_summary_names_what_to_read_skip_and_answer(self, asked, over):
        page, form = asked(over=over)
        form.get_by_label("(1, 2)").check()
        form.get_by_role("button", name="Check").click()
        form.get_by_role("button", name="Next question").click()
        form.get_by_label("[12 34]").check()
        form.get_by_role("button", name="Check").click()
        form.get_by_role("button", name="Next question").click()
        form.get_by_role("button", name="I am not sure").click()
        assert "Good to know." in form.get_by_role("status").inner_text()
        form.get_by_role("button", name="Next question").click()
        form.get_by_role("button", name="Where to go").click()
        text = form.inner_text()
        assert "So far 1 of 3 right." in text
        assert form.get_by_role("listitem").get_by_role("link").all_inner_texts() == [
            "Arrays and shapes",
            "Broadcasting",
        ]
        assert "You may skip: The matrix product." in text
        assert "Not answered yet: questions 4, 5, 6, 7, 8, 9 and 10." in text
        form.get_by_role("button", name="Go on").click()
        assert "Question 4 of 10" in form.inner_text()
        assert page.problems == []


def test_an_empty_answer_is_asked_for_kindly(asked):
    _, form = asked()
    form.get_by_role("button", name="Check").click()
    assert "Choose one first" in form.get_by_role("status").inner_text()
    form.get_by_role("button", name="Question 4").click()
    form.get_by_role("button", name="Check").click()
    assert "Give a number first" in form.get_by_role("status").inner_text()


def test_answers_stay_and_can_be_cleared(asked):
    _, form = asked()
    form.get_by_label("(100,)", exact=True).check()
    form.get_by_role("button", name="Check").click()
    form.get_by_role("button", name="Question 2").click()
    form.get_by_role("button", name="Question 1, a section to read").click()
    assert form.get_by_label("(100,)").first.is_checked()
    assert form.get_by_label("(100,)").first.is_disabled()
    for i in range(2, 11):
        form.get_by_role("button", name=f"Question {i},").click()
        form.get_by_role("button", name="I am not sure").click()
    form.get_by_role("button", name="Where to go").click()
    assert "None of 10 right." in form.inner_text()
    form.get_by_role("button", name="Start again").click()
    assert form.get_by_role("button", name="not answered yet").count() == 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_all_is_within_reach(asked, scheme):
    page, form = asked(width=390, scheme=scheme)
    for i in range(10):
        form.get_by_role("button", name=f"Question {i + 1},").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for control in form.locator("button, .nablab-options label, input[type=text]").all():
            box = control.bounding_box()
            assert min(box["width"], box["height"]) >= 24
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390
    assert page.problems == []
