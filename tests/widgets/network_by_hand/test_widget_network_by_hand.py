"""The network that readers set by hand computes what the engine computes, and its solutions solve."""

import json
import subprocess
from pathlib import Path

import numpy as np
import playwright
import pytest

from nablab.data import CarriedWeights, carried_weights, one_or_five
from nablab.engine.losses import mse
from nablab.widgets import NetworkByHand, network_by_hand
from nablab.widgets.network_by_hand import DATA, DIGITS, LIMIT, SOLUTIONS

NODE = Path(playwright.__file__).parent / "driver" / "node"
FRONT_END = Path(network_by_hand.__file__).with_suffix(".js")
ASK = f"""
import {{ forward, measure }} from "{FRONT_END.as_uri()}";
const asked = JSON.parse(await new Response(process.stdin).text());
const answers = asked.map(({{ weights, x, y }}) => {{
  const {{ logits, outputs }} = forward(weights, x);
  return {{ logits, outputs, ...measure(outputs, y) }};
}});
console.log(JSON.stringify(answers));
"""


def with_weights(weights):
    hand = NetworkByHand(hidden=len(weights["b1"]))
    hand.weights = weights
    return hand


def random_weights(rng, hidden):
    shapes = [(2, hidden), (hidden,), (hidden, 1), (1,)]
    return {name: rng.uniform(-LIMIT, LIMIT, s).tolist() for name, s in zip(CarriedWeights._fields, shapes)}


def test_the_page_computes_what_the_engine_computes():
    rng = np.random.default_rng(0)
    asked = [
        {
            "weights": random_weights(rng, hidden),
            "x": rng.uniform(-4, 4, (50, 2)).tolist(),
            "y": rng.integers(0, 2, 50).tolist(),
        }
        for hidden in (2, 3)
        for _ in range(20)
    ]
    command = [NODE, "--input-type=module", "--eval", ASK]
    result = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    for one, answer in zip(asked, json.loads(result.stdout), strict=True):
        network = with_weights(one["weights"]).network()
        y_hat, y = network.forward(np.array(one["x"])), np.array(one["y"], dtype=float)[:, None]
        logits = network.layers[-1].x  # what the last layer, a sigmoid, was given
        np.testing.assert_allclose(answer["logits"], logits.ravel(), rtol=0, atol=1e-12)
        np.testing.assert_allclose(answer["outputs"], y_hat.ravel(), rtol=0, atol=1e-12)
        assert answer["mse"] == pytest.approx(mse(y_hat, y), abs=1e-12)
        assert answer["right"] == ((y_hat > 0.5) == (y == 1)).sum()


def test_the_points_are_the_data():
    points = np.frombuffer(NetworkByHand().points, "<f4").reshape(-1, 3)
    assert points[:4].tolist() == [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
    data = one_or_five()
    x = (data.x_train - data.x_train.mean(axis=0)) / data.x_train.std(axis=0)
    assert len(points) == 4 + DIGITS
    np.testing.assert_allclose(points[4:, :2], x[:DIGITS], atol=1e-6)
    assert (points[4:, 2:] == data.y_train[:DIGITS]).all()


def share_right(weights, x, y):
    network = with_weights(network_by_hand.plain(weights)).network()
    return ((network.forward(x) > 0.5) == (y == 1)).mean()


@pytest.mark.parametrize("hidden", [2, 3])
def test_the_solutions_solve(hidden):
    x, y = network_by_hand.XOR[:, :2], network_by_hand.XOR[:, 2:]
    assert share_right(SOLUTIONS["XOR", hidden], x, y) == 1
    shown = network_by_hand.digits()
    assert share_right(SOLUTIONS["ones and fives", hidden], shown[:, :2], shown[:, 2:]) > 0.82
    data = one_or_five()
    x_val = (data.x_val - data.x_train.mean(axis=0)) / data.x_train.std(axis=0)
    assert share_right(SOLUTIONS["ones and fives", hidden], x_val, data.y_val) > 0.87


def test_everything_shown_is_within_the_sliders_and_on_their_steps():
    for name in DATA:
        for preset in network_by_hand.presets(name):
            for array in map(np.array, preset["weights"].values()):
                assert abs(array).max() <= LIMIT
                np.testing.assert_allclose(array * 10, np.round(array * 10), atol=1e-9)


def test_the_first_weights_are_the_carried_ones():
    hand = NetworkByHand("ones and fives", hidden=3)
    for name, array in carried_weights()._asdict().items():
        assert hand.weights[name] == array.tolist()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"data": "moons"}, "data must be one of 'XOR', 'ones and fives'; got 'moons'"),
        ({"hidden": 4}, "hidden must be 2 or 3; got 4"),
    ],
)
def test_other_arguments_are_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        NetworkByHand(**arguments)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"b2": [11.0]}, "weights must lie between -10 and 10"),
        ({"b2": [float("nan")]}, "weights must lie between -10 and 10"),
        ({"b1": [1.0]}, r"weights must have the shapes of a 2-2-1 or 2-3-1 network; got \[\(2, 2\), \(1,\)"),
        ({"b3": [1.0]}, "weights must be a dict of W1, b1, W2, b2"),
    ],
)
def test_other_weights_are_refused(change, says):
    hand = NetworkByHand()
    with pytest.raises(ValueError, match=says):
        hand.weights = hand.weights | change
