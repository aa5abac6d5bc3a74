"""What the **Time** lines are counted from."""

import nbformat
import pytest
import reading_time
from nbformat.v4 import new_code_cell, new_markdown_cell
from test_notebooks import CHAPTERS, name_of, read

FIRST = "# Title\n\n**Time**: about 45 minutes; the code runs in about 5 seconds.\n"


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=[new_markdown_cell(FIRST), *cells])


def code(name="run", *tags):
    return new_code_cell("1", id=name, metadata={"tags": list(tags)} if tags else {})


@pytest.mark.parametrize(
    ("cells", "minutes"),
    [
        ([new_markdown_cell("word " * 2000)], 10),
        ([new_markdown_cell("## Deeper\n\n" + "word " * 2000)], 0),
        ([new_markdown_cell("## Deeper\n"), *[code(f"run-{i}") for i in range(10)]], 0),
        ([new_markdown_cell("## Deeper\n"), new_markdown_cell("## On\n" + "word " * 2000)], 10),
        ([new_markdown_cell("## Here\n\n### Deeper: a proof\n\n" + "word " * 2000)], 0),
        ([new_markdown_cell("### Deeper: a proof\n"), new_markdown_cell("## On\n" + "word " * 2000)], 10),
        ([new_markdown_cell("## Deeper\n\n### Still\n" + "word " * 2000)], 0),
        ([code(f"run-{i}") for i in range(10)], 10),
        ([code(f"run-{i}", "hide-input") for i in range(10)], 5),
        ([code(f"predict-{i}", "remove-input") for i in range(5)], 10),
        ([code(f"install-{i}", "remove-cell") for i in range(10)], 0),
        ([new_markdown_cell("$$\nx = 1\n$$\n\n" * 10)], 10),
        ([new_markdown_cell("**1.** (10 minutes) Do.\n\n**2.** (5 minutes) Do.")], 15),
    ],
)
def test_what_counts(cells, minutes):
    assert round(reading_time.spent(notebook(*cells))) == minutes


def test_the_line_is_written_and_read():
    made = notebook(new_markdown_cell("word " * 4000))
    reading_time.state(made)
    assert reading_time.stated(made) == 25  # twenty, and the title
    assert made.cells[0].source == FIRST.replace("45", "25")


def test_no_line_to_write_into():
    made = notebook()
    made.cells[0].source = "# Title"
    assert reading_time.stated(made) is None
    with pytest.raises(ValueError, match=r"\*\*Time\*\*"):
        reading_time.state(made)


@pytest.mark.parametrize("path", CHAPTERS, ids=name_of)
def test_a_chapter_states_what_it_takes_and_stays_below_the_limit(path):
    chapter = read(path)
    assert reading_time.stated(chapter) == reading_time.minutes(chapter) <= reading_time.LIMIT
