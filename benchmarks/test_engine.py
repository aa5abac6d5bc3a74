"""The engine beside torch and scikit-learn, on one CPU thread each: `make bench`.

The epoch is the same for all: 784-128-10, relu, cross-entropy, all 60,000 training images as float32 in
[0, 1], batches of 128 in a new random order, plain stochastic gradient descent with lr 0.1. What differs:
ours and scikit-learn check their input and watch the loss; torch slices tensors by random indices, with no
DataLoader, its fastest plain form; scikit-learn's epoch holds its own set-up, once (validation, label
encoding, a first drawing of weights), as `max_iter=1` has it.
"""

import time
import warnings

import numpy as np
import pytest
import torch
from sklearn.neural_network import MLPClassifier
from torch import nn

from nablab.data import mnist
from nablab.engine.activations import d_relu, relu
from nablab.engine.layers import Dense, Elementwise
from nablab.engine.losses import cross_entropy, d_cross_entropy
from nablab.engine.network import Batches, Network, train_epoch
from nablab.engine.optimizers import Adam, GradientDescent

torch.set_num_threads(1)  # NumPy's threads are set by OMP_NUM_THREADS, in the Makefile


@pytest.fixture(scope="module")
def digits():
    data = mnist()
    return data.x_train.reshape(60000, 784).astype(np.float32) / 255, data.y_train.astype(np.int64)


@pytest.fixture(params=["wall", "CPU"])
def clock(request, benchmark):
    benchmark._timer = {"wall": time.perf_counter, "CPU": time.process_time}[request.param]
    benchmark.group = f"{request.node.originalname.removeprefix('test_')}, {request.param} time"
    return benchmark


def ours(x, y):
    rng = np.random.default_rng(0)
    layers = [Dense(784, 128, rng=rng, init="he", dtype=np.float32), Elementwise(relu, d_relu)]
    layers[0].wants_dx = False  # torch and scikit-learn do not compute the images' gradient, either
    network = Network([*layers, Dense(128, 10, rng=rng, dtype=np.float32)])
    batches, optimizer = Batches(x, y, 128, seed=0), GradientDescent(0.1)
    return lambda: train_epoch(network, (cross_entropy, d_cross_entropy), optimizer, batches)


def theirs(x, y):
    torch.manual_seed(0)
    x, y = torch.tensor(x), torch.tensor(y)
    model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def epoch():
        total = 0.0
        for batch in torch.randperm(len(x)).split(128):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        return total / len(x)

    return epoch


def scikit_learns(x, y):
    settings = {"solver": "sgd", "momentum": 0, "alpha": 0, "learning_rate_init": 0.1, "batch_size": 128, "max_iter": 1}
    model = MLPClassifier((128,), random_state=0, **settings)

    def epoch():
        with warnings.catch_warnings(action="ignore"):  # one epoch does not converge, as we know
            return model.fit(x, y).loss_

    return epoch


@pytest.mark.parametrize("program", [ours, theirs, scikit_learns], ids=["nablab", "torch", "scikit-learn"])
def test_epoch(program, clock, digits):
    loss = clock.pedantic(program(*digits), rounds=5, warmup_rounds=1)
    assert loss < 0.7


def adam(kind):
    gradient = np.random.default_rng(0).normal(size=10**6).astype(np.float32)
    if kind == "nablab":
        parameter, optimizer = np.ones_like(gradient), Adam()
        return lambda: optimizer.step([parameter], [gradient])
    parameter = torch.ones(10**6, requires_grad=True)
    parameter.grad = torch.tensor(gradient)
    return torch.optim.Adam([parameter], fused=kind == "torch, fused").step


@pytest.mark.parametrize("kind", ["nablab", "torch", "torch, fused"])
def test_adam_step(kind, clock):
    clock.pedantic(adam(kind), rounds=100, warmup_rounds=10)
