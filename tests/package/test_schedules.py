"""The schedules are those of torch.optim.lr_scheduler."""

import pytest
import torch

from nablab.engine import schedules

schedulers = torch.optim.lr_scheduler


def theirs(make, steps, lr=0.3):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    scheduler = make(optimizer)
    rates = []
    for t in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        if t + 1 < steps:
            optimizer.step()
            scheduler.step()
    return pytest.approx(rates, rel=1e-9, abs=1e-14)


def test_constant():
    assert [schedules.constant(t, 0.3) for t in range(9)] == [0.3] * 9


@pytest.mark.parametrize(("every", "factor"), [(1, 0.5), (3, 0.1), (100, 0.5)])
def test_step_decay(every, factor):
    ours = [schedules.step_decay(t, 0.3, every, factor) for t in range(20)]
    assert ours == theirs(lambda optimizer: schedulers.StepLR(optimizer, every, gamma=factor), 20)


@pytest.mark.parametrize("steps", [1, 2, 50])
@pytest.mark.parametrize("lr_end", [0.0, 0.01])
def test_cosine(steps, lr_end):
    ours = [schedules.cosine(t, 0.3, steps, lr_end) for t in range(steps + 1)]
    wanted = theirs(lambda o: schedulers.CosineAnnealingLR(o, steps, eta_min=lr_end), steps + 1)
    assert ours == wanted


@pytest.mark.parametrize(("steps", "warmup"), [(4, 0.3), (10, 0.4), (100, 0.3), (77, 0.5)])
def test_one_cycle(steps, warmup):
    ours = [schedules.one_cycle(t, 0.3, steps, warmup) for t in range(steps)]
    assert ours == theirs(lambda o: schedulers.OneCycleLR(o, 0.3, total_steps=steps, pct_start=warmup), steps)
