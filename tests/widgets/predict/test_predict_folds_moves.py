"""A question folds what would answer it, however the page is built, and nothing more; answers are read kindly."""

import pytest
from harness import cell, put

from nablab.widgets import Predict
from nablab.widgets.predict import Sketch

OVER = pytest.mark.parametrize("over", ["http", "file"])
CODE = '<div class="cell_input"><pre>{0}</pre></div><div class="cell_output"><pre>out {0}</pre></div>'


def code(name):
    return cell(CODE.format(name))


def section(name, *content, level=2):
    link = f'<a class="headerlink" href="#{name}">#</a>'
    return f'<section id="{name}"><h{level}>The {name}{link}</h{level}>{"".join(content)}</section>'


def article(*content):
    return f"<article><section><h1>Title</h1>{''.join(content)}</section><footer>footer</footer></article>"


def p(name):
    return f"<p>{name}</p>"


BODY = article(
    p("before"),
    section(
        "first",
        p("ask"),
        put("one"),
        code("truth"),
        p("prose"),
        section("deep", p("deepest"), level=4),
        section("inner", p("within"), put("two"), p("then"), level=3),
        section("nested", p("nest"), level=3),
    ),
    section("second", p("later"), code("more")),
    f'<section id="third"><span id="label"></span><h2>The third</h2>{p("end")}{put("three")}{p("last")}</section>',
)


def seen(page):
    """The names in sight: of paragraphs, of code, of outputs and of headings."""
    texts = page.locator("article :is(h2, h3, h4, p, pre, footer):visible:not(.nablab-widget *)").all_inner_texts()
    return [text.rstrip("#") for text in texts]


def names(body_page):
    return set(seen(body_page))


ALL = {"before", "ask", "truth", "out truth", "prose", "deepest", "within", "then", "nest", "later", "more", "out more"}
ALL |= {"end", "last", "footer", *(f"The {name}" for name in ("first", "deep", "inner", "nested", "second", "third"))}


def three(until=None, **settings):
    return {"one": Predict("How many?", until=until, **settings), "two": Predict("And now?"), "three": Predict("Last?")}


@OVER
class TestTheFold:
    def test_it_ends_at_the_next_heading(self, shown, over):
        page = shown(three(), BODY, over=over)
        assert ALL - names(page) == {"truth", "out truth", "prose", "The deep", "deepest", "then", "last"}
        page.get_by_role("button", name="Skip and show").first.click()
        assert ALL - names(page) == {"then", "last"}
        assert page.problems == []

    @pytest.mark.parametrize(
        ("until", "back"),
        [
            ("The inner", set()),
            ("The nested", {"The inner", "within"}),
            ("The second", {"The inner", "within", "The nested", "nest"}),
            ("The third", {"The inner", "within", "The nested", "nest", "The second", "later", "more", "out more"}),
            ("No such heading", set()),
        ],
    )
    def test_it_ends_at_the_heading_named(self, shown, over, until, back):
        page = shown(three(until), BODY, over=over)
        folded = {"truth", "out truth", "prose", "The deep", "deepest", "then", "last"} | back
        what = f"The result, and what follows up to “{until}”," if back else "The result"
        assert page.locator("[data-hint]").first.inner_text() == f"{what} is folded until you answer or skip."
        assert ALL - names(page) == folded
        assert page.locator("#label[data-nablab-folded]").count() == 0  # links lead there
        assert page.locator(".nablab-predict:visible").count() == (3 if not back else 2)
        page.get_by_role("button", name="Skip and show").first.click()
        assert ALL - names(page) == {"then", "last"}  # the other questions still fold what is theirs
        assert page.locator(".nablab-predict:visible").count() == 3

    def test_nothing_beyond_the_article_is_folded(self, shown, over):
        page = shown(three(), BODY, over=over)
        assert page.locator("footer").is_visible()


def test_all_stands_on_paper_and_with_scripts_off(shown, visit, tmp_path):
    page = shown(three("The third"), BODY)
    page.emulate_media(media="print")
    assert names(page) == ALL
    page.emulate_media(media="screen")
    assert names(page) != ALL
    bare = visit((tmp_path / "page.html").as_uri(), over="", java_script_enabled=False)
    assert bare.locator("article :is(h2, h3, h4, p, pre):visible").count() == len(ALL) - 1


def test_a_link_to_what_is_folded_leads_to_its_question(shown):
    page = shown(three("The third"), BODY.replace("<p>ask", "<div style='height: 3000px'></div><p>ask"))
    page.evaluate("location.hash = '#second'")
    page.wait_for_function("scrollY > 1000")
    assert page.locator(".nablab-predict").first.bounding_box()["y"] < 900
    page.evaluate("scrollTo(0, 0)")
    page.evaluate("new Promise((done) => { addEventListener('hashchange', done); location.hash = '#first'; })")
    assert page.evaluate("scrollY") < 500  # not folded: the browser goes there


LAB = """<div class="jp-Notebook">
<div class="jp-Cell jp-MarkdownCell"><div class="jp-RenderedMarkdown"><h2>First<a>¶</a></h2><p>ask</p></div></div>
<div class="jp-Cell jp-CodeCell"><div class="jp-Cell-outputWrapper">{}</div></div>
<div class="jp-Cell jp-CodeCell"><pre>truth</pre><div class="jp-Cell-outputWrapper"><pre>out truth</pre></div></div>
<div class="jp-Cell jp-MarkdownCell"><div class="jp-RenderedMarkdown"><p>prose</p><h2>Not at its head</h2></div></div>
<div class="jp-Cell jp-MarkdownCell"><div class="jp-RenderedMarkdown"><h3>Inner<a>¶</a></h3><p>within</p></div></div>
<div class="jp-Cell jp-CodeCell"><pre>more</pre><div class="jp-Cell-outputWrapper"><pre>out more</pre></div></div>
<div class="jp-Cell jp-MarkdownCell"><div class="jp-RenderedMarkdown"><h2>Third<a>¶</a></h2><p>end</p></div></div>
</div>""".format(put("one").replace('class="cell docutils container"', ""))


@pytest.mark.parametrize(
    ("until", "folded"),
    [
        (None, ["out truth", "prose", "Not at its head"]),
        ("Inner", ["out truth", "prose", "Not at its head"]),
        ("Third", ["out truth", "prose", "Not at its head", "Inner¶", "within", "out more"]),
    ],
)
def test_in_jupyter_code_that_is_to_be_run_stays(shown, until, folded):
    page = shown({"one": Predict("How many?", until=until)}, LAB)
    where = ".jp-Notebook :is(p, pre, h2, h3):not(.nablab-widget *)"
    texts = page.locator(where).all_text_contents()
    visible = page.locator(f"{where}:visible").all_text_contents()
    assert [text for text in texts if text not in visible] == folded


class TestAnswers:
    def ask(self, shown, **settings):
        truth = settings.pop("truth")
        question = Predict("How many of them?", **settings)
        question.truth(truth)
        page = shown({"one": question}, article(section("first", put("one"), p("prose"))))
        return page, page.locator(".nablab-predict")

    def give(self, form, text):
        form.get_by_label("Your number").fill(text)
        form.get_by_role("button", name="Compare").click()
        return form.locator(".nablab-status").inner_text()

    def test_out_of_bounds_nothing_is_lost(self, shown):
        page, form = self.ask(shown, truth=3, unit="of 4", within=(0, 4))
        assert self.give(form, "9") == "It can only lie between 0 and 4."
        assert form.get_by_label("Your number").input_value() == "9"
        assert "prose" not in seen(page)
        assert self.give(form, "10,000").startswith("Is “10,000” 10000 or 10.0?")
        assert self.give(form, "many").startswith("Please write one number")
        assert "prose" not in seen(page)
        assert self.give(form, "3 of 4") == "You said 3 of 4; the run gave 3 of 4. Right. Can you say why?"
        assert "prose" in seen(page)
        assert page.problems == []

    def test_commas_and_fractions(self, shown):
        _, form = self.ask(shown, truth=50.5)
        assert "You said 50.5; the run gave 50.5. Right." in self.give(form, "50,5")
        assert "You said 0.25; the run gave 50.5. That is a surprise" in self.give(form, "1/4")
        assert "You said 0.5;" in self.give(form, "50 %")

    def test_by_keyboard_in_a_frame_that_forbids_forms(self, shown, visit, tmp_path):
        self.ask(shown, truth=3)
        frame = '<iframe sandbox="allow-scripts" src="page.html"></iframe>'
        (tmp_path / "frame.html").write_text(frame, encoding="utf8")
        page = visit((tmp_path / "frame.html").as_uri(), over="")
        form = page.frame_locator("iframe").locator(".nablab-predict")
        form.get_by_role("textbox", name="Your number").press_sequentially("4")
        page.keyboard.press("Enter")
        form.get_by_text("You said 4; the run gave 3.").first.wait_for()

    def test_what_is_said_is_spoken_once(self, shown):
        page, form = self.ask(shown, truth=3)
        assert form.get_by_role("status").count() == 1
        assert form.get_by_role("status").text_content() == ""  # the first words are not spoken
        self.give(form, "4")
        page.wait_for_function("document.querySelector('.nablab-spoken').textContent.startsWith('You said 4;')")

    def test_it_is_seen_that_it_was_answered(self, shown):
        page, form = self.ask(shown, truth=3)
        hint, skip = form.locator("[data-hint]"), form.get_by_role("button", name="Skip and show")
        assert hint.inner_text() == "The result is folded until you answer or skip."
        page.emulate_media(media="print")
        assert not hint.is_visible()
        page.emulate_media(media="screen")
        skip.focus()
        page.keyboard.press("Enter")
        assert form.get_attribute("data-done") == ""
        assert not skip.is_visible()
        assert form.get_by_role("button", name="Compare").evaluate("b => b === document.activeElement")

    def test_its_question_stands_once_and_names_the_group(self, shown):
        _, form = self.ask(shown, truth=3)
        assert form.inner_text().count("How many of them?") == 1
        assert form.inner_text().startswith("PREDICT")
        assert form.page.get_by_role("group", name="How many of them?").count() == 1


def test_a_point_is_typed_or_clicked(shown):
    sketch = Sketch((-4, 4), (0, 1), "p₁", "p₂", [[(-4, 0), (4, 1)]])
    page = shown({"one": Predict("Where?", sketch=sketch)}, article(section("first", put("one"), p("prose"))))
    form = page.locator(".nablab-predict")
    form.locator("svg.nablab-sketch").click()
    first = form.get_by_role("textbox", name="p₁")
    assert first.input_value() != ""
    first.fill("99")
    form.get_by_role("button", name="Compare").click()
    assert form.locator(".nablab-status").inner_text() == "That point lies outside the picture."
    first.fill("−1,5")
    assert form.locator(".nablab-yours").is_visible()
    form.get_by_role("button", name="Compare").click()
    assert form.locator(".nablab-status").inner_text().startswith("You said (−1.5, ")
    assert page.problems == []
