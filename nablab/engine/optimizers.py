"""Rules that turn gradients into steps. Each updates lists of arrays in place, as `torch.optim` does."""

import numpy as np

from nablab.engine import validate


class GradientDescent:
    r"""Gradient descent: a step against the gradient, in proportion to it.

    p <- p - lr * g

    Parameters
    ----------
    lr : float
        The learning rate, above 0, in units of p^2 / loss.

    >>> p = np.array([1.0, -2.0])
    >>> GradientDescent(lr=0.1).step([p], [2 * p])
    >>> p
    array([ 0.8, -1.6])

    Source: Cauchy (1847); as stated in Goodfellow, Bengio and Courville (2016), equation 4.5.
    """

    def __init__(self, lr):
        validate.positive(lr=lr)
        self.lr = lr

    def step(self, params, grads):
        """Update every array of `params` in place from the array of the same place in `grads`.

        Raises TypeError for arrays that cannot hold the result (integers, lists) and
        ValueError for lengths or shapes that differ.
        """
        validate.updatable(params, grads)
        for p, g in zip(params, grads):
            p -= self.lr * g


class Momentum:
    r"""Gradient descent with momentum (the heavy ball): a velocity remembers earlier gradients.

    v <- momentum * v + g,   p <- p - lr * v,   starting from v = 0

    Parameters
    ----------
    lr : float
        The learning rate, above 0.
    momentum : float
        The share of the velocity kept at each step, in [0, 1); 0 is plain gradient descent.

    `velocity` is the list of arrays v, or None before the first step.

    >>> p = np.array([1.0])
    >>> ball = Momentum(lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     ball.step([p], [2 * p])
    >>> p
    array([0.46])

    Source: Polyak (1964); in the form of `torch.optim.SGD`, whose lr stands outside v.
    """

    def __init__(self, lr, momentum):
        validate.positive(lr=lr)
        validate.fraction(momentum=momentum)
        self.lr = lr
        self.momentum = momentum
        self.velocity = None

    def step(self, params, grads):
        """Update every array of `params` in place; errors as in `GradientDescent.step`.

        Raises ValueError, too, where `params` changed shape since the first step.
        """
        validate.updatable(params, grads)
        validate.same_params(self.velocity, params)
        if self.velocity is None:
            self.velocity = [np.zeros_like(p) for p in params]
        for p, g, v in zip(params, grads, self.velocity):
            v *= self.momentum
            v += g
            p -= self.lr * v
