"""The PyTorch side: which device, how to train, how to measure. The one module that knows torch."""

import math
import os
from numbers import Real
from typing import NamedTuple

import torch
from torch import nn
from tqdm.auto import tqdm


def device():
    """Return the device to compute on: cuda where there is one, else the CPU.

    The environment variable NABLAB_DEVICE overrides; Apple's mps must be asked for so.
    Raises ValueError for a device that is not here.
    """
    name = os.environ.get("NABLAB_DEVICE") or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"NABLAB_DEVICE must name a device of this machine; got {name!r}: {reason}") from error
    return torch.device(name)


def fit(
    model, optimizer, x, y, *, epochs, batch_size, seed, validation=None, loss_function=nn.functional.cross_entropy
):
    """Train `model` in place by mini-batches and return the history of what was measured.

    Parameters
    ----------
    model : torch.nn.Module
        Returns logits (N, C) for inputs (N, ...).
    optimizer : torch.optim.Optimizer
        Made for `model.parameters()`.
    x, y : tensors (N, ...) and (N,)
        Training data, on the model's device.
    epochs, batch_size, seed : int
        Each epoch visits every sample once, in an order drawn from `seed`.
    validation : pair of tensors, optional
        Measured after each epoch, never trained on.
    loss_function : callable
        Takes logits and labels and returns their mean loss.

    Returns a dict of lists with one number an epoch: `loss` and `accuracy`, averaged over the
    epoch's batches as they were met, and with `validation` also `val_loss` and `val_accuracy`.
    Raises ValueError for an empty set or lengths that differ, FloatingPointError where the loss
    is no longer finite.
    """
    if len(x) != len(y) or len(x) == 0:
        raise ValueError(f"x and y must have the same length, at least 1; got {len(x)} and {len(y)}")
    for name, value, least in (("epochs", epochs, 1), ("batch_size", batch_size, 1), ("seed", seed, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name} must be a whole number of at least {least}; got {value!r}")
    if not (validation is None or (isinstance(validation, tuple) and len(validation) == 2)):
        raise TypeError(f"validation must be a pair of tensors, (x, y); got {validation!r}")
    order = torch.Generator().manual_seed(seed)
    history = {"loss": [], "accuracy": []}
    hidden = bool(os.environ.get("TQDM_DISABLE"))  # tqdm's bar for notebooks overlooks its own variable
    with tqdm(total=epochs * len(x), unit="image", unit_scale=True, disable=hidden) as progress:
        for epoch in range(epochs):
            model.train()
            total = torch.zeros(2, device=x.device)  # summed loss, number right
            for batch in torch.randperm(len(x), generator=order).to(x.device).split(batch_size):
                logits = model(x[batch])
                loss = loss_function(logits, y[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                right = (logits.argmax(1) == y[batch]).sum()
                total += torch.stack([loss.detach() * len(batch), right])
                progress.update(len(batch))
            loss, accuracy = (total / len(x)).cpu().tolist()
            if not math.isfinite(loss):
                raise FloatingPointError(f"the loss is {loss} in epoch {epoch + 1}: the training diverged; lower lr")
            history["loss"].append(loss)
            history["accuracy"].append(accuracy)
            if validation is not None:
                result = evaluate(model, *validation, loss_function=loss_function)
                history.setdefault("val_loss", []).append(result.loss)
                history.setdefault("val_accuracy", []).append(result.accuracy)
            progress.set_postfix({name: f"{values[-1]:.4f}" for name, values in history.items()})
    return history


class Evaluation(NamedTuple):
    """What a model scores on a set: its mean loss, its accuracy, and the class it gives to each sample."""

    loss: float
    accuracy: float
    predictions: torch.Tensor  # (N,)


@torch.no_grad()
def evaluate(model, x, y, batch_size=1000, loss_function=nn.functional.cross_entropy):
    """Return the `Evaluation` of `model` on inputs (N, ...) and labels (N,), in evaluation mode.

    Each module's mode is put back as it was. Raises ValueError for an empty set or lengths that differ.
    """
    if len(x) != len(y) or len(x) == 0:
        raise ValueError(f"x and y must have the same length, at least 1; got {len(x)} and {len(y)}")
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        logits = torch.cat([model(batch) for batch in x.split(batch_size)])  # (N, C)
    finally:
        for module, mode in modes:
            module.training = mode
    predictions = logits.argmax(1)
    right = (predictions == y).sum().item()
    return Evaluation(loss_function(logits, y).item(), right / len(y), predictions)


def wilson_interval(successes, trials, z=1.959964):
    r"""Return the Wilson interval for a proportion, 95 % at the default z.

    (k + z^2/2 -+ z sqrt(k (n - k) / n + z^2/4)) / (n + z^2)

    Unlike k/n -+ 1.96 standard errors it stays within [0, 1], and has a width where k is 0 or n. It assumes
    independent trials. Its rate of covering the true p is then 95 % on average over p, but not for every p:
    near 0 and 1 it can fall to 84 % (n = 20, p = 0.0088; n = 1000, p = 0.000176).

    >>> [round(limit, 3) for limit in wilson_interval(18, 20)]
    [0.699, 0.972]

    Raises TypeError for what is no number, ValueError unless 0 <= successes <= trials, trials >= 1 and z > 0.

    Source: Wilson (1927); Brown, Cai and DasGupta (2001), equation 4.
    """
    for name, value in (("successes", successes), ("trials", trials), ("z", z)):
        if not isinstance(value, Real):
            raise TypeError(f"{name} must be a number; got {value!r}")
    if not (trials >= 1 and 0 <= successes <= trials):
        raise ValueError(f"successes must lie between 0 and trials, trials be at least 1; got {successes} of {trials}")
    if not z > 0:
        raise ValueError(f"z must be above 0; got {z!r}")
    middle = successes + z**2 / 2
    half = z * math.sqrt(successes * (trials - successes) / trials + z**2 / 4)
    return (middle - half) / (trials + z**2), (middle + half) / (trials + z**2)
