"""A drawn network shows every unit and every weight, in place and told apart without colour."""

import numpy as np
import pytest

from nablab import plots


def drawn(units, weights):
    _, ax = plots.figure("", "")
    return plots.network(ax, units, weights)


def test_every_weight_is_on_its_wire():
    W1, W2 = np.array([[0.8, -0.4, 0.3], [0.2, 0.9, -0.6]]), np.array([[1.1], [-0.7], [0.5]])
    ax = drawn([["x1", "x2"], ["h1", "h2", "h3"], ["y"]], [W1, W2])
    assert [line.get_linestyle() == "--" for line in ax.lines] == [w < 0 for w in [*W1.flat, *W2.flat]]
    texts = {text.get_text(): np.array(text.get_position()) for text in ax.texts}
    for name, w in [("0.8", 0.8), ("−0.7", -0.7)]:
        assert float(name.replace("−", "-")) == w
        assert name in texts
    a, b, on = texts["x2"], texts["h1"], texts["0.2"]
    assert np.cross([*(b - a), 0], [*(on - a), 0]) == pytest.approx(0)
    assert texts["h1"][1] > texts["h2"][1] > texts["h3"][1]
    assert texts["x1"][0] < texts["h1"][0] < texts["y"][0]


def test_layers_and_weights_must_match():
    with pytest.raises(ValueError, match="argument"):
        drawn([["x"], ["y"]], [])
