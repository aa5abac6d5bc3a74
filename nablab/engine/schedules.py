"""Schedules: the learning rate as a function of the step, counted from 0.

>>> from nablab.engine.optimizers import GradientDescent
>>> optimizer = GradientDescent(lr=1.0)
>>> for t in range(3):
...     optimizer.lr = cosine(t, lr=1.0, steps=2)
...     print(optimizer.lr)
1.0
0.5
0.0
"""

import math

from nablab.engine import validate


def constant(step, lr):
    r"""Return the same learning rate at every step.

    `step` is a number of at least 0, `lr` one above 0; so in every schedule. Raises TypeError or
    ValueError for other input; so does every schedule.

    >>> constant(1000, lr=0.1)
    0.1
    """
    validate.within(0, math.inf, step=step)
    validate.positive(lr=lr)
    return lr


def step_decay(step, lr, every, factor):
    r"""Multiply the learning rate by `factor` once `every` so many steps.

    lr factor^floor(step / every)

    `every` is a whole number of at least 1, `factor` lies above 0 and at most at 1.

    >>> [step_decay(t, lr=1.0, every=2, factor=0.5) for t in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]

    Source: torch.optim.lr_scheduler.StepLR.
    """
    validate.within(0, math.inf, step=step)
    validate.positive(lr=lr, factor=factor)
    validate.within(0, 1, factor=factor)
    validate.whole(every=every)
    return lr * factor ** (step // every)


def cosine(step, lr, steps, lr_end=0.0):
    r"""Follow half a wave of the cosine from `lr` at step 0 to `lr_end` at step `steps`.

    lr_end + (lr - lr_end) (1 + cos(pi step / steps)) / 2

    `steps` is a number above 0, `step` lies from 0 to `steps`.

    >>> [round(cosine(t, lr=1.0, steps=4), 3) for t in range(5)]
    [1.0, 0.854, 0.5, 0.146, 0.0]

    Source: Loshchilov and Hutter (2017), equation 5, without restarts.
    """
    validate.positive(lr=lr, steps=steps)
    validate.within(0, steps, step=step)
    validate.within(0, math.inf, lr_end=lr_end)
    return lr_end + (lr - lr_end) * (1 + math.cos(math.pi * step / steps)) / 2


def one_cycle(step, lr, steps, warmup=0.3):
    r"""Rise from lr/25 to the peak `lr` in the share `warmup` of all steps, then fall to lr/250,000.

    Both ways follow half a wave of the cosine. `steps` is how many steps there are in all, a whole
    number, and `step` runs from 0 to `steps` - 1; warmup `steps` must exceed 1.

    >>> [round(one_cycle(t, lr=1.0, steps=10, warmup=0.4), 2) for t in range(10)]
    [0.04, 0.28, 0.76, 1.0, 0.93, 0.75, 0.5, 0.25, 0.07, 0.0]

    Source: Smith and Topin (2019); as torch.optim.lr_scheduler.OneCycleLR has it.
    """
    validate.one_cycle(step, steps, warmup)
    validate.positive(lr=lr)
    peak = warmup * steps - 1  # the step at the peak; need not be whole
    if step <= peak:
        return cosine(step, lr / 25, peak, lr)
    return cosine(step - peak, lr, steps - 1 - peak, lr / 25e4)
