"""A network in training: its answers over the plane of the data, and both losses, by epoch."""

from functools import cache

import numpy as np
import traitlets

from nablab.data import carried_weights, one_or_five
from nablab.engine.activations import d_sigmoid, sigmoid
from nablab.engine.layers import Dense, Elementwise
from nablab.engine.losses import d_mse, mse
from nablab.engine.network import Batches, Network, evaluate, train_epoch
from nablab.engine.optimizers import GradientDescent
from nablab.widgets.base import Widget, front_end

SAMPLES = 300  # of the training part: enough to see, few enough to draw and to compute
EPOCHS = 60
PATIENCE = 10
RATES = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]
BATCH_SIZES = [10, 50, 300]
SEED = 0
LOSS = (mse, d_mse)


@cache
def parts():
    """Return x, y of the first training samples and of the validation part, standardised by the training part."""
    digits = one_or_five()
    mean, std = digits.x_train.mean(axis=0), digits.x_train.std(axis=0)
    x, x_val = (digits.x_train[:SAMPLES] - mean) / std, (digits.x_val - mean) / std
    return (x, digits.y_train[:SAMPLES]), (x_val, digits.y_val)


def carried_network():
    """Return the 2-3-1 network of sigmoids with the fixed weights that the book carries along."""
    rng = np.random.default_rng(0)  # what it draws is overwritten
    layers = [Dense(2, 3, rng=rng), Elementwise(sigmoid, d_sigmoid), Dense(3, 1, rng=rng)]
    layers[0].wants_dx = False
    network = Network([*layers, Elementwise(sigmoid, d_sigmoid)])
    for p, w in zip(network.params, carried_weights()):
        p[:] = w
    return network


def run(lr, batch_size):
    """Return 13 weights, training and validation loss after each epoch, (EPOCHS + 1, 15); row 0 is the start."""
    training, validation = parts()
    network, optimizer = carried_network(), GradientDescent(lr)
    batches, rows = Batches(*training, batch_size, SEED), []
    for epoch in range(EPOCHS + 1):
        if epoch:
            train_epoch(network, LOSS, optimizer, batches)
        losses = [evaluate(network, LOSS, *part)["loss"] for part in (training, validation)]
        rows.append(np.concatenate([*(p.ravel() for p in network.params), losses]))
    return np.array(rows)


@cache
def recorded():
    """Return the packed runs of the grid, rate by rate, and of each rate batch size by batch size."""
    return np.array([run(lr, size) for lr in RATES for size in BATCH_SIZES], "<f4").tobytes()


class TrainingRun(Widget):
    """Move through the epochs of a run, and see what the network answers where, and both losses.

    Learning rate and batch size are chosen. The network is the 2-3-1 network that the book carries along; it is
    trained on the first 300 training samples of `one_or_five`. On a plain page it shows the nearest of the recorded
    runs; with a kernel Python computes the learning rate asked for.

    >>> TrainingRun()
    TrainingRun()
    """

    _esm = front_end("training_run.js")

    rates = traitlets.List(RATES).tag(sync=True)
    sizes = traitlets.List(BATCH_SIZES).tag(sync=True)
    epochs = traitlets.Int(EPOCHS).tag(sync=True)
    patience = traitlets.Int(PATIENCE).tag(sync=True)
    points = traitlets.Bytes().tag(sync=True)
    runs = traitlets.Bytes().tag(sync=True)

    def __init__(self):
        (x, y), _ = parts()
        super().__init__(points=np.hstack([x, y]).astype("<f4").tobytes(), runs=recorded())
        self.on_msg(self._answer)

    def _answer(self, _, content, buffers):
        if content["kind"] == "hello":
            self.send({"kind": "hello"})
        elif content["kind"] == "run":
            packed = run(content["lr"], BATCH_SIZES[content["size"]]).astype("<f4").tobytes()
            self.send({"kind": "run", "id": content["id"], "lr": content["lr"], "size": content["size"]}, [packed])
