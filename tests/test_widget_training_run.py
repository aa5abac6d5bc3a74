"""The recorded runs are what the engine computes, and the front end's network answers as the engine's does."""

import json
import subprocess

import numpy as np
import pytest
from test_widgets import FOLDER, NODE

from nablab.engine.losses import d_mse, mse
from nablab.engine.network import Batches, fit
from nablab.engine.optimizers import GradientDescent
from nablab.widgets import TrainingRun, training_run
from nablab.widgets.training_run import BATCH_SIZES, EPOCHS, RATES, SAMPLES


@pytest.fixture(scope="module")
def runs():
    return np.frombuffer(TrainingRun().runs, "<f4").reshape(len(RATES), len(BATCH_SIZES), EPOCHS + 1, 15)


def with_weights(row):
    network = training_run.carried_network()
    start = 0
    for p in network.params:
        p[:] = row[start : start + p.size].reshape(p.shape)
        start += p.size
    return network


def test_what_is_packed_is_what_fit_computes(runs):
    training, validation = training_run.parts()
    network = training_run.carried_network()
    batches = Batches(*training, BATCH_SIZES[1], training_run.SEED)
    history = fit(network, (mse, d_mse), GradientDescent(RATES[4]), batches, EPOCHS, validation)
    run = runs[4, 1]
    np.testing.assert_allclose(run[1:, 14], history["val_loss"], rtol=1e-6)
    np.testing.assert_allclose(run[-1, :13], np.concatenate([p.ravel() for p in network.params]), rtol=1e-6)
    assert run[-1, 13] == pytest.approx(mse(network.forward(training[0]), training[1]), rel=1e-6)


def test_every_run_starts_from_the_carried_weights(runs):
    start = np.concatenate([p.ravel() for p in training_run.carried_network().params])
    np.testing.assert_allclose(runs[:, :, 0, :13], np.broadcast_to(start, (*runs.shape[:2], 13)), rtol=1e-6)


def test_the_first_two_samples_are_the_book_s():
    points = np.frombuffer(TrainingRun().points, "<f4").reshape(SAMPLES, 3)
    np.testing.assert_array_equal(points[:2].round(3), np.float32([[0.970, 1.302, 1], [-0.349, 0.534, 0]]))


def test_the_grid_shows_each_end_of_a_training(runs):
    """Creeping, learning, and outputs driven to one side: what the chapter asks the reader to find."""
    last = runs[:, :, -1, 14]
    assert last.min() < 0.1
    assert last[0, -1] > 0.2
    assert np.isclose(last[-1], runs[-1, 0, 1, 14]).all()


def test_the_front_end_answers_as_the_engine_does(runs):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(20, 2)) * 2
    rows = [runs[i, j, t].astype(float) for i, j, t in ((0, 2, 0), (4, 0, 60), (7, 1, 33), (9, 0, 5))]
    script = f"""
        import {{ answer }} from {json.dumps((FOLDER / "training_run.js").as_uri())};
        const rows = {json.dumps([row.tolist() for row in rows])}, points = {json.dumps(points.tolist())};
        console.log(JSON.stringify(rows.map((w) => points.map(([a, b]) => answer(w, a, b)))));
    """
    command = [NODE, "--input-type=module", "--eval", script]
    seen = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    wanted = [with_weights(row).forward(points).ravel() for row in rows]
    np.testing.assert_allclose(seen, wanted, rtol=1e-12)


def test_with_a_kernel_python_answers(monkeypatch, runs):
    widget, sent = TrainingRun(), []
    monkeypatch.setattr(widget, "send", lambda content, buffers=None: sent.append((content, buffers)))
    widget._answer(widget, {"kind": "hello"}, [])
    widget._answer(widget, {"kind": "run", "id": 7, "lr": RATES[3], "size": 2}, [])
    (hello, _), (answer, buffers) = sent
    assert hello == {"kind": "hello"}
    assert answer == {"kind": "run", "id": 7, "lr": RATES[3], "size": 2}
    np.testing.assert_array_equal(np.frombuffer(buffers[0], "<f4").reshape(EPOCHS + 1, 15), runs[3, 2])


def test_its_state_is_small():
    state = TrainingRun().get_state()
    assert sum(len(v) for v in state.values() if isinstance(v, (bytes, str))) < 300_000
