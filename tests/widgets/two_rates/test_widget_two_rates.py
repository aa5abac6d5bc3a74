"""The runs that TwoRates records are the engine's, what it says is true of them, and a page pays little for it."""

import base64
import gzip
import json
import re
import subprocess
from pathlib import Path

import numpy as np
import playwright
import pytest

from nablab import plots
from nablab.engine.landscapes import Quadratic
from nablab.engine.optimizers import GradientDescent
from nablab.widgets import TwoRates, two_rates
from nablab.widgets.two_rates import NEAR

ROOT = Path(__file__).parent.parent.parent.parent
NODE = Path(playwright.__file__).parent / "driver" / "node"
FRONT_END = Path(two_rates.__file__).with_suffix(".js")
ASK = f"""
import {{ explain, outcome }} from "{FRONT_END.as_uri()}";
const {{ every, both }} = JSON.parse(await new Response(process.stdin).text());
const say = ({{ word, rest }}) => word + rest;
console.log(JSON.stringify([every.map(explain).map(say), both.map(outcome).map(say)]));
"""


ASKED = {0.51, 50.5, 0.5}  # in the chapter on gradient descent: the rate, where it ends, and the edge below it


def named(text):
    """Return the numbers in a text."""
    return {float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}


def walk(curvature, lr, start, steps):
    """The run anew, by its own loop."""
    p, bowl, visited = np.array([start]), Quadratic([curvature]), [start]
    for _ in range(steps):
        GradientDescent(lr).step([p], [bowl.gradient(p)])
        visited.append(p[0])
    return np.array(visited)


def runs(widget):
    return np.array([walk(widget.curvature, lr, widget.start, widget.steps) for lr in widget.rates])


def said(widget):
    """What the front end says of each recorded rate, and of the two."""
    same = {"edge": 2 / widget.curvature, "start": widget.start, "steps": widget.steps}
    rows = zip(widget.rates, widget.near, widget.out, widget.ends, strict=True)
    every = [same | {"lr": lr, "near": near, "out": out, "end": end} for lr, near, out, end in rows]
    ends = [widget.ends[widget.rates.index(lr)] for lr in widget.pair]
    asked = json.dumps({"every": every, "both": [same | {"pair": widget.pair, "ends": ends}]})
    command = [NODE, "--input-type=module", "--eval", ASK]
    result = subprocess.run(command, input=asked, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    every, (both,) = json.loads(result.stdout)
    return every, both


OTHERS = [{}, {"curvature": 1.5, "rates": [1.4, 1.2], "start": -2.0, "steps": 40}, {"rates": (0.1, 0.3)}]


@pytest.mark.parametrize("arguments", OTHERS)
def test_what_is_packed_is_what_the_engine_computed(arguments):
    widget = TwoRates(**arguments)
    x = runs(widget)
    exact = np.frombuffer(widget.exact, "<f4").reshape(2, -1)
    np.testing.assert_allclose(exact, x[[widget.rates.index(lr) for lr in widget.pair]], rtol=1e-6, atol=1e-30)
    packed = np.frombuffer(widget.runs, "<i2").reshape(x.shape) / 32767 * 2 * widget.view
    seen = abs(x) < 2 * widget.view
    np.testing.assert_allclose(packed[seen], x[seen], atol=widget.view / 32767)
    np.testing.assert_allclose(widget.ends, abs(x[:, -1]), rtol=1e-3)
    close = NEAR * abs(widget.start)
    for row, near, out in zip(abs(x), widget.near, widget.out, strict=True):
        assert out == next((k for k, away in enumerate(row) if away > widget.view), -1)
        assert near == next((k for k in range(len(row)) if (row[k:] <= close).all()), -1)


def test_the_rates_of_the_first_page():
    widget = TwoRates()
    assert len(widget.rates) == 21
    assert {0.05, 0.2, 0.39, 0.4, 0.41, 0.48} <= set(widget.rates)
    assert widget.rates == sorted(widget.rates)
    assert (widget.rates[0], widget.rates[-1], widget.pair) == (0.05, 0.48, [0.39, 0.41])
    x = runs(widget)
    assert x[widget.rates.index(0.2), 1] == 0
    assert set(x[widget.rates.index(0.4)]) == {1, -1}
    assert all((abs(row[-1]) < 1) == (lr < 0.4) for lr, row in zip(widget.rates, x) if lr != 0.4)
    left = widget.out[widget.rates.index(0.41)]
    assert left == 14
    assert x[widget.rates.index(0.41), left] > 0  # on the side where its label climbs


@pytest.mark.parametrize("arguments", OTHERS)
def test_words_say_what_the_runs_do(arguments):
    widget = TwoRates(**arguments)
    every, both = said(widget)
    assert len(set(every)) == len(widget.rates)
    for lr, x, words in zip(widget.rates, runs(widget), every, strict=True):
        away = abs(x)
        assert float(words.split()[0].rstrip(":")) == pytest.approx(lr, rel=5e-3)
        assert ("comes to rest" in words or "home in one step" in words) == (away[-1] < away[0])
        assert ("leaves" in words) == (away[-1] > away[0]) == bool((np.diff(away) > 0).all())
        assert ("for ever" in words) == (away == away[0]).all()
        assert ("side to side, each time nearer" in words) == (x[0] * x[1] < 0 and away[1] < away[0])
        assert ("on its own side" in words) == (x[0] * x[1] > 0)
        if found := re.search(r"within ([\d.]+) of the bottom from step (\d+) on", words):
            close, step = float(found[1]), int(found[2])
            assert (away[step:] <= close).all()
            assert away[step - 1] > close
        if found := re.search(r"out of the picture at step (\d+)", words):
            step = int(found[1])
            assert away[step] > widget.view > away[step - 1]
    assert ("lies an edge" in both) == (widget.pair[0] < 2 / widget.curvature < widget.pair[1])


def test_the_sentence_of_the_first_page():
    _, both = said(TwoRates())
    begun, after = "Both began 1 from the bottom.", "After 100 steps: 0.39 is 0.00592 away, 0.41 is 132 away."
    assert both == f"{begun} {after} Between them lies an edge."
    assert abs(0.95**100 - 0.00592) < 5e-6
    assert abs(1.05**100 - 132) < 0.5


def test_the_front_page_names_no_number_that_the_chapter_asks_for():
    """Its readers are to predict where 0.51 ends on curvature 4, and to find the edge there."""
    page = (ROOT / "book/index.md").read_text(encoding="utf8")
    widget = TwoRates()
    (alt,) = re.findall(r"^```\{moving\} TwoRates\n:alt: (.+)$", page, flags=re.MULTILINE)
    every, both = said(widget)
    still = [text.get_text() for text in widget.still().axes[0].texts]
    assert named(" ".join([alt, both, *every, *still])) >= {*widget.pair, 0.4}
    assert named(" ".join([alt, both, *every, *still])) & ASKED == set()
    assert widget.curvature != 4


def test_state_and_source_are_below_15_kilobytes_as_sent():
    state = {k: v for k, v in TwoRates().get_state().items() if k != "layout"}
    sent = json.dumps(state, default=lambda binary: base64.b64encode(binary).decode())
    assert len(gzip.compress(sent.encode(), mtime=0)) < 15_000


def test_the_still_picture_is_the_last_frame():
    first, again = (plots.svg(TwoRates().still(), "Two balls") for _ in range(2))
    assert first == again
    assert 'aria-label="Two balls"' in first
    figure = TwoRates().still()
    curve, *trails = (np.array(line.get_xdata()) for line in figure.axes[0].lines)
    visited = np.frombuffer(TwoRates().exact, "<f4").reshape(2, -1)
    for drawn, x in zip(trails, visited, strict=True):
        assert set(drawn) <= set(x)
        seen = x[abs(x) <= curve.max()]
        assert abs(seen[:, None] - drawn).min(axis=1).max() <= curve.max() / 50  # what is left out lies under a dot
    assert [t.get_text() for t in figure.axes[0].texts] == [
        "0.39: after 100 steps",
        "0.00592 from the bottom",
        "0.41: after 100 steps",
        "132 from the bottom",
    ]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"curvature": 0}, ValueError, "curvature must be a finite number above 0; got 0"),
        ({"curvature": "4"}, TypeError, "curvature must be a "),
        ({"start": 0}, ValueError, "start must not be 0: there the slope is 0, and no ball moves"),
        ({"start": np.nan}, ValueError, "start must be a finite number"),
        ({"steps": 9}, ValueError, "steps must be a finite number, from 10 to 500; got 9"),
        ({"steps": 20.5}, TypeError, "steps must be a whole number; got 20.5"),
        ({"rates": (0.39,)}, ValueError, r"rates must be two different numbers above 0; got \(0.39,\)"),
        ({"rates": (0.5, 0.5)}, ValueError, "rates must be two different numbers above 0; got "),
        ({"rates": (-0.1, 0.5)}, ValueError, r"rates\[0\] must be a finite number above 0; got -0.1"),
        ({"rates": 0.5}, ValueError, r"rates must have shape \(D,\)"),
        ({"rates": (0.4, 40)}, ValueError, "rates and steps must be such that both balls end below 3e38; got "),
    ],
)
def test_other_arguments_get_a_sentence(arguments, error, words):
    with pytest.raises(error, match=words):
        TwoRates(**arguments)
