"""A network trains as its torch twin does; the history, the seed, the callback and a divergence are as stated."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from nablab.engine.activations import d_relu, d_tanh, relu, tanh
from nablab.engine.layers import BatchNorm, Conv2d, Dense, Elementwise, Flatten, MaxPool2d
from nablab.engine.losses import cross_entropy, d_cross_entropy, d_mse, mse
from nablab.engine.network import Batches, Network, accuracy, evaluate, fit, train_epoch
from nablab.engine.optimizers import Adam, GradientDescent

CROSS_ENTROPY = (cross_entropy, d_cross_entropy)
rng = np.random.default_rng(0)
x_train = rng.normal(size=(103, 4))
labels = (x_train[:, 0] > 0).astype(int) + (x_train[:, 1] > 0)  # 3 classes


def small(seed=0, dtype=float):
    make = np.random.default_rng(seed)
    hidden = Dense(4, 8, rng=make, dtype=dtype)
    return Network([hidden, Elementwise(tanh, d_tanh), Dense(8, 3, rng=make, dtype=dtype)])


def test_training_equals_torchs():
    network = small()
    twin = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3)).double()
    for p, q in zip(network.params, twin.parameters()):
        q.data = torch.tensor(p.T.copy())
    optimizer = torch.optim.Adam(twin.parameters(), lr=0.01)
    wanted = []
    for x, y in Batches(x_train, labels, 10, seed=3):
        loss = nn.functional.cross_entropy(twin(torch.tensor(x)), torch.tensor(y))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        wanted.append(loss.item() * len(x))
    got = train_epoch(network, CROSS_ENTROPY, Adam(0.01), Batches(x_train, labels, 10, seed=3))
    assert got == pytest.approx(sum(wanted) / 103, rel=1e-12)
    for p, q in zip(network.params, twin.parameters()):
        np.testing.assert_allclose(p, q.detach().numpy().T, rtol=1e-9, atol=1e-12)


def test_a_convolutional_network_equals_its_torch_twin():
    make = np.random.default_rng(0)
    network = Network(
        [
            Conv2d(1, 2, 3, rng=make),
            BatchNorm(2),
            Elementwise(relu, d_relu),
            MaxPool2d(2),
            Flatten(),
            Dense(18, 3, rng=make),
        ]
    )
    twin = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 3)
    ).double()
    for p, q in zip(network.params, twin.parameters()):
        q.data = torch.tensor(p.T.copy() if p.ndim == 2 else p.reshape(q.shape))
    optimizer = torch.optim.SGD(twin.parameters(), lr=0.1)
    images, y = rng.normal(size=(20, 1, 8, 8)), rng.integers(3, size=20)
    fit(network, CROSS_ENTROPY, GradientDescent(0.1), Batches(images, y, 20, seed=0), epochs=5)
    for _ in range(5):
        optimizer.zero_grad()
        nn.functional.cross_entropy(twin(torch.tensor(images)), torch.tensor(y)).backward()
        optimizer.step()
    twin.eval()
    network.train(False)
    np.testing.assert_allclose(network.forward(images), twin(torch.tensor(images)).detach().numpy(), rtol=1e-8)


def test_history_learning_and_seed():
    validation = (x_train[:50], labels[:50])

    def history(seed):
        network = small()
        return fit(network, CROSS_ENTROPY, Adam(0.03), Batches(x_train, labels, 16, seed), 20, validation)

    first = history(1)
    assert set(first) == {"loss", "val_loss", "val_accuracy"}
    assert all(len(numbers) == 20 and set(map(type, numbers)) == {float} for numbers in first.values())
    assert first["loss"][-1] < 0.5 * first["loss"][0]
    assert first["val_accuracy"][-1] > 0.9
    assert history(1) == first
    assert history(2)["loss"] != first["loss"]


def test_the_mode_comes_back_after_a_failure():
    network = small()
    network.params[0][:] = np.inf
    with pytest.raises(FloatingPointError):
        evaluate(network, CROSS_ENTROPY, x_train, labels)
    assert network.training


def test_validation_data_and_the_mode_are_left_alone():
    network = Network([BatchNorm(1), Flatten(), Dense(4, 3, rng=rng)])
    images, y = rng.normal(size=(12, 1, 2, 2)), rng.integers(3, size=12)
    before = copy.deepcopy(network)
    network.train(False)
    evaluate(network, CROSS_ENTROPY, images, y)
    assert not network.layers[0].training
    network.train()
    evaluate(network, CROSS_ENTROPY, images, y)
    assert network.layers[0].training
    for p, q in zip([*network.params, network.layers[0].running.mean], [*before.params, before.layers[0].running.mean]):
        np.testing.assert_array_equal(p, q)


def test_the_callback_sees_each_epoch():
    seen = []
    network = small()
    fit(
        network,
        CROSS_ENTROPY,
        Adam(),
        Batches(x_train, labels, 50, seed=0),
        3,
        callback=lambda epoch, net, history: seen.append((epoch, net is network, len(history["loss"]))),
    )
    assert seen == [(0, True, 1), (1, True, 2), (2, True, 3)]


@pytest.mark.parametrize("batch_size", [1, 7, 103, 1000])
def test_an_epoch_meets_every_sample_once_with_its_answer(batch_size):
    batches = Batches(np.arange(103.0), np.arange(103), batch_size, seed=0)
    first, second = (list(batches) for _ in range(2))
    for epoch in (first, second):
        assert sorted(np.concatenate([y for _, y in epoch])) == list(range(103))
        assert all((x == y).all() for x, y in epoch)
        assert [len(x) for x, _ in epoch[:-1]] == [batch_size] * (len(epoch) - 1)
    assert np.concatenate([y for _, y in first]).tolist() != np.concatenate([y for _, y in second]).tolist()


def test_float32_stays_float32():
    network, x = small(dtype=np.float32), x_train.astype(np.float32)
    adam = Adam()
    fit(network, CROSS_ENTROPY, adam, Batches(x, labels, 20, seed=0), 2, (x, labels))
    assert {a.dtype for a in [*network.params, *network.grads, *adam.m, *adam.v]} == {np.dtype(np.float32)}


def test_without_labels_there_is_no_accuracy():
    network = Network([Dense(4, 1, rng=rng)])
    y = x_train @ np.ones((4, 1))
    history = fit(network, (mse, d_mse), GradientDescent(0.1), Batches(x_train, y, 103, seed=0), 200, (x_train, y))
    assert set(history) == {"loss", "val_loss"}
    assert history["val_loss"][-1] < 1e-10
    np.testing.assert_allclose(network.params[0], 1, rtol=1e-4)


@pytest.mark.parametrize("lr", [5.0, 1e3, 1e100, 1e300])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_divergence_is_called_one(lr, dtype):
    make = np.random.default_rng(0)
    layers = [Dense(4, 8, rng=make, dtype=dtype), Elementwise(relu, d_relu), Dense(8, 1, rng=make, dtype=dtype)]
    x = x_train.astype(dtype)
    with pytest.raises(FloatingPointError, match=r"diverge.*lower lr"):
        fit(Network(layers), (mse, d_mse), GradientDescent(lr), Batches(x, x[:, :1], 20, seed=0), 200, (x, x[:, :1]))


def test_an_infinite_loss_ends_the_training_at_once():
    network, far = Network([Dense(4, 1, rng=rng)]), np.full((103, 1), 1e200)
    before = network.params[0].copy()
    with pytest.raises(FloatingPointError, match="the loss is inf: the training diverged"):
        train_epoch(network, (mse, d_mse), GradientDescent(0.1), Batches(x_train, far, 20, seed=0))
    np.testing.assert_array_equal(network.params[0], before)
    with pytest.raises(FloatingPointError, match="the loss is inf"):
        evaluate(network, (mse, d_mse), x_train, far)
    assert network.training


def test_accuracy():
    assert accuracy(np.array([[0.0, 1.0], [1.0, 0.0], [3.0, 2.0], [0.0, 2.0]]), np.array([1, 0, 1, 1])) == 0.75
    with pytest.raises(ValueError, match=r"labels must have shape \(N,\)"):
        accuracy(np.ones((1, 2)), np.array([[0.5, 0.5]]))
