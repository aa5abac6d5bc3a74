"""The recorded runs are what the engine computes, and the front end's network answers as the engine's does."""

import json
import re
import subprocess

import numpy as np
import pytest
from test_widgets import FOLDER, NODE

from nablab.engine.losses import d_mse, mse
from nablab.engine.network import Batches, fit
from nablab.engine.optimizers import GradientDescent
from nablab.widgets import TrainingRun, training_run
from nablab.widgets.training_run import BATCH_SIZES, EPOCHS, PATIENCE, RATES, SAMPLES


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
    seen = in_node(f"""
        const rows = {json.dumps([row.tolist() for row in rows])}, points = {json.dumps(points.tolist())};
        console.log(JSON.stringify(rows.map((w) => points.map(([a, b]) => front.answer(w, a, b)))));
    """)
    wanted = [with_weights(row).forward(points).ravel() for row in rows]
    np.testing.assert_allclose(seen, wanted, rtol=1e-12)


def in_node(script):
    """Run a script that logs one JSON value, beside the front end's functions."""
    source = f"""
        import * as front from {json.dumps((FOLDER / "training_run.js").as_uri())};
        import {{ readFileSync }} from "node:fs";
        {script}
    """
    command = [NODE, "--input-type=module", "--eval", source]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def kept_and_stopped(losses):
    """Early stopping, written anew: the epoch of the lowest loss so far, once it is PATIENCE epochs old."""
    for epoch in range(len(losses)):
        kept = int(np.argmin(losses[: epoch + 1]))
        if epoch - kept >= PATIENCE:
            return kept, epoch
    return int(np.argmin(losses)), None


def test_the_words_of_every_recorded_epoch_are_what_the_run_does(runs, tmp_path):
    """The status of all 1,830 epochs, against the engine's network, its losses and early stopping written anew."""
    widget = TrainingRun()
    (tmp_path / "runs").write_bytes(widget.runs)
    (tmp_path / "points").write_bytes(widget.points)
    of = {"samples": SAMPLES, "patience": PATIENCE, "epochs": EPOCHS}
    said = in_node(f"""
        const floats = (path) => new Float32Array(new Uint8Array(readFileSync(path)).buffer);
        const [runs, points] = {json.dumps([str(tmp_path / "runs"), str(tmp_path / "points")])}.map(floats);
        const all = [], length = runs.length / {len(RATES) * len(BATCH_SIZES)};
        const rates = {RATES}, sizes = {BATCH_SIZES};
        rates.forEach((lr, i) => sizes.forEach((size, j) => {{
            const at = (i * sizes.length + j) * length, run = front.unpack(runs.subarray(at, at + length));
            const stop = front.earlyStopping(run.validation, {PATIENCE});
            run.weights.forEach((w, epoch) => {{
                const [training, validation] = [run.training[epoch], run.validation[epoch]];
                const now = {{ epoch, training, validation, ...front.count(front.judge(w, points)) }};
                all.push(front.explain(now, {{ ...{json.dumps(of)}, lr, size, ...stop }}));
            }});
        }}));
        console.log(JSON.stringify(all));
    """)
    (x, y), _ = training_run.parts()
    seen, places = iter(said), set()
    for i, lr in enumerate(RATES):
        for j, size in enumerate(BATCH_SIZES):
            kept, stopped = kept_and_stopped(runs[i, j, :, 14])
            for epoch in range(EPOCHS + 1):
                word, why = (text := next(seen))["word"], text["why"]
                fives = with_weights(runs[i, j, epoch].astype(float)).forward(x) > 0.5
                wrong = int((fives != (y == 1)).sum())
                if fives.all() or not fives.any():
                    assert word == f"All {SAMPLES} training points are called {'fives' if fives.all() else 'ones'}"
                else:
                    assert word == f"{wrong} of {SAMPLES} training points on the wrong side"
                place = "before the epoch that is kept" if epoch < kept else "the epoch that is kept"
                if epoch > kept:
                    late = stopped is not None and epoch > stopped
                    place = "after the stop" if late else "after the epoch that is kept"
                places.add(place)
                updates = epoch * -(-SAMPLES // size)
                each = "all samples" if size == SAMPLES else f"{size} samples"
                many = f"{updates} update{'s' * (updates != 1)} with the learning rate {lr}, {each} an update. "
                assert why.startswith(f"Epoch {epoch}, {place}: {many}"), why
                losses = re.search(r"Training loss ([\d.]+), validation loss ([\d.]+)\. ", why).groups()
                np.testing.assert_allclose([float(v) for v in losses], runs[i, j, epoch, 13:], rtol=0.006)
                if stopped is None:
                    assert why.endswith(f"the budget ends the run, and epoch {kept} is kept.")
                else:
                    assert f"after epoch {stopped}, {PATIENCE} epochs without a new low, and keeps epoch {kept}." in why
    assert len(places) == 4
    assert next(seen, None) is None


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
