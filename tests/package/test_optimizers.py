"""The engine's optimisers take the steps of torch.optim, keep the rates of the textbooks, and refuse bad input."""

import copy
import re

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nablab.engine.landscapes import Quadratic
from nablab.engine.optimizers import Adam, AdamW, GradientDescent, Momentum, Nesterov, RMSProp
from nablab.engine.schedules import cosine

SHAPES = [(), (1,), (3,), (4, 5), (2, 1, 3)]


def slope(p):
    """A gradient that differs from entry to entry and changes with the parameters."""
    return np.sin(p) + 0.3 * p


@pytest.mark.parametrize("steps", [1, 10, 200])
@pytest.mark.parametrize(("lr", "momentum"), [(0.1, 0.0), (0.01, 0.9), (0.3, 0.5)])
def test_steps_equal_torch(steps, lr, momentum):
    rng = np.random.default_rng(steps)
    ours = [rng.normal(size=shape) for shape in SHAPES]
    theirs = [torch.tensor(p.copy(), requires_grad=True) for p in ours]
    optimizer = Momentum(lr, momentum) if momentum else GradientDescent(lr)
    reference = torch.optim.SGD(theirs, lr=lr, momentum=momentum)
    for _ in range(steps):
        optimizer.step(ours, [np.asarray(slope(p)) for p in ours])
        for p in theirs:
            p.grad = torch.tensor(slope(p.detach().numpy()))
        reference.step()
    for p, q in zip(ours, theirs):
        np.testing.assert_allclose(p, q.detach().numpy(), rtol=1e-12, atol=1e-14)


ADAPTIVE = {
    "Nesterov": (Nesterov(0.01, 0.9), lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True)),
    "RMSProp": (RMSProp(), torch.optim.RMSprop),
    "RMSProp, others": (RMSProp(0.1, 0.5, 1e-3), lambda p: torch.optim.RMSprop(p, lr=0.1, alpha=0.5, eps=1e-3)),
    "Adam": (Adam(), torch.optim.Adam),
    "Adam, others": (Adam(0.01, 0.5, 0.7, 1e-2), lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.5, 0.7), eps=1e-2)),
    "Adam, no means": (Adam(0.01, 0, 0, 1e-3), lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.0, 0.0), eps=1e-3)),
    "AdamW": (AdamW(), torch.optim.AdamW),
    "AdamW, others": (AdamW(0.1, 0.5, beta1=0.5), lambda p: torch.optim.AdamW(p, 0.1, (0.5, 0.999), weight_decay=0.5)),
}


@pytest.mark.parametrize("steps", [1, 10, 200])
@pytest.mark.parametrize("layout", ["C", "F"])
@pytest.mark.parametrize(("ours", "theirs"), ADAPTIVE.values(), ids=ADAPTIVE)
def test_adaptive_steps_equal_torch(ours, theirs, steps, layout):
    rng = np.random.default_rng(steps)
    params = [np.asarray(rng.normal(size=shape), order=layout) for shape in [*SHAPES, (0, 3)]]
    references = [torch.tensor(p, requires_grad=True) for p in params]
    ours, reference = copy.deepcopy(ours), theirs(references)
    for _ in range(steps):
        ours.step(params, [np.asarray(slope(p)) for p in params])
        for p in references:
            p.grad = torch.tensor(slope(p.detach().numpy()))
        reference.step()
    for p, q in zip(params, references):
        np.testing.assert_allclose(p, q.detach().numpy(), rtol=1e-10, atol=1e-13)


def test_the_state_of_adam_is_there_to_plot():
    p, adam = np.array([1.0, -2.0]), Adam(beta1=0.9, beta2=0.99)
    assert (adam.t, adam.m, adam.v) == (0, None, None)
    adam.step([p], [np.array([3.0, 4.0])])
    assert adam.t == 1
    np.testing.assert_allclose(adam.m[0], [0.3, 0.4])
    np.testing.assert_allclose(adam.v[0], [0.09, 0.16])


@pytest.mark.parametrize("scale", [1e-3, 1, 1e6])
def test_the_first_step_of_adam_is_lr_in_size(scale):
    p = np.array([1.0, -1.0])
    Adam(lr=0.1).step([p], [scale * np.array([1.0, -3.0])])
    np.testing.assert_allclose(p, [0.9, -0.9], rtol=1e-5)


def test_without_its_correction_adam_starts_too_fast():
    """With the defaults m is a tenth of g and sqrt(v) a 32nd: the first step is 3.16 times lr."""
    p = np.array([1.0])
    Adam(lr=0.1, bias_correction=False).step([p], [np.array([7.0])])
    np.testing.assert_allclose(p, 1 - 0.1 * 0.1 / np.sqrt(0.001), rtol=1e-6)


def test_decay_stays_out_of_the_ratio():
    """Kept apart from the gradient, decay shrinks a weight at the same rate whatever its gradient's size."""
    p = np.array([1.0, 1.0])
    AdamW(lr=0.1, weight_decay=0.5).step([p], [np.zeros(2)])
    np.testing.assert_allclose(p, 0.95)


@pytest.mark.parametrize("make", [GradientDescent, Adam, AdamW, RMSProp])
def test_where_a_schedule_has_come_to_zero_nothing_moves(make):
    p, optimizer = np.ones(2), make(0.1)
    optimizer.lr = cosine(10, 0.1, 10)
    optimizer.step([p], [np.ones(2)])
    assert p.tolist() == [1, 1]


OPTIMIZERS = [GradientDescent(0.1), Momentum(0.1, 0.9), Nesterov(0.1, 0.9), RMSProp(), Adam(), AdamW(weight_decay=0)]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: type(o).__name__)
def test_no_gradient_no_step_and_float32_stays(optimizer):
    optimizer = copy.deepcopy(optimizer)
    p = np.ones(3, dtype=np.float32)
    for _ in range(3):
        optimizer.step([p], [np.zeros(3, dtype=np.float32)])
    assert p.tolist() == [1, 1, 1]
    for _ in range(3):
        optimizer.step([p], [np.ones(3)])
    for state in vars(optimizer).values():
        assert not isinstance(state, list) or state[0].dtype == np.float32
    assert (p < 1).all()


@pytest.mark.parametrize("optimizer", [GradientDescent(0.1), Momentum(0.1, 0.9)], ids=["plain", "momentum"])
def test_updates_in_place_and_keeps_float32(optimizer):
    whole = np.ones((2, 3), dtype=np.float32)
    optimizer.step([whole[0]], [np.ones(3, dtype=np.float32)])
    assert whole.dtype == np.float32
    np.testing.assert_allclose(whole, [[0.9] * 3, [1] * 3], rtol=1e-6)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5), st.floats(1e-6, 10))
def test_a_zero_gradient_moves_nothing(values, lr):
    p = np.array(values)
    GradientDescent(lr).step([p], [np.zeros_like(p)])
    assert p.tolist() == values


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=5), st.floats(1e-6, 1))
def test_momentum_zero_is_gradient_descent(values, lr):
    plain, ball = np.array(values), np.array(values)
    descent, momentum = GradientDescent(lr), Momentum(lr, 0)
    for _ in range(3):
        descent.step([plain], [slope(plain)])
        momentum.step([ball], [slope(ball)])
    np.testing.assert_array_equal(plain, ball)


def distances(optimizer, curvatures, steps):
    bowl, p = Quadratic(curvatures), np.ones(len(curvatures))
    result = [np.linalg.norm(p)]
    for _ in range(steps):
        optimizer.step([p], [bowl.gradient(p)])
        result.append(np.linalg.norm(p))
    return np.array(result)


@pytest.mark.parametrize(("lr", "factor"), [(1 / 100, 0.99), (2 / 101, 99 / 101), (2 / 100, 1.0), (2.01 / 100, 1.01)])
def test_rate_on_a_quadratic(lr, factor):
    """Nesterov (2018): the factor is max(|1 - lr mu|, |1 - lr L|), here with mu = 1 and L = 100."""
    d = distances(GradientDescent(lr), [1, 100], 3000)
    assert d[-1] / d[-2] == pytest.approx(factor, rel=1e-6)


def test_heavy_ball_rate():
    """Polyak (1964): with the best rates the factor tends to (sqrt(kappa) - 1) / (sqrt(kappa) + 1) = 9/11."""
    d = distances(Momentum(4 / 11**2, (9 / 11) ** 2), [1, 100], 400)
    assert (d[400] / d[200]) ** (1 / 200) == pytest.approx(9 / 11, abs=0.01)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_the_edge_is_two_times_one_plus_momentum_over_curvature(momentum):
    edge = 2 * (1 + momentum) / 7
    assert distances(Momentum(0.99 * edge, momentum), [7], 4000)[-1] < 1e-6
    assert distances(Momentum(1.01 * edge, momentum), [7], 2000)[-1] > 1e3


@pytest.mark.parametrize("make", [GradientDescent, lambda lr: Momentum(lr, 0.9), Adam, AdamW, RMSProp])
@pytest.mark.parametrize(
    ("lr", "error"),
    [(-0.1, ValueError), (0, ValueError), (float("nan"), ValueError), (float("inf"), ValueError)]
    + [(bad, TypeError) for bad in ("0.1", None, True, 1j, [0.1])],
)
def test_bad_learning_rate(make, lr, error):
    with pytest.raises(error, match=rf"lr must be .*{re.escape(repr(lr))}"):
        make(lr)


@pytest.mark.parametrize(
    ("momentum", "error"),
    [(-0.1, ValueError), (1, ValueError), (1.5, ValueError), (float("nan"), ValueError), ("0.9", TypeError)],
)
def test_bad_momentum(momentum, error):
    with pytest.raises(error, match="momentum must be .*" + re.escape(repr(momentum))):
        Momentum(0.1, momentum)


def frozen():
    array = np.ones(3)
    array.flags.writeable = False
    return array


BAD_PAIRS = {
    "lengths": ([np.ones(3)], [], ValueError, "same length; got 1 params and 0 grads"),
    "shapes": ([np.ones(3)], [np.ones(4)], ValueError, r"params\[0\] and grads\[0\].*\(3,\) and \(4,\)"),
    "column": ([np.ones(3)], [np.ones((3, 1))], ValueError, r"\(3,\) and \(3, 1\)"),
    "integers": ([np.ones(3, dtype=int)], [np.ones(3)], TypeError, r"params\[0\].*int64.*astype\(float\)"),
    "list entry": ([[1.0]], [np.ones(1)], TypeError, r"params\[0\] must be a NumPy array; got list"),
    "frozen": ([frozen()], [np.ones(3)], ValueError, r"params\[0\] is read-only.*copy"),
    "bare array": (np.ones(3), [np.ones(3)], TypeError, "params must be a list of NumPy arrays; got ndarray"),
    "complex": ([np.ones(3)], [np.ones(3) * 1j], TypeError, r"grads\[0\].*complex128"),
    "booleans": ([np.ones(3)], [np.ones(3, dtype=bool)], TypeError, r"grads\[0\].*bool"),
    "objects": ([np.ones(3)], [np.array([None] * 3)], TypeError, r"grads\[0\].*object"),
    "number": ([np.ones(3)], [2.0], TypeError, r"grads\[0\] must be a NumPy array; got float"),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: type(o).__name__)
@pytest.mark.parametrize(("params", "grads", "error", "message"), BAD_PAIRS.values(), ids=BAD_PAIRS)
def test_bad_arrays(optimizer, params, grads, error, message):
    with pytest.raises(error, match=message):
        copy.deepcopy(optimizer).step(params, grads)


def test_a_bad_second_array_leaves_the_first_as_it_was():
    good = np.ones(2)
    with pytest.raises(ValueError, match=r"params\[1\]"):
        GradientDescent(0.1).step([good, np.ones(3)], [np.ones(2), np.ones(4)])
    assert good.tolist() == [1, 1]


@pytest.mark.parametrize("optimizer", OPTIMIZERS[1:], ids=lambda o: type(o).__name__)
def test_an_optimiser_with_a_memory_refuses_other_parameters(optimizer):
    ball = copy.deepcopy(optimizer)
    ball.step([np.ones(3)], [np.ones(3)])
    with pytest.raises(ValueError, match=r"began with \[\(3,\)\] and now got \[\(2,\)\].*Make a new optimiser"):
        ball.step([np.ones(2)], [np.ones(2)])
