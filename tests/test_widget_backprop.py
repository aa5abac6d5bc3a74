"""What the back-propagation widget records is what the engine computes and finite differences measure."""

import numpy as np
import pytest

from nablab.data import carried_weights
from nablab.engine.gradcheck import numeric_gradient
from nablab.engine.losses import mse
from nablab.widgets import Backprop
from nablab.widgets.backprop import CHANGES, changed, network


@pytest.mark.parametrize("sample", [0, 1])
@pytest.mark.parametrize("change", range(len(CHANGES)))
def test_every_recorded_slope_is_the_measured_one(sample, change):
    r = Backprop().recordings[sample][change]
    x, y = np.array([r["x"]]), np.array([r["y"]])
    weights = [w.copy() for w in changed(list(CHANGES.values())[change])]

    def loss(*weights):
        return mse(network(weights).forward(x), y)

    for k, name in enumerate(("dW1", "db1", "dW2", "db2")):
        np.testing.assert_allclose(r[name], numeric_gradient(loss, weights, k).ravel(), rtol=1e-6, atol=1e-10)
    np.testing.assert_allclose(r["da1"], r["dz2"] * weights[2].ravel())
    np.testing.assert_allclose(r["dz1"], r["db1"])
    assert r["loss"] == [pytest.approx((r["y_hat"][0] - r["y"][0]) ** 2)]


def test_the_carried_numbers_and_what_the_changes_do():
    first, second = Backprop().recordings
    assert [round(r[0]["y_hat"][0], 3) for r in (first, second)] == [0.695, 0.635]
    assert np.round(first[0]["x"] + second[0]["x"], 3).tolist() == [0.97, 1.302, -0.349, 0.534]
    assert first[1]["dz1"][0] == 0  # no blame passes a weight of 0
    assert first[1]["dW2"][0] != 0  # but that weight itself has a slope
    assert abs(first[2]["dz1"][1]) < 0.01 * abs(first[0]["dz1"][1])  # a saturated unit lets little through


def test_the_carried_weights_stay_as_they_are():
    before = carried_weights()
    Backprop()
    for ours, kept in zip(carried_weights(), before):
        assert np.array_equal(ours, kept)


@pytest.mark.parametrize("step", [None, 1.0, True, "3"])
def test_a_step_of_the_wrong_kind(step):
    with pytest.raises(TypeError, match="step must be a whole number; got "):
        Backprop(step=step)


@pytest.mark.parametrize("step", [-1, 15])
def test_a_step_there_is_not(step):
    with pytest.raises(ValueError, match=f"step must be from 0 to 14; got {step}"):
        Backprop(step=step)
