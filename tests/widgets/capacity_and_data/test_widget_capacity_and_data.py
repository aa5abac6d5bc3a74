"""What the widget records are the least-squares fits that it says they are, and they are judged by their errors."""

import json
import subprocess

import numpy as np
import pytest
from test_widgets import FOLDER, NODE

from nablab.engine.optimizers import GradientDescent
from nablab.widgets import CapacityAndData
from nablab.widgets import capacity_and_data as module
from nablab.widgets.capacity_and_data import CUT, DECAYS, DEGREES, DRAWS, NOISE, PLACES, SAMPLES, SHOWN, VERDICTS

DECAY_TEXTS = ["none", "10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1"]


def unpack(widget):
    shape = (len(SAMPLES), len(DECAYS), len(DEGREES))
    return {
        "curves": np.frombuffer(widget.curves, "<i2").reshape(*shape, SHOWN, len(PLACES)) / 32767 * CUT,
        "own": np.frombuffer(widget.own, "<f4").reshape(*shape, SHOWN, 2),
        "bands": np.frombuffer(widget.bands, "<f4").reshape(*shape, 2, 3),
        "judged": np.frombuffer(widget.judged, "u1").reshape(shape),
        "points": np.frombuffer(widget.points, "<f4").reshape(SHOWN, SAMPLES[-1], 2),
    }


@pytest.fixture(scope="module")
def recorded():
    return unpack(CapacityAndData())


def test_without_decay_the_fit_is_polyfit_in_every_draw():
    x, y, _, _ = module.drawn()
    for degree in (0, 3, 8):
        w = module.fit(x[:, :30], y[:, :30], degree, 0.0)
        expected = [np.polyfit(a, b, degree)[::-1] for a, b in zip(x[:, :30], y[:, :30])]
        np.testing.assert_allclose(w, expected, rtol=1e-6, atol=1e-8)


def test_with_decay_the_gradient_of_loss_and_term_is_zero():
    x, y, _, _ = module.drawn()
    for decay in DECAYS[1:]:
        w = module.fit(x[:, :20], y[:, :20], 7, decay)
        table = module.powers(x[:, :20], 7)
        residual = (table @ w[..., None])[..., 0] - y[:, :20]
        gradient = 2 / 20 * (table.swapaxes(1, 2) @ residual[..., None])[..., 0] + decay * w
        np.testing.assert_allclose(gradient, 0, atol=1e-9)


def test_gradient_descent_with_weight_decay_arrives_there():
    x, y, _, _ = module.drawn()
    x, y, decay = x[:1, :30], y[:1, :30], 0.1
    table, p, descent = module.powers(x[0], 3), np.zeros(4), GradientDescent(lr=0.2)
    for _ in range(5000):
        descent.step([p], [2 / 30 * table.T @ (table @ p - y[0]) + decay * p])
    np.testing.assert_allclose(p, module.fit(x, y, 3, decay)[0], atol=1e-8)


def test_what_is_packed_is_what_was_fitted(recorded):
    x, y, x_val, y_val = module.drawn()
    for i, j, degree in ((0, 0, 3), (1, 2, 12), (5, 5, 0), (3, 1, 7)):
        some = x[:, : SAMPLES[i]], y[:, : SAMPLES[i]]
        w = module.fit(*some, degree, DECAYS[j])
        for draw in range(SHOWN):
            curve = np.clip(np.polyval(w[draw, ::-1], PLACES), -CUT, CUT)
            np.testing.assert_allclose(recorded["curves"][i, j, degree, draw], curve, atol=5 * CUT / 32767)
            for kind, (a, b) in enumerate((some, (x_val, y_val))):
                mse = np.mean((np.polyval(w[draw, ::-1], a[draw]) - b[draw]) ** 2)
                assert recorded["own"][i, j, degree, draw, kind] == pytest.approx(mse, rel=1e-4)
        for kind, (a, b) in enumerate((some, (x_val, y_val))):
            over_draws = [np.mean((np.polyval(v[::-1], c) - d) ** 2) for v, c, d in zip(w, a, b)]
            assert len(over_draws) == DRAWS
            expected = np.quantile(over_draws, [0.25, 0.5, 0.75])
            np.testing.assert_allclose(recorded["bands"][i, j, degree, kind], expected, rtol=1e-4)
    np.testing.assert_allclose(recorded["points"][..., 0], x[:SHOWN], atol=1e-6)


def test_the_training_error_never_rises_with_the_degree_and_never_falls_with_the_decay(recorded):
    without_decay = recorded["own"][:, 0, :, :, 0]
    assert (np.diff(without_decay, axis=1) < 1e-5).all()
    assert (np.diff(recorded["bands"][:, :, :, 0, 1], axis=1) > -1e-4).all()


def test_the_validation_error_has_a_lowest_point_between(recorded):
    for samples in (0, 1):
        validation = recorded["bands"][samples, 0, :, 1, 1]
        assert 3 < validation.argmin() < 8
        assert validation[0] > 3 * validation.min()
        assert validation[12] > 10 * validation.min()


def test_no_model_beats_the_noise_by_chance_of_the_draws(recorded):
    assert recorded["bands"][:, :, :, 1, 1].min() > NOISE**2


def test_verdicts(recorded):
    seen = recorded["judged"]
    assert set(np.unique(seen)) == {0, 1, 2, 3}
    words = [[VERDICTS[v] for v in seen[i, j]] for i, j in ((1, 0), (5, 0), (1, 5))]
    assert words[0][0] == words[0][1] == "underfits"
    assert words[0][5] == "about right"
    assert words[0][12] == "overfits"
    assert words[1][12] == "about right"
    assert words[2] == ["underfits"] * 5 + ["held back"] * 8
    assert VERDICTS[module.verdict(0.02, 0.5, 0.02)] == "overfits"


def test_the_words_of_every_recorded_fit_hold(recorded):
    """Each sentence, against the errors; and its cause, taken away: without decay, or with a higher degree."""
    bands, judged, floor = recorded["bands"], recorded["judged"], NOISE**2
    shape = judged.shape
    fits = [
        {
            "verdict": VERDICTS[judged[at]],
            "degree": at[2],
            "samples": SAMPLES[at[0]],
            "decay": DECAYS[at[1]],
            "train": float(bands[at][0, 1]),
            "validation": float(bands[at][1, 1]),
            "own": recorded["own"][at][0].tolist(),
            "floor": floor,
            "draw": 0,
            "draws": DRAWS,
        }
        for at in np.ndindex(shape)
    ]
    said = in_node(f"console.log(JSON.stringify({json.dumps(fits)}.map(front.explain)));")
    for at, fit, text in zip(np.ndindex(shape), fits, said):
        train, validation, word, why = fit["train"], fit["validation"], text["word"], text["why"]
        decay = f", weight decay {DECAY_TEXTS[at[1]]}" if at[1] else ""
        assert why.startswith(f"Degree {at[2]} on {SAMPLES[at[0]]} samples{decay}, medians of {DRAWS} sets. "), why
        assert (word == "About right") == (validation <= 1.6 * floor)
        if word == "About right":
            assert "is not far above the noise 0.09." in why
            assert floor < validation
        elif word == "Overfits":
            assert "looks fine, but new points cost" in why
            assert train <= 1.1 * floor
            assert validation > 1.5 * train
        else:
            assert word == "Underfits"
            assert train > 1.1 * floor
            alone = bands[at[0], 0, at[2], 0, 1]  # without decay
            if "too stiff for the truth" in why:
                assert alone > 1.1 * floor
                assert bands[at[0], 0, 12, 0, 1] < 1.1 * floor  # where the curve is less stiff
                assert ("with decay or without it" in why) == (at[1] > 0)
            else:
                assert "without the decay it is not: the decay is too strong" in why
                assert alone <= 1.1 * floor


def in_node(script):
    source = f"import * as front from {json.dumps((FOLDER / 'capacity_and_data.js').as_uri())};\n{script}"
    command = [NODE, "--input-type=module", "--eval", source]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_more_samples_keep_the_first(recorded):
    x, _, _, _ = module.drawn()
    assert x.shape == (DRAWS, SAMPLES[-1])
    assert module.drawn()[0] is x


def test_with_a_kernel_python_answers(monkeypatch):
    widget, sent = CapacityAndData(), []
    monkeypatch.setattr(widget, "send", lambda content, buffers=None: sent.append((content, buffers)))
    widget._answer(widget, {"kind": "hello"}, [])
    widget._answer(widget, {"kind": "fits", "id": 4, "samples": 37, "weight_decay": 3e-4}, [])
    (hello, _), (answer, buffers) = sent
    assert hello == {"kind": "hello"}
    assert answer["id"] == 4
    assert len(answer["judged"]) == len(DEGREES)
    x, y, _, _ = module.drawn()
    w = module.fit(x[:, :37], y[:, :37], 5, 3e-4)
    own = np.frombuffer(buffers[1], "<f4").reshape(len(DEGREES), SHOWN, 2)
    np.testing.assert_allclose(own[5, :, 0], module.errors(w, x[:, :37], y[:, :37])[:SHOWN], rtol=1e-5)


@pytest.mark.parametrize("degree", [-1, 13, 2.5, "3", None, True])
def test_another_degree_is_refused(degree):
    with pytest.raises(ValueError, match=r"degree must be a whole number from 0 to 12; got "):
        CapacityAndData(degree)


def test_is_light():
    state = CapacityAndData().get_state()
    assert sum(len(v) for v in state.values() if isinstance(v, (bytes, str))) < 300_000
