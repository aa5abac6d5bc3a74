"""Chapters under other seeds: what counts as held, what as failed, and what the tool says."""

import json
import runpy
import sys

import nbformat
import pytest
import reseed

CELLS = {
    "chance": "from nablab.data import seed\nSEED = seed()\ndraws = [SEED, SEED + 1]",
    "held": "assert draws[0] < draws[1]\nfor draw in draws:\n    assert draw != 7",
    "odd-held": "assert SEED % 2",
}


def notebook(path, cells, tags=(), **nablab):
    made = nbformat.v4.new_notebook(metadata={"nablab": {"seconds": 1, **nablab}})
    made.cells = [nbformat.v4.new_code_cell(source, id=name) for name, source in cells.items()]
    made.cells[-1].metadata.tags = list(tags)
    nbformat.write(made, path)
    return path


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A book in a folder of its own: `book(cells)` writes its chapter `luck`."""
    monkeypatch.setattr(reseed, "BOOK", tmp_path)
    monkeypatch.setattr(reseed, "ROOT", tmp_path)
    monkeypatch.setattr(reseed, "RESULT", tmp_path / "reseed.json")
    monkeypatch.setenv("NABLAB_SEED", "0")
    return lambda cells, *tags, **nablab: notebook(tmp_path / "luck.ipynb", cells, tags, **nablab)


@pytest.fixture
def here(monkeypatch):
    """Run the chapters in this process, one after the other."""

    def run_all(found, seeds):
        return {name: {s: reseed.run(p, s) for s in reseed.seeds_for(p, seeds)} for name, p in found.items()}

    monkeypatch.setattr(reseed, "run_all", run_all)


def tool(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["reseed.py", *arguments])
    with pytest.raises(SystemExit) as ended:
        reseed.main()
    return ended.value.code


def places(held):
    return {f"{cell}:{line}": yes for (cell, line), yes in held.items()}


def test_each_assert_is_met_and_the_cell_goes_on(book):
    path = book(CELLS)
    assert places(reseed.run(path, 5)[0]) == {"held:1": True, "held:3": True, "odd-held:1": True}
    assert places(reseed.run(path, 6)[0]) == {"held:1": True, "held:3": False, "odd-held:1": False}


def test_an_error_ends_the_run_and_what_was_not_met_did_not_hold(book):
    path = book({**CELLS, "broken": "1 / 0\nassert True"})
    held, error = reseed.run(path, 5)
    assert error == "broken, line 1: ZeroDivisionError: division by zero"
    assert places(held)["broken:2"] is False
    assert places(held)["odd-held:1"] is True


def test_the_table_names_where_and_under_which_seeds(book, here, monkeypatch, capsys):
    book(CELLS)
    assert tool(monkeypatch, "--seeds", "6", "--draw", "1") == 1
    row = next(line for line in capsys.readouterr().out.splitlines() if "odd-held:1" in line)
    written = json.loads(reseed.RESULT.read_text(encoding="utf8"))
    assert written["command"] == "make reseed SEEDS=6 DRAW=1"
    seeds, asserts = written["chapters"]["luck"].values()
    even = [s for s in seeds if s % 2 == 0]
    assert 0 < len(even) < 6
    assert asserts[-1] == {"cell": "odd-held", "line": 1, "held": 6 - len(even), "of": 6, "failed": even}
    assert f"held in {6 - len(even)} of 6" in row
    assert all(str(s) in row for s in even)


def test_an_assert_meant_for_one_seed_may_fail(book, here, monkeypatch, capsys):
    book(CELLS, reseed.ONE_SEED)
    assert tool(monkeypatch, "luck", "--seeds", "6", "--draw", "1") == 0
    assert "meant for one seed" in capsys.readouterr().out
    assert not reseed.RESULT.exists()  # one chapter is no result of the book


def test_an_error_fails_the_run(book, here, monkeypatch):
    book({"chance": CELLS["chance"], "broken": "raise RuntimeError('no')"})
    assert tool(monkeypatch, "--seeds", "1") == 1


def test_a_long_chapter_takes_fewer_seeds(book, here, monkeypatch, capsys):
    book(CELLS, reseeds=2)
    tool(monkeypatch, "--seeds", "6")
    assert " of 2" in capsys.readouterr().out


def test_other_days_have_other_seeds_and_one_day_the_same(book, here, monkeypatch):
    book(CELLS)
    drawn = []
    for draw in ("1", "1", "2"):
        tool(monkeypatch, "--draw", draw)
        drawn.append(json.loads(reseed.RESULT.read_text(encoding="utf8"))["chapters"]["luck"]["seeds"])
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(set(drawn[0])) == 20


def test_what_takes_no_seed_is_left_out(book):
    book({"fixed": "assert True"})
    assert reseed.chapters(None) == {}


@pytest.mark.parametrize(
    ("arguments", "words"), [(["nowhere"], "no chapter is called 'nowhere'"), (["--seeds", "0"], "--seeds must be")]
)
def test_bad_arguments(book, monkeypatch, capsys, arguments, words):
    book(CELLS)
    code = tool(monkeypatch, *arguments)
    assert words in f"{code} {capsys.readouterr().err}"


def test_processes_give_the_same(book):
    path = book(CELLS)
    found = reseed.run_all({"luck": path}, [5, 6])
    assert found == {"luck": {seed: reseed.run(path, seed) for seed in (5, 6)}}


def test_it_is_a_script():
    assert "main" in runpy.run_path(reseed.__file__)
