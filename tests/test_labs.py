"""Student versions hold no solution and run unanswered; masters earn every point."""

import copy
import sys
from pathlib import Path

import nbformat
import pytest

import labs
from nablab.checks import tasks

ROOT = Path(__file__).parent.parent
MASTERS = sorted((ROOT / "labs").glob("*.ipynb"))


def read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def run(notebook):
    """Run the code cells one after the other, without a kernel, and return what they defined."""
    names = {}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, cell.id, "exec"), names)
    return names


@pytest.fixture(params=MASTERS, ids=lambda p: p.name)
def master(request):
    return read(request.param)


@pytest.fixture
def lab():
    """One of them, to break and to look into."""
    return read(ROOT / "labs/04-gradient-descent.ipynb")


def cell(notebook, name):
    return next(c for c in notebook.cells if c.id == name)


def test_masters_earn_every_point(master):
    report = run(master)["report"]
    assert report.points == report.out_of > 0


def test_students_begin_with_no_point_and_no_exception(master):
    report = run(labs.student(master))["report"]
    assert report.points == 0
    assert {result.message for result in report.results.values()} == {
        "Not answered yet. Write your answer in the cell above, run it, then run this cell again."
    }


def test_student_versions_hold_no_solution(master):
    inside, outside = set(), set()
    for one in master.cells:
        solution, rest = labs.regions(one.source, one.id)
        inside |= {line.strip() for line in solution}
        outside |= {line.strip() for line in rest}
    assert inside - outside
    text = {line.strip() for one in labs.student(master).cells for line in one.source.splitlines()}
    assert not text & (inside - outside - {""})
    assert "SOLUTION" not in nbformat.writes(labs.student(master))
    assert "instructor" not in nbformat.writes(labs.student(master))


def test_a_leak_would_be_seen(lab):
    """The comparison of lines above fails where a region's marker is lost."""
    leaking = copy.deepcopy(lab)
    leaking.cells = [c for c in leaking.cells if c.id == "gradient"]
    source = leaking.cells[0].source
    solution, _ = labs.regions(source, "gradient")
    leaking.cells[0].source = "\n".join(line for line in source.splitlines() if "SOLUTION" not in line)
    with pytest.raises(labs.LabError, match="has no line ### BEGIN SOLUTION"):
        labs.student(leaking)
    assert any("residuals" in line for line in solution)


def test_student_versions_are_valid_locked_and_summed(master):
    notebook = labs.student(master)
    nbformat.validate(notebook)
    for one in notebook.cells:
        if "nbgrader" in one.metadata:
            assert one.metadata.nbgrader.checksum
            assert one.metadata.deletable is False
            assert one.metadata.get("editable", True) is one.metadata.nbgrader.solution
        if one.cell_type == "code":
            assert one.outputs == []
            assert one.execution_count is None


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_points_agree_with_the_checks_and_the_table(path):
    master, asked = read(path), tasks(f"lab{path.stem[:2]}")
    graded = {c.id.removesuffix("-check"): c.metadata.nbgrader.points for c in master.cells if c.id.endswith("-check")}
    assert graded == {name: task.points for name, task in asked.items()}
    rows = [row.split("|")[1:4] for row in master.cells[0].source.splitlines() if row.startswith("| ")][1:]
    titles = {title.strip(): int(points) for title, points, _ in rows}
    assert {task.title: task.points for task in asked.values()}.items() <= titles.items()
    assert 60 <= sum(int(minutes) for *_, minutes in rows) <= 90


def test_runs_printed_in_the_lab_are_those_that_the_check_has(lab):
    from nablab.checks.lab04 import runs

    for name, (_, path) in runs().items():
        row = f"| run {name} | " + " | ".join(f"{x:.2f}" for x in path) + " |"
        assert row in cell(lab, "diagnose-text").source


def test_the_picture_is_redrawn_in_place(lab):
    """On every move the one picture gets another content; nothing piles up in the output below the sliders."""
    names = run(lab)
    panel, picture = names["draw"].widget, names["picture"]
    before = picture.value
    assert before.startswith("<svg")
    panel.children[0].value = 0.3
    assert picture.value.startswith("<svg")
    assert picture.value.count("<svg") == 1
    assert picture.value != before
    assert panel.out.outputs == ()


class TestErrors:
    def refuses(self, notebook, words):
        with pytest.raises(labs.LabError, match=words):
            labs.student(notebook)

    def test_an_unclosed_region(self, lab):
        one = cell(lab, "edge")
        one.source = one.source.replace("### END SOLUTION", "")
        self.refuses(lab, "cell 'edge': a solution region is not closed")

    def test_a_region_that_ends_before_it_begins(self, lab):
        one = cell(lab, "edge")
        one.source = "### END SOLUTION\n" + one.source
        self.refuses(lab, "cell 'edge': END SOLUTION stands where no region can end")

    def test_a_region_in_a_region(self, lab):
        one = cell(lab, "edge")
        one.source = one.source.replace("### BEGIN SOLUTION", "### BEGIN SOLUTION\n    ### BEGIN SOLUTION")
        self.refuses(lab, "cell 'edge': BEGIN SOLUTION stands where no region can begin")

    @pytest.mark.parametrize("marker", ["# BEGIN SOLUTION", "### BEGIN SOLUTION here", "### BEGINN SOLUTION"])
    def test_a_marker_misspelt(self, lab, marker):
        one = cell(lab, "edge")
        one.source = one.source.replace("### BEGIN SOLUTION", marker)
        self.refuses(lab, "cell 'edge': the marker .* must be the line")

    def test_a_missing_id(self, lab):
        del cell(lab, "edge").metadata.nbgrader["grade_id"]
        self.refuses(lab, "cell 'edge' has nbgrader metadata without a grade_id")

    def test_an_id_used_twice(self, lab):
        cell(lab, "edge").metadata.nbgrader["grade_id"] = "step"
        self.refuses(lab, "cell 'edge' has the grade_id 'step', which cell 'step' has already")

    def test_a_solution_in_a_cell_that_is_not_marked(self, lab):
        del cell(lab, "edge").metadata["nbgrader"]
        self.refuses(lab, "cell 'edge' holds a solution but is not marked")

    def test_a_solution_in_a_cell_marked_otherwise(self, lab):
        cell(lab, "edge").metadata.nbgrader["solution"] = False
        self.refuses(lab, "Solution region detected in a non-solution cell")

    def test_metadata_that_nbgrader_refuses(self, lab):
        del cell(lab, "edge-check").metadata.nbgrader["points"]
        self.refuses(lab, "nbgrader refuses the notebook")


def tool(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["labs.py", *map(str, arguments)])
    labs.main()


def test_the_tool_writes_the_same_file_each_time(tmp_path, monkeypatch, capsys):
    for folder in ("one", "two"):
        tool(monkeypatch, "--to", tmp_path / folder)
        assert capsys.readouterr().err == ""
    one, two = (sorted((tmp_path / folder).iterdir()) for folder in ("one", "two"))
    assert [path.name for path in one] == [path.name for path in MASTERS]
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_the_tool_names_the_file(tmp_path, monkeypatch, capsys):
    broken = tmp_path / "broken.ipynb"
    broken.write_text("no notebook", encoding="utf8")
    with pytest.raises(SystemExit, match=r"Cannot write a student version\. .*broken\.ipynb: "):
        tool(monkeypatch, broken, "--to", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(SystemExit):
        tool(monkeypatch, tmp_path / "nowhere.ipynb")
    assert "nowhere.ipynb" in capsys.readouterr().err
