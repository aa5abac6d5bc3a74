"""The built book: its pages exist, link soundly, and need nothing from elsewhere. `make test` builds it."""

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import address
import booksite
import checked
import diagram
import katex
import nbformat
import pytest
import quickjs
import yaml
from docutils import nodes
from test_plots import phone_sizes

import labs

ROOT = Path(__file__).parent.parent
HTML = ROOT / "_build" / "html"
ADDRESS = address.address((ROOT / "pyproject.toml").read_text(encoding="utf8"))
PREFIX = f"/{ADDRESS.rpartition('/')[2]}/" if ADDRESS else "/"  # of links from the page for lost readers
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf8"))
DOCUMENTS = [TOC["root"]] + [chapter["file"] for part in TOC["parts"] for chapter in part["chapters"]]
PAGES = [f"{name}.html" for name in [*DOCUMENTS, "404", "genindex", "search"]]
LOADS = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("use", "href")}


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.ids, self.loads, self.links, self.meta, self.tags = set(), [], [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        self.ids.update(attrs[name] for name in ("id", "name") if attrs.get(name))
        for name, value in attrs.items():
            if (
                (tag, name) in LOADS
                and value
                and attrs.get("rel") not in ("canonical", "next", "prev", "search", "index")
            ):
                self.loads.append(value)
        if tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])
        if tag == "meta":
            self.meta[attrs.get("property") or attrs.get("name")] = attrs.get("content")


@cache
def page(name):
    return Page((HTML / name).read_text(encoding="utf8"))


def target(name, reference):
    """The file that a reference on a page stands for, as a browser would find it."""
    path = unquote(urlsplit(reference).path)
    if path.startswith("/"):
        return HTML / path.removeprefix(PREFIX)
    return (HTML / name).parent / path if path else HTML / name


@pytest.mark.parametrize("name", PAGES)
class TestEveryPage:
    def test_exists(self, name):
        assert (HTML / name).stat().st_size > 5000

    def test_loads_nothing_from_elsewhere(self, name):
        foreign = [r for r in page(name).loads if urlsplit(r).scheme not in ("", "data") or r.startswith("//")]
        assert foreign == []
        text = (HTML / name).read_text(encoding="utf8")
        assert not re.search(r"url\(\s*['\"]?(https?:)?//", text)
        assert not re.search(r"import\(\s*['\"](https?:)?//", text)

    def test_what_it_loads_is_there(self, name):
        missing = [r for r in page(name).loads if urlsplit(r).scheme == "" and not target(name, r).exists()]
        assert missing == []

    def test_links_lead_somewhere(self, name):
        broken = []
        for reference in page(name).links:
            parts = urlsplit(reference)
            if parts.scheme or parts.netloc:
                continue
            goal = target(name, reference)
            if not goal.exists():
                broken.append(reference)
            elif parts.fragment and goal.suffix == ".html" and goal != HTML / "404.html":
                ids = page(goal.resolve().relative_to(HTML).as_posix()).ids
                if unquote(parts.fragment) not in ids:
                    broken.append(reference)
        assert broken == []

    def test_buttons_lead_to_this_project_or_are_not_there(self, name):
        buttons = [r for r in page(name).links if re.match(r"https://(github\.com|colab\.research)", r)]
        assert [r for r in buttons if not ADDRESS or urlsplit(ADDRESS).path not in r] == []

    def test_pictures_have_a_text_alternative(self, name):
        for tag, attrs in page(name).tags:
            if tag == "img" and "logo__image" not in attrs.get("class", ""):
                assert attrs.get("alt"), attrs
            # The roots and brackets that KaTeX stretches have MathML to speak for them.
            katex = "preserveaspectratio" in attrs or attrs.get("height", "").endswith("em")
            if tag == "svg" and not katex:
                hidden = attrs.get("aria-hidden") == "true"
                assert hidden or attrs.get("aria-label") or attrs.get("aria-labelledby"), attrs

    def test_says_who_it_is_and_what_may_be_done_with_it(self, name):
        assert {"https://creativecommons.org/licenses/by/4.0/"} <= set(page(name).links)
        assert any(tag == "link" and attrs.get("rel") == "icon" for tag, attrs in page(name).tags)


@pytest.mark.parametrize("name", [f"{document}.html" for document in DOCUMENTS])
def test_pages_can_be_shared(name):
    meta = page(name).meta
    assert meta["og:title"]
    assert len(meta["og:description"]) > 40
    assert meta["og:site_name"] == "From Gradient to Open Model"


@pytest.mark.parametrize("name", [f"{document}.html" for document in DOCUMENTS])
def test_a_page_loads_no_script_for_nothing(name):
    """The search has a page of its own, no page has tabs, and where no code is, none is copied."""
    scripts = " ".join(attrs.get("src", "") for tag, attrs in page(name).tags if tag == "script")
    assert not re.search(r"fontawesome|searchindex|searchtools|language_data|design-tabs", scripts)
    assert ("copybutton" in scripts) == ('class="highlight' in (HTML / name).read_text(encoding="utf8"))


def test_style_sheets_and_scripts_of_the_site_name_no_other_host():
    for path in [*(ROOT / "assets/css").glob("*.css"), *(ROOT / "assets/js").glob("*.js")]:
        assert not re.search(r"(https?:)?//[\w-]+\.\w", path.read_text(encoding="utf8")), path.name


def test_formulas_are_rendered_and_numbered():
    text = (HTML / "book/2-algorithm/backpropagation.html").read_text(encoding="utf8")
    assert text.count('class="katex"') > 20
    assert "<math" in text
    assert 'id="equation-eq-backward"' in text
    assert re.search(r'class="eqno">\(\d\)', text)
    assert "katex-error" not in text
    assert "MathJax" not in text


def test_a_wrong_formula_is_an_error():
    with pytest.raises(quickjs.JSException, match="ParseError"):
        katex.render(r"\frac{a", display=True)


def test_a_diagram_has_title_description_and_colours_of_the_page():
    svg = diagram.draw("flowchart LR\n  A[First] --> B[Second]", "A title", "A description.")
    assert ">A title</title>" in svg
    assert ">A description.</desc>" in svg
    assert "var(--book-ink)" in svg
    assert not [sentinel for sentinel, _ in diagram.COLOURS.values() if sentinel in svg]


MASTERS = sorted((ROOT / "labs").glob("*.ipynb"))


@pytest.mark.parametrize("master", MASTERS, ids=lambda path: path.stem)
class TestLabs:
    def test_students_find_the_student_version(self, master):
        handed_out = nbformat.read(HTML / "downloads" / master.name, as_version=4)
        assert handed_out.cells == labs.student(nbformat.read(master, as_version=4)).cells
        linked = [name for name in PAGES if any(r.endswith(f"downloads/{master.name}") for r in page(name).links)]
        assert "book/index.html" in linked
        assert len(linked) > 1

    def test_no_solution_is_on_the_site(self, master):
        solution = set()
        for cell in nbformat.read(master, as_version=4).cells:
            inside, outside = labs.regions(cell.source, cell.id)
            solution |= {line.strip() for line in inside} - {line.strip() for line in outside}
        long = {line for line in solution if len(line) > 30 and not line.startswith("#")}
        assert len(long) > 3
        for file in [*HTML.glob("downloads/*"), HTML / "searchindex.js"]:
            text = file.read_text(encoding="utf8")
            assert "BEGIN SOLUTION" not in text
            assert [line for line in long if json.dumps(line)[1:-1] in text] == []

    def test_no_page_sends_students_to_the_masters(self, master):
        for source in [*(ROOT / "book").rglob("*.ipynb"), *(ROOT / "book").rglob("*.md")]:
            assert f"labs/{master.name}" not in source.read_text(encoding="utf8"), source.name


def row(held, of, **more):
    return {"cell": "run", "line": 1, "held": held, "of": of, "failed": list(range(of - held)), **more}


def test_the_front_page_says_what_the_last_reseed_found():
    found = json.loads(checked.RESULT.read_text(encoding="utf8"))
    assert checked.sentence(found) in (HTML / "book/index.html").read_text(encoding="utf8")
    chapters = {
        "a": {"seeds": [1, 2, 3], "asserts": [row(3, 3), row(2, 3)]},
        "b": {"seeds": [1, 2], "asserts": [row(2, 2), row(0, 2, one_seed=True)]},
    }
    assert checked.sentence({"date": "2026-11-26", "chapters": chapters}) == (
        "On 2026-11-26, 2 chapters ran under 3 seeds that their writers had not seen (the slowest chapter under 2): "
        "2 of their 3 asserts held in every run. 1 more are meant for the book's own seed alone."
    )


def test_every_reference_has_a_number_and_is_cited():
    bib = (ROOT / "book/references.bib").read_text(encoding="utf8")
    entries = re.findall(r"@\w+\{(\w+),(.*?)\n\}", bib, flags=re.DOTALL)
    sources = [*(ROOT / "book").rglob("*.ipynb"), *(ROOT / "book").rglob("*.md")]
    text = "".join(p.read_text(encoding="utf8") for p in sources)
    cited = {key for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text) for key in keys.split(",")}
    assert {key for key, _ in entries} == cited
    for key, fields in entries:
        assert re.search(r"^  (doi|eprint|isbn) = \{\S+\}", fields, flags=re.MULTILINE), key


def test_every_text_of_every_figure_can_be_read_on_a_phone():
    pages = [page.read_text(encoding="utf8") for page in HTML.rglob("*.html")]
    figures = [svg for page in pages for svg in re.findall('<svg class="plot".*?</svg>', page, flags=re.DOTALL)]
    assert figures
    smallest = {re.search('aria-label="(.*?)"', svg)[1]: min(phone_sizes(svg), default=12) for svg in figures}
    assert {alt: size for alt, size in smallest.items() if size < 12} == {}


class TestAlternativeText:
    class Environment:
        pass

    @pytest.fixture
    def warnings(self, monkeypatch):
        seen = []
        monkeypatch.setattr(
            booksite.logger, "warning", lambda message, *arguments, **_: seen.append(message % arguments)
        )
        return seen

    @pytest.mark.parametrize(
        "node",
        [nodes.image(uri="a.png"), nodes.raw("", "<img src='a.png'>"), nodes.raw("", "<svg class='plot'></svg>")],
    )
    def test_its_lack_is_a_warning_which_fails_the_build(self, node, warnings):
        document = nodes.section()
        document += node
        booksite.require_alt(None, document, "chapter")
        assert len(warnings) == 1
        assert "without alt text" in warnings[0]

    def test_a_described_picture_passes(self, warnings):
        document = nodes.section()
        document += [nodes.image(uri="a.png", alt="A hill"), nodes.raw("", '<svg aria-label="A hill"></svg>')]
        booksite.require_alt(None, document, "chapter")
        assert warnings == []
