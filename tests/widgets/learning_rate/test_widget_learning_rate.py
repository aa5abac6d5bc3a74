"""The runs that LearningRate records are the engine's, and what is said of each is true of its path."""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import playwright
import pytest

from nablab.engine.optimizers import Momentum
from nablab.widgets import LearningRate, learning_rate
from nablab.widgets.learning_rate import BEHAVIOURS, BOWLS, MOMENTA, SCENES, STEPS

NODE = Path(playwright.__file__).parent / "driver" / "node"
FRONT_END = Path(learning_rate.__file__).with_suffix(".js")
ASK = f"""
import {{ compare, explain }} from "{FRONT_END.as_uri()}";
const asked = JSON.parse(await new Response(process.stdin).text());
console.log(JSON.stringify(asked.map((run) => ({{ ...compare(run.lr, run.edge), ...explain(run) }}))));
"""
SIGNS = str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")


def number(text):
    """Read what `short` of draw.js wrote: 0.0769, −3, 1.24·10¹², 10⁻⁵."""
    digits, _, power = text.rpartition("10") if re.search("10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]", text) else (text, "", "")
    value = float(digits.strip("·").translate(SIGNS) or 1)
    return value * 10.0 ** int(power.translate(SIGNS)) if power else value


def settings(widget):
    for described in widget.scenes:
        scene, runs = SCENES[described["name"]], iter(zip(described["behaviours"], described["turns"], strict=True))
        for start in described["starts"]:
            for lr in described["rates"]:
                for momentum, edge in zip(widget.momenta, described["edges"], strict=True):
                    yield scene, start, lr, momentum, edge, *next(runs)


def walk(scene, start, lr, momentum):
    """The run anew: points (STEPS + 1, 2) and losses, by its own loop."""
    p, v, points = np.array(start, dtype=float), 0.0, [start]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(STEPS):
            v = momentum * v + scene.landscape.gradient(p)
            p = p - lr * v
            points.append(p)
        return np.array(points), scene.landscape.value(np.array(points))


@pytest.fixture(scope="module")
def told():
    """Every recorded run: its settings, its path, and what the page says of it."""
    widget, asked, runs = LearningRate(), [], []
    for scene, start, lr, momentum, edge, code, turns in settings(widget):
        points, losses = walk(scene, start, lr, momentum)
        with np.errstate(divide="ignore", invalid="ignore"):
            loss = np.nan_to_num(np.log10(losses[-1]), nan=16, posinf=16) if not losses[-1] <= 0 else None
        run = {"kind": scene.kind, "lr": lr, "momentum": momentum, "edge": edge, "turns": turns, "steps": STEPS}
        asked.append(run | {"behaviour": BEHAVIOURS[code], "loss": loss})
        runs.append((scene, start, lr, momentum, edge, points, losses))
    result = subprocess.run(
        [NODE, "--input-type=module", "--eval", ASK], input=json.dumps(asked), capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return list(zip(runs, json.loads(result.stdout), strict=True))


def test_what_is_packed_is_what_the_engine_computed():
    widget = LearningRate()
    runs = np.frombuffer(widget.runs, "<i2").reshape(3, -1, STEPS + 1).transpose(1, 0, 2)
    every = list(settings(widget))
    assert len(every) == len(runs) == 1764
    for k in range(0, len(runs), 41):
        scene, start, lr, momentum, *_ = every[k]
        p, ball = np.array(start), Momentum(lr, momentum)
        span = 2 * np.ptp([scene.x, scene.y], axis=1)
        for t in range(STEPS + 1):
            if (abs(p) >= span).any():
                break  # far outside the picture, where it is cut
            np.testing.assert_allclose(runs[k, :2, t] / 32767 * span, p, atol=17 * max(span) / 32767)
            ball.step([p], [scene.landscape.gradient(p)])


class TestWhatIsSaid:
    """Words against the path: what each word claims is measured anew, not by `behaviour`."""

    def test_growth(self, told):
        for (scene, start, lr, momentum, edge, points, losses), said in told:
            key, grown = (scene, start, lr, momentum), not np.isfinite(losses).all()
            if not grown:
                steps = np.hypot(*np.diff(points, axis=0).T)
                grown = steps[-10:].mean() > steps[-20:-10].mean() and losses[-5:].max() > losses[0]
            if said["word"] == "Diverging":
                assert grown, key
            else:
                assert np.isfinite(losses).all(), key
            if scene.kind == "bowl":  # there the loss says it all: above the edge it has grown, below it has fallen
                ratio = losses[-1] / losses[0]
                assert (said["word"] == "Diverging") == (lr > edge), key
                assert lr == edge or (ratio > 1.5 if lr > edge else ratio < 1), key
                assert "do not show it" not in said["why"]

    def test_turning_back(self, told):
        words = set()
        for (scene, *setting, points, _), said in told:
            steps = np.diff(points, axis=0)
            seen = abs(steps) > 0.005 * (scene.x[1] - scene.x[0])
            back = []
            for axis in range(2):
                signs = np.sign(steps[seen[:, axis], axis])
                back.append((int((signs[1:] != signs[:-1]).sum()), max(len(signs) - 1, 1)))
            most, of = max(back, key=lambda pair: (pair[0], pair[0] / pair[1]))
            if said["word"] == "Oscillating":
                words.add(said["why"].split(". ")[0])
                assert most >= 3
                late, before = (np.hypot(*steps[part].T).sum() for part in (slice(20, 30), slice(10, 20)))
                assert (late < 0.98 * before) == ("the steps shrink" in said["why"]), (scene, setting)
                if "nearly every step" in said["why"]:
                    assert most > 0.75 * of, (scene, setting)
                else:
                    assert f"turns back, {most} times" in said["why"], (scene, setting)
            elif said["word"] in ("Converging", "Creeping", "Under way"):
                assert most < 3, (scene, setting)
            if said["word"] == "Converging":
                count = ["without turning back", "turns back once", "turns back twice"].index(
                    re.search("without turning back|turns back once|turns back twice", said["why"])[0]
                )
                assert count == most, (scene, setting)
        assert len(words) > 10

    def test_where_it_ends(self, told):
        for (scene, start, lr, momentum, _, points, losses), said in told:
            key, width = (scene, start, lr, momentum), scene.x[1] - scene.x[0]
            if said["word"] == "Diverging":
                continue
            gap = np.hypot(*(points[-1] - scene.centre))
            path = np.hypot(*np.diff(points, axis=0).T)
            if said["word"] == "Converging":
                assert gap < 0.03 * width, key
                assert path[-2:].sum() < 0.08 * width, key
            if said["word"] in ("Creeping", "Under way"):
                on_ridge = scene.kind == "saddle" and start[1] == 0
                assert gap > 0.01 * width or (scene.kind == "saddle" and not on_ridge), key
                assert (path[-10:].sum() < 0.1 * width) == (said["word"] == "Creeping"), key
            if said["word"] == "Neither":
                assert path[-1] > 0.01 * width, key
                assert abs(points[-4:-2] - points[-2:]).max() < 0.03 * path[-1], key
            if said["word"] == "Escaping":
                assert scene.kind == "saddle"
                assert start[1] != 0
                assert losses[-1] < min(losses[0], losses[-4], 0), key
                assert abs(points[-1, 1]) > abs(points[0, 1]), key

    def test_the_comparison_is_seen_in_the_digits(self, told):
        for (_, _, lr, momentum, edge, *_), said in told:
            rate, limit = number(said["rate"]), number(said["limit"])
            assert rate == pytest.approx(lr, rel=5e-3)
            assert limit == pytest.approx(edge, rel=5e-3)
            assert said["word"]
            assert said["rate"] in said["why"]
            if lr == edge:
                assert (" itself." in said["why"]) or " is there." in said["why"]
                continue
            assert said["limit"] in said["why"]
            assert ("below" if rate < limit else "above") in said["why"]
            assert rate != limit, "the digits that are shown tell the two apart"
            assert ("2(1 + β)/L" if momentum else "2/L") in said["why"]

    def test_the_last_loss(self, told):
        for (scene, *_, losses), said in told:
            end = re.search(rf"Loss after {STEPS} steps: (.+?)\. ", said["why"])[1]
            if end == "beyond 10¹⁵":
                assert not losses[-1] < 1e15
            elif end == "at most 10⁻¹⁵":
                assert losses[-1] <= 1e-15
            elif end == "0 or below":
                assert scene.kind == "saddle"
                assert losses[-1] <= 0
            else:
                assert number(end) == pytest.approx(losses[-1], rel=6e-3)

    def test_every_word_is_said(self, told):
        assert {said["word"] for _, said in told} == {
            *("Diverging", "Escaping", "Neither", "Oscillating", "Converging", "Creeping", "Under way"),
        }


def test_what_contradicted_its_picture():
    """Three settings in which words and picture once disagreed."""

    def seen(name, lr, momentum, start=0):
        scene = SCENES[name]
        points, losses = walk(scene, scene.starts[start], lr, momentum)
        return BEHAVIOURS[learning_rate.behaviour(scene, points, losses)[0]]

    assert seen("round bowl", 0.2505, 0) == "converging"  # half the edge, and a little: it glides straight in
    assert "swinging" in seen("Rosenbrock's valley", 0.00316, 0.9)  # no creeping
    assert seen("narrow valley", 0.075, 0) == "zigzag"
    assert seen("narrow valley", 0.09, 0) == "diverging"
    assert seen("narrow valley", 0.09, 0.5) != "diverging"


def test_the_best_rates_and_the_edges_are_recorded():
    scenes = {described["name"]: described for described in LearningRate().scenes}
    for name in BOWLS:
        smallest, largest = np.linalg.eigvalsh(SCENES[name].landscape.hessian([0.0, 0.0]))[[0, -1]]
        assert 2 / (smallest + largest) in scenes[name]["rates"]
        for momentum, edge in zip(MOMENTA, scenes[name]["edges"], strict=True):
            assert edge == pytest.approx(2 * (1 + momentum) / largest)
            assert edge in scenes[name]["rates"]
            assert edge < scenes[name]["rates"][-1]
    assert 2 / 26 in scenes["narrow valley"]["rates"]  # 0.0769
    assert {0.25, 0.49, 0.5, 0.51} < set(scenes["round bowl"]["rates"])


def test_the_edge_is_where_the_largest_curvature_says():
    for scene in SCENES.values():
        curvatures = np.linalg.eigvalsh(scene.landscape.hessian([float(v) for v in scene.centre]))
        assert scene.curvatures == pytest.approx((curvatures.min(), curvatures.max()), rel=2e-3)
        assert learning_rate.edge(scene, 0.9) == pytest.approx(2 * 1.9 / curvatures.max(), rel=1e-4)


def test_a_round_bowl_is_round():
    """Equal curvatures, on axes of equal scale: the picture is 270 by 216 inside its axes, which a browser measures."""
    bowl = SCENES["round bowl"]
    value = bowl.landscape.value
    angles = np.linspace(0, 2 * np.pi, 13)
    np.testing.assert_allclose(value(np.stack([np.cos(angles), np.sin(angles)], -1)), value([1.0, 0.0]))
    for scene in SCENES.values():
        assert np.ptp(scene.x) / np.ptp(scene.y) == pytest.approx(270 / 216)


class TestAHiddenEdge:
    def test_only_the_bowls_without_momentum(self):
        widget = LearningRate(edge="hidden")
        assert [described["name"] for described in widget.scenes] == BOWLS
        assert widget.momenta == [0]
        assert len(widget.runs) < 0.1 * len(LearningRate().runs)

    @pytest.mark.parametrize("name", BOWLS)
    def test_it_can_be_found(self, name):
        """Two neighbours, at one of which the loss falls and at the other grows, are close enough."""
        described = next(d for d in LearningRate(edge="hidden").scenes if d["name"] == name)
        for start in described["starts"]:
            falls = {
                lr: losses[-1] < losses[0]
                for lr in described["rates"]
                for losses in [walk(SCENES[name], start, lr, 0.0)[1]]
            }
            below = [lr for lr in described["rates"] if falls[lr] and lr < described["edges"][0]][-1]
            above = next(lr for lr in described["rates"] if not falls[lr] and lr > described["edges"][0])
            assert below < described["edges"][0] < above < 1.05 * below

    def test_with_a_kernel_it_answers_for_the_bowls(self, monkeypatch):
        widget, sent = LearningRate("narrow valley", edge="hidden"), []
        assert widget.first == 1
        monkeypatch.setattr(widget, "send", lambda content, buffers=None: sent.append(content))
        widget._answer(widget, {"kind": "run", "id": 1, "scene": 1, "lr": 0.09, "momentum": 0, "start": [1, 1]}, [])
        assert BEHAVIOURS[sent[0]["behaviour"]] == "diverging"

    @pytest.mark.parametrize("edge", ["found", "", None, True, 3, ["hidden"]])
    def test_another_edge_is_refused(self, edge):
        with pytest.raises(ValueError, match=f"edge must be 'marked' or 'hidden'; got {re.escape(repr(edge))}"):
            LearningRate(edge=edge)

    def test_a_landscape_without_one_edge_is_refused(self):
        with pytest.raises(ValueError, match=r"'narrow valley' where the edge is hidden; got 'saddle'"):
            LearningRate("saddle", edge="hidden")


def test_a_loss_without_a_logarithm_is_marked():
    scene = SCENES["saddle"]
    points, losses = learning_rate.run(scene, 0.5, 0.0, scene.starts[0])
    packed = learning_rate.pack(points, losses, scene)
    assert losses[-1] < 0
    np.testing.assert_array_equal(packed[2] == -32768, losses <= 0)


def test_divergence_is_packed_not_hidden():
    scene = SCENES["round bowl"]
    points, losses = learning_rate.run(scene, 1e9, 0.0, scene.starts[0])
    packed = learning_rate.pack(points, losses, scene)
    assert not np.isfinite(losses).all() or losses.max() > 1e15
    assert packed[2].max() == 32767


def test_with_a_kernel_python_answers(monkeypatch):
    widget, sent = LearningRate(), []
    monkeypatch.setattr(widget, "send", lambda content, buffers=None: sent.append((content, buffers)))
    widget._answer(widget, {"kind": "hello"}, [])
    widget._answer(widget, {"kind": "run", "id": 7, "scene": 1, "lr": 0.0333, "momentum": 0.2, "start": [0, 1]}, [])
    (hello, _), (answer, buffers) = sent
    assert hello == {"kind": "hello"}
    assert (answer["id"], BEHAVIOURS[answer["behaviour"]], answer["turns"]) == (7, "converging", 1)
    assert answer["edge"] == pytest.approx(2 * 1.2 / 25)
    assert np.frombuffer(buffers[0], "<i2").shape == (3 * (STEPS + 1),)


@pytest.mark.parametrize("landscape", ["hill", [], {}, None, 3])
def test_another_landscape_is_refused(landscape):
    with pytest.raises(
        ValueError, match=r"landscape must be one of 'round bowl', .*; got " + re.escape(repr(landscape))
    ):
        LearningRate(landscape)
