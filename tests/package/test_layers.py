"""Layers equal torch's, forward and backward, and pass the gradient check with respect to all they hold."""

import numpy as np
import pytest
import torch
from torch import nn

from nablab.engine import activations
from nablab.engine.gradcheck import check_gradient
from nablab.engine.layers import (
    BatchNorm,
    Conv2d,
    Dense,
    Elementwise,
    Flatten,
    MaxPool2d,
    correlate2d,
    initial_weights,
)
from nablab.engine.network import Network

rng = np.random.default_rng(0)


def dense(n_in, n_out, dtype=np.float64):
    ours = Dense(n_in, n_out, rng=np.random.default_rng(1), dtype=dtype)
    ours.b += rng.normal(size=n_out).astype(dtype)
    theirs = nn.Linear(n_in, n_out).to(torch.float64 if dtype is np.float64 else torch.float32)
    theirs.weight.data, theirs.bias.data = torch.tensor(ours.W.T.copy()), torch.tensor(ours.b)
    return ours, theirs


def conv(n_in, n_out, k, dtype=np.float64):
    ours = Conv2d(n_in, n_out, k, rng=np.random.default_rng(1), dtype=dtype)
    ours.b += rng.normal(size=n_out).astype(dtype)
    theirs = nn.Conv2d(n_in, n_out, k).to(torch.float64 if dtype is np.float64 else torch.float32)
    theirs.weight.data, theirs.bias.data = torch.tensor(ours.W), torch.tensor(ours.b)
    return ours, theirs


def norm(channels, training=True, dtype=np.float64):
    ours = BatchNorm(channels, dtype)
    ours.gamma[:, 0, 0] = rng.normal(size=channels)
    ours.beta[:, 0, 0] = rng.normal(size=channels)
    theirs = nn.BatchNorm2d(channels).to(torch.float64 if dtype is np.float64 else torch.float32)
    theirs.weight.data = torch.tensor(ours.gamma.ravel())
    theirs.bias.data = torch.tensor(ours.beta.ravel())
    for x in 3 + 2 * rng.normal(size=(4, 5, channels, 3, 3)).astype(dtype):  # running averages to evaluate with
        ours.forward(x)
        theirs(torch.tensor(x))
    ours.train(training)
    theirs.train(training)
    return ours, theirs


def tied(shape):
    """Images in which equal numbers are common, as they are after relu."""
    return rng.integers(3, size=shape).astype(float)


CASES = {
    "dense": (*dense(4, 3), (6, 4)),
    "dense, one feature, one unit": (*dense(1, 1), (5, 1)),
    "dense, one sample": (*dense(4, 3), (1, 4)),
    "dense, large batch": (*dense(20, 10), (3000, 20)),
    "dense, float32": (*dense(20, 10, np.float32), (30, 20)),
    "relu": (Elementwise(activations.relu, activations.d_relu), nn.ReLU(), (3, 4)),
    "sigmoid": (Elementwise(activations.sigmoid, activations.d_sigmoid), nn.Sigmoid(), (3, 2, 4, 4)),
    "tanh, float32": (Elementwise(activations.tanh, activations.d_tanh), nn.Tanh(), (3, 4)),
    "flatten": (Flatten(), nn.Flatten(), (3, 2, 4, 5)),
    "flatten, rows": (Flatten(), nn.Flatten(), (3, 2)),
    "conv": (*conv(2, 3, 3), (4, 2, 6, 7)),
    "conv, one pixel": (*conv(1, 1, 1), (1, 1, 1, 1)),
    "conv, all of the image": (*conv(2, 3, 4), (2, 2, 4, 4)),
    "conv, float32": (*conv(2, 3, 3, np.float32), (4, 2, 6, 7)),
    "pool": (MaxPool2d(2), nn.MaxPool2d(2), (3, 2, 4, 6)),
    "pool, a rest": (MaxPool2d(3), nn.MaxPool2d(3), (3, 2, 7, 8)),
    "pool, one pixel": (MaxPool2d(1), nn.MaxPool2d(1), (1, 1, 2, 2)),
    "norm": (*norm(3), (5, 3, 2, 2)),
    "norm, two numbers": (*norm(1), (2, 1, 1, 1)),
    "norm, evaluation": (*norm(3, training=False), (5, 3, 2, 2)),
    "norm, one sample in evaluation": (*norm(3, training=False), (1, 3, 1, 1)),
    "norm, float32": (*norm(3, dtype=np.float32), (5, 3, 2, 2)),
}


@pytest.mark.parametrize("case", CASES)
def test_layers_equal_torch(case):
    ours, theirs, shape = CASES[case]
    dtype = np.float32 if "float32" in case else np.float64
    tolerance = {"rtol": 2e-4, "atol": 2e-5} if dtype is np.float32 else {"rtol": 1e-10, "atol": 1e-12}
    for make in (lambda: 2 * rng.normal(size=shape), lambda: tied(shape), lambda: np.zeros(shape)):
        x = make().astype(dtype)
        x_theirs = torch.tensor(x, requires_grad=True)
        theirs.zero_grad()
        z_theirs = theirs(x_theirs)
        z = ours.forward(x)
        dz = rng.normal(size=z.shape).astype(dtype)
        z_theirs.backward(torch.tensor(dz))
        np.testing.assert_allclose(z, z_theirs.detach().numpy(), **tolerance)
        np.testing.assert_allclose(ours.backward(dz), x_theirs.grad.numpy(), **tolerance)
        assert z.dtype == ours.backward(dz).dtype == dtype
        for name, gradient, reference in zip(ours.parameters, ours.grads, theirs.parameters()):
            wanted = reference.grad.numpy()
            wanted = wanted.T if wanted.ndim == 2 else wanted
            assert gradient.dtype == dtype, name
            assert gradient.shape == getattr(ours, name).shape
            np.testing.assert_allclose(gradient.reshape(wanted.shape), wanted, **tolerance)


def test_the_running_averages_are_torchs():
    ours, theirs = norm(3)
    for dtype in (np.float64, np.float32):
        ours, theirs = norm(3, dtype=dtype)
        assert ours.running.var.dtype == dtype
        np.testing.assert_allclose(ours.running.mean.ravel(), theirs.running_mean.numpy(), rtol=1e-5)
        np.testing.assert_allclose(ours.running.var.ravel(), theirs.running_var.numpy(), rtol=1e-5)


def test_evaluation_changes_no_averages_and_a_later_switch_no_gradient():
    ours, _ = norm(2)
    x, dz = rng.normal(size=(2, 4, 2, 3, 3))
    ours.forward(x)
    wanted = ours.backward(dz)
    ours.train(False)
    np.testing.assert_array_equal(ours.backward(dz), wanted)  # of the forward pass that was
    before = ours.running.mean.copy()
    ours.forward(x)
    np.testing.assert_array_equal(ours.running.mean, before)


def check_layer(layer, x):
    """Compare dx and the gradient of every parameter with measured slopes of a weighted sum of the outputs."""
    weights = rng.normal(size=layer.forward(x).shape)
    params = layer.params

    def loss(x, *values):
        for p, value in zip(params, values):
            p[...] = value
        return (layer.forward(x) * weights).sum()

    def gradient(x, *values):
        loss(x, *values)
        return layer.backward(weights), *layer.grads

    check_gradient(loss, gradient, x, *[p.copy() for p in params])


@pytest.mark.parametrize("case", [case for case in CASES if "float32" not in case and "large" not in case])
def test_gradient_check(case):
    layer, _, shape = CASES[case]
    check_layer(layer, 2 * rng.normal(size=shape))  # at random nothing sits at a kink


def test_gradient_check_of_a_network():
    make = np.random.default_rng(0)
    relu = Elementwise(activations.relu, activations.d_relu)
    first = Network([Conv2d(1, 2, 3, rng=make), BatchNorm(2), relu, MaxPool2d(2), Flatten()])
    network = Network([first, Dense(8, 3, rng=make)])  # a network is a layer
    check_layer(network, rng.normal(size=(3, 1, 6, 6)))
    assert [p.shape for p in network.params] == [(2, 1, 3, 3), (2,), (2, 1, 1), (2, 1, 1), (8, 3), (3,)]
    network.train(False)
    assert not first.layers[1].training


@pytest.mark.parametrize("padding", [0, 1, 2])
def test_correlate2d_equals_torch(padding):
    x, W = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(4, 3, 3, 2))
    wanted = nn.functional.conv2d(torch.tensor(x), torch.tensor(W), padding=padding).numpy()
    np.testing.assert_allclose(correlate2d(x, W, padding), wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("shape", "fan_in", "fan_out"), [((300, 200), 300, 200), ((60, 30, 5, 5), 750, 1500)])
def test_initial_weights_have_the_variance_they_should(shape, fan_in, fan_out):
    draw = np.random.default_rng(0)
    for init, variance in {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in}.items():
        W = initial_weights(shape, init, draw, np.float32)
        assert W.dtype == np.float32
        assert W.var() == pytest.approx(variance, rel=0.03)
        assert abs(W.mean()) < 5 * np.sqrt(variance / W.size)
    assert np.unique(initial_weights(shape, "constant", draw)) == pytest.approx(1 / fan_in)


def test_a_constant_start_never_breaks_the_symmetry():
    """Units that start equal get equal gradients, so that many of them are as one for ever."""
    make = np.random.default_rng(0)
    network = Network(
        [
            Dense(3, 4, rng=make, init="constant"),
            Elementwise(activations.tanh, activations.d_tanh),
            Dense(4, 1, rng=make, init="constant"),
        ]
    )
    for _ in range(20):
        network.backward(network.forward(rng.normal(size=(8, 3))) - 1)
        for p, g in zip(network.params, network.grads):
            p -= 0.1 * g
    W = network.layers[0].W
    assert (W[:, :1] == W).all()
    assert np.ptp(W[:, 0]) > 0.01
