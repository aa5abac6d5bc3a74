"""The boxes on the article: read from the notebooks, short on their pages, and all on the page of errata."""

import re

import article
import nbformat
import pytest
from docutils import nodes
from docutils.core import publish_doctree
from test_notebooks import CHAPTERS, ROOT, name_of, read

HTML = ROOT / "_build" / "html"
ERRATA = HTML / "book/7-resources/errata.html"
CELL = """Some prose.

> **The article, section 3.1**: It computes
> the loss.
>
> **In fact**: It computes $y$.
>
> **Evidence**: "Step 4"
> shows it.

> **Also, sections 3.1 and 3.2**: A slip.
>
> **In fact**: So it is.
>
> **Evidence**: A source.

> A quote of another kind.
"""


def notebook(text):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])


def test_boxes_are_read_from_a_notebook():
    assert article.boxes(notebook(CELL)) == [
        article.Box("3.1", "It computes the loss.", "It computes $y$.", '"Step 4" shows it.', True, "article-3-1"),
        article.Box("3.1 and 3.2", "A slip.", "So it is.", "A source.", False, "article-3-1-and-3-2"),
    ]


def test_two_boxes_on_one_section_have_two_names():
    once = CELL[CELL.index("> **The") : CELL.index("> **Also")]
    assert [box.anchor for box in article.boxes(notebook(once + once))] == ["article-3-1", "article-3-1-2"]


def test_a_box_that_lacks_a_part_is_an_error():
    with pytest.raises(ValueError, match=r"a box on the article needs: claim, In fact, Evidence; got '\*\*The article"):
        article.boxes(notebook("> **The article, section 3.1**: A claim.\n>\n> **Evidence**: A source.\n"))


@pytest.fixture
def warnings(monkeypatch):
    seen = []
    monkeypatch.setattr(article.logger, "warning", lambda message, *args, **_: seen.append(message % args))
    return seen


def shown(text):
    """The document of some RST with its boxes, as a page has them."""
    document = publish_doctree(text)
    transform = article.ShowBoxes(document)
    transform.gather = lambda: None  # the way to the page of errata needs the whole book
    transform.apply()
    return document


BOX = "  **{}**: {}\n\n  **In fact**: It is so.\n\n  **Evidence**: A source.\n\n..\n\n"


def test_a_quote_becomes_a_box_with_its_evidence_folded(warnings):
    document = shown("Text\n\n" + BOX.format("The article, section 3.1", "A claim."))
    (box,) = [node for node in document.findall(nodes.container) if node["classes"] == ["article-says"]]
    assert box["ids"] == ["article-3-1"]
    claim, truth, folded = box.children
    assert claim.astext() == "The article, section 3.1 A claim."
    assert truth.astext() == "In fact It is so."
    assert isinstance(folded, article.details)
    assert folded[0].astext() == "Evidence"
    assert warnings == []


def test_what_is_said_also_is_folded_to_its_claim(warnings):
    document = shown("Text\n\n" + BOX.format("Also, section 3.1", "A claim."))
    (box,) = document.findall(article.details)
    assert box[0].astext() == "Section 3.1 A claim."
    assert warnings == []


def test_a_box_without_evidence_is_a_warning_which_fails_the_build(warnings):
    shown("Text\n\n  **The article, section 3.1**: A claim.\n\n  **In fact**: It is so.\n\n")
    assert warnings == ["a box on the article needs: claim, In fact, Evidence"]


def test_a_long_claim_is_a_warning(warnings):
    shown("Text\n\n" + BOX.format("The article, section 3.1", "x" * 151))
    assert warnings == [f"a line of 151 characters; 150 are allowed: {'x' * 151}"]


def test_a_fourth_open_box_is_a_warning(warnings):
    shown("Text\n\n" + 4 * BOX.format("The article, section 3.1", "A claim."))
    assert warnings == ["4 boxes on the article stand open; at most 3 may"]


@pytest.mark.parametrize("path", CHAPTERS, ids=name_of)
class TestEveryChapter:
    def test_its_boxes_are_on_its_page_and_on_that_of_errata(self, path):
        page = (HTML / path.relative_to(ROOT)).with_suffix(".html")
        text, errata = page.read_text(encoding="utf8"), ERRATA.read_text(encoding="utf8")
        boxes = article.boxes(read(path))
        assert boxes
        for box in boxes:
            assert f'id="{box.anchor}"' in text
            assert f"{page.name}#{box.anchor}" in errata
        assert text.count('class="article-says docutils container"') == sum(box.stands_open for box in boxes) <= 3
        ways = text.count("All of the book, by the article")
        assert ways == any(not box.stands_open for box in boxes)

    def test_every_quote_that_speaks_of_the_article_is_a_box(self, path):
        text = "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
        spoken = re.findall(r"^> \*\*(?:The article|Also)\b", text, flags=re.MULTILINE)
        assert len(spoken) == len(article.boxes(read(path)))


def test_the_page_of_errata_goes_by_the_articles_sections():
    text = ERRATA.read_text(encoding="utf8")
    found = re.findall(r'<summary><span class="article-label">Sections? ([\d.]+)', text)
    assert len(found) == sum(len(article.boxes(read(path))) for path in CHAPTERS)
    assert found == sorted(found, key=lambda section: [int(n) for n in section.strip(".").split(".")])
