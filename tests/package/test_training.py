"""Training and measuring in PyTorch."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from nablab import training

x = torch.randn(70, 5, generator=torch.Generator().manual_seed(0))
y = (x[:, 0] > 0).long()


def train(seed=0, lr=0.1, **settings):
    torch.manual_seed(1)
    model = nn.Sequential(nn.Linear(5, 8), nn.Dropout(0.2), nn.ReLU(), nn.Linear(8, 2))
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    settings = {"epochs": 3, "batch_size": 32} | settings
    return model, training.fit(model, optimizer, x, y, seed=seed, **settings)


def test_fit_learns():
    model, history = train(epochs=30)
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert training.evaluate(model, x, y).accuracy > 0.9


def test_the_same_seed_gives_the_same_run():
    (first, one), (second, two), (_, other) = train(), train(), train(seed=1)
    assert one == two
    assert one != other
    for p, q in zip(first.parameters(), second.parameters()):
        assert torch.equal(p, q)


def test_history_holds_what_was_measured_and_nothing_else():
    _, history = train()
    assert {name: len(values) for name, values in history.items()} == {"loss": 3, "accuracy": 3}
    _, history = train(validation=(x, y))
    assert list(history) == ["loss", "accuracy", "val_loss", "val_accuracy"]


def test_the_last_smaller_batch_counts_by_its_size():
    model = nn.Linear(5, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)  # the model stays, so the epoch's mean is the set's
    history = training.fit(model, optimizer, x, y, epochs=1, batch_size=32, seed=0)
    whole = training.evaluate(model, x, y, batch_size=32)
    assert history["loss"][0] == pytest.approx(nn.functional.cross_entropy(model(x), y).item(), rel=1e-6)
    assert history["accuracy"][0] == pytest.approx(whole.accuracy, rel=1e-6)


@pytest.mark.parametrize("mode", [True, False])
def test_evaluate_switches_dropout_off_and_back(mode):
    model, _ = train()
    model.train(mode)
    first, second = training.evaluate(model, x, y), training.evaluate(model, x, y)
    assert first.loss == second.loss
    assert model.training is mode
    assert first.predictions.shape == (70,)


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: training.evaluate(nn.Linear(5, 2), x, y),
        lambda x, y: training.fit(None, None, x, y, epochs=1, batch_size=1, seed=0),
    ],
)
@pytest.mark.parametrize(("images", "labels"), [(x, y[:-1]), (x[:0], y[:0])], ids=["lengths", "empty"])
def test_bad_sets(function, images, labels):
    with pytest.raises(ValueError, match=r"x and y must have the same length, at least 1; got \d+ and \d+"):
        function(images, labels)


@pytest.mark.parametrize("name", ["epochs", "batch_size", "seed"])
@pytest.mark.parametrize("value", [-1, 1.5, "3", True])
def test_bad_counts(name, value):
    with pytest.raises(ValueError, match=rf"{name} must be a whole number of at least \d; got {value!r}"):
        train(**{name: value})


@pytest.mark.parametrize("validation", [3, (x,), [x, y]])
def test_bad_validation(validation):
    with pytest.raises(TypeError, match="validation must be a pair of tensors"):
        train(validation=validation)


def test_each_modules_mode_comes_back_even_after_a_failure():
    model = nn.Sequential(nn.Linear(5, 2), nn.BatchNorm1d(2).eval(), nn.Dropout())
    training.evaluate(model, x, y)
    assert [m.training for m in model] == [True, False, True]
    with pytest.raises(RuntimeError):
        training.evaluate(model, x[:, :3], y)
    assert [m.training for m in model] == [True, False, True]


def test_divergence_is_said():
    with pytest.raises(
        FloatingPointError, match=r"the loss is (nan|inf) in epoch \d+: the training diverged; lower lr"
    ):
        train(lr=1e30, epochs=20)


def test_device_can_be_named(monkeypatch):
    monkeypatch.setenv("NABLAB_DEVICE", "cpu")
    assert training.device() == torch.device("cpu")


@pytest.mark.parametrize("name", ["nonsense", "cuda:99"])
def test_a_device_that_is_not_here(name, monkeypatch):
    monkeypatch.setenv("NABLAB_DEVICE", name)
    with pytest.raises(ValueError, match=f"NABLAB_DEVICE must name a device of this machine; got '{name}'"):
        training.device()


@pytest.mark.parametrize(
    ("successes", "trials", "interval"),
    [
        (18, 20, (0.699, 0.972)),
        (90, 100, (0.826, 0.945)),
        (9900, 10000, (0.988, 0.992)),
        (0, 10, (0, 0.278)),
        (10, 10, (0.722, 1)),
    ],
)
def test_wilson_interval(successes, trials, interval):
    assert training.wilson_interval(successes, trials) == pytest.approx(interval, abs=6e-4)


def covered(trials, p):
    """How often the interval of so many independent trials covers p: the sum over all outcomes."""
    rate = 0.0
    for k in range(trials + 1):
        low, high = training.wilson_interval(k, trials)
        if low <= p <= high:
            rate += math.comb(trials, k) * p**k * (1 - p) ** (trials - k)
    return rate


def test_wilson_intervals_cover_95_percent_on_average_and_less_near_the_ends():
    rates = [covered(20, p) for p in np.linspace(0.0005, 0.9995, 400)]
    assert np.mean(rates) == pytest.approx(0.953, abs=0.003)
    assert min(rates) > 0.83
    assert covered(20, 0.0088) == pytest.approx(0.838, abs=0.001)
    assert covered(1000, 0.000176) == pytest.approx(0.839, abs=0.001)


@pytest.mark.parametrize(("successes", "trials"), [(-1, 10), (11, 10), (0, 0)])
def test_wilson_interval_of_nonsense(successes, trials):
    with pytest.raises(ValueError, match=f"got {successes} of {trials}"):
        training.wilson_interval(successes, trials)
    with pytest.raises(TypeError, match="successes must be a number; got 'a'"):
        training.wilson_interval("a", 10)
    with pytest.raises(ValueError, match="z must be above 0; got -1"):
        training.wilson_interval(5, 10, z=-1)
