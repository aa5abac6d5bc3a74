"""Rules that turn gradients into steps. Each updates lists of arrays in place, as `torch.optim` does.

None looks for NaN or inf, which would cost a plain step a quarter of its time and more: they go on into the
parameters, and what is computed from these is refused by the next layer or by the loss.
"""

import math

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


class Nesterov:
    r"""Momentum that looks ahead: the gradient counts once more on top of the velocity.

    v <- momentum * v + g,   p <- p - lr * (g + momentum * v),   starting from v = 0

    Parameters and `velocity` as in `Momentum`.

    >>> p = np.array([1.0])
    >>> ball = Nesterov(lr=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     ball.step([p], [2 * p])
    >>> p.round(4)
    array([0.2224])

    Source: Nesterov (1983); in the form of Sutskever, Martens, Dahl and Hinton (2013), as `torch.optim.SGD` has it.
    """

    def __init__(self, lr, momentum):
        validate.positive(lr=lr)
        validate.fraction(momentum=momentum)
        self.lr = lr
        self.momentum = momentum
        self.velocity = None

    def step(self, params, grads):
        """Update every array of `params` in place; errors as in `Momentum.step`."""
        validate.updatable(params, grads)
        validate.same_params(self.velocity, params)
        if self.velocity is None:
            self.velocity = [np.zeros_like(p) for p in params]
        for p, g, v in zip(params, grads, self.velocity):
            v *= self.momentum
            v += g
            p -= self.lr * (g + self.momentum * v)


def update_mean(mean, beta, value, scratch):
    r"""Move a running mean towards a new value, in place.

    mean <- beta mean + (1 - beta) value

    Parameters
    ----------
    mean, scratch : arrays of floats, of one shape
        `scratch` takes what is computed on the way, so that a step asks for no memory.
    beta : float
        In [0, 1).
    value : array of the same shape; may be `scratch` itself

    Raises TypeError or ValueError for other input.

    >>> mean = np.array([1.0, 0.0])
    >>> update_mean(mean, 0.75, np.array([2.0, 2.0]), np.empty(2))
    >>> mean
    array([1.25, 0.5 ])
    """
    validate.fraction(beta=beta)
    validate.in_place(2, mean=mean, scratch=scratch, value=value)
    mean *= beta
    mean += np.multiply(1 - beta, value, out=scratch)


def scaled_step(p, m, v, lr, eps, scratch):
    r"""Step against m, divided by the root of v, in place.

    p <- p - lr m / (sqrt(v) + eps)

    p, m, v and `scratch` are arrays of floats of one shape, v at least 0; lr is at least 0, eps above 0.
    Raises TypeError or ValueError for other input.

    >>> p = np.array([1.0, 1.0])
    >>> scaled_step(p, np.array([2.0, -3.0]), np.array([4.0, 9.0]), 0.1, 1e-8, np.empty(2))
    >>> p
    array([0.9, 1.1])
    """
    validate.within(0, math.inf, lr=lr)
    validate.positive(eps=eps)
    validate.in_place(2, p=p, scratch=scratch, m=m, v=v)
    np.sqrt(v, out=scratch)
    scratch += eps
    np.divide(m, scratch, out=scratch)
    scratch *= lr
    p -= scratch


class RMSProp:
    r"""Divide each step by the root of a running mean of the squared gradient, parameter by parameter.

    v <- beta2 v + (1 - beta2) g^2,   p <- p - lr g / (sqrt(v) + eps),   starting from v = 0

    Parameters
    ----------
    lr : float
        The learning rate, above 0, in units of p.
    beta2 : float
        The share of the mean kept at each step, in [0, 1).
    eps : float
        Above 0; keeps the division from failing where v = 0.

    `v` is the list of arrays v, or None before the first step.

    >>> p = np.array([1.0, -100.0])
    >>> RMSProp(lr=0.1, beta2=0.75).step([p], [2 * p])
    >>> p
    array([  0.8, -99.8])

    Source: Tieleman and Hinton (2012), lecture 6.5; with eps as `torch.optim.RMSprop` has it.
    """

    def __init__(self, lr=0.01, beta2=0.99, eps=1e-8):
        validate.positive(lr=lr, eps=eps)
        validate.fraction(beta2=beta2)
        self.lr, self.beta2, self.eps = lr, beta2, eps
        self.v = None

    def step(self, params, grads):
        """Update every array of `params` in place; errors as in `Momentum.step`."""
        validate.updatable(params, grads)
        validate.same_params(self.v, params)
        if self.v is None:
            self.v = [np.zeros_like(p) for p in params]
            self.scratch = [np.empty_like(p) for p in params]
        for p, g, v, s in zip(params, grads, self.v, self.scratch):
            update_mean(v, self.beta2, np.multiply(g, g, out=s), s)
            scaled_step(p, g, v, self.lr, self.eps, s)


class Adam:
    r"""Momentum and RMSProp in one, both freed from their bias towards 0 in the first steps.

    t <- t + 1,   m <- beta1 m + (1 - beta1) g,   v <- beta2 v + (1 - beta2) g^2
    m_hat = m / (1 - beta1^t),   v_hat = v / (1 - beta2^t),   p <- p - lr m_hat / (sqrt(v_hat) + eps)

    starting from t = 0, m = v = 0. The first step is lr in size, whatever the gradient's scale, as long as
    the gradient is large beside eps. With c1 = 1 - beta1^t, c2 = 1 - beta2^t, the code takes the equal
    p <- p - lr sqrt(c2)/c1 m / (sqrt(v) + eps sqrt(c2)), which divides no array by c1 and c2.

    Parameters
    ----------
    lr : float
        The learning rate, above 0, in units of p.
    beta1, beta2 : float
        The shares of m and of v kept at each step, in [0, 1).
    eps : float
        Above 0; keeps the division from failing where v = 0.
    bias_correction : bool
        False takes m_hat = m and v_hat = v, to show what the correction is for.

    `t`, and the lists of arrays `m` and `v` (None before the first step), may be read for plots.

    >>> p = np.array([1.0, -100.0])
    >>> Adam(lr=0.1).step([p], [2 * p])
    >>> p
    array([  0.9, -99.9])

    Source: Kingma and Ba (2015), algorithm 1; its efficient order at the end of section 2.
    """

    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, bias_correction=True):
        validate.positive(lr=lr, eps=eps)
        validate.fraction(beta1=beta1, beta2=beta2)
        validate.flags(bias_correction=bias_correction)
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.bias_correction = bias_correction
        self.t, self.m, self.v = 0, None, None

    def step(self, params, grads):
        """Update every array of `params` in place; errors as in `Momentum.step`."""
        validate.updatable(params, grads)
        validate.same_params(self.m, params)
        if self.t == 0:
            self.m = [np.zeros_like(p) for p in params]
            self.v = [np.zeros_like(p) for p in params]
            self.scratch = [np.empty_like(p) for p in params]
        self.t += 1
        c1 = 1 - self.beta1**self.t if self.bias_correction else 1
        c2 = 1 - self.beta2**self.t if self.bias_correction else 1
        for p, g, m, v, s in zip(params, grads, self.m, self.v, self.scratch):
            update_mean(m, self.beta1, g, s)
            update_mean(v, self.beta2, np.multiply(g, g, out=s), s)
            scaled_step(p, m, v, self.lr * c2**0.5 / c1, self.eps * c2**0.5, s)


class AdamW(Adam):
    r"""Adam with weight decay that is kept out of the adaptive ratio.

    p <- p - lr weight_decay p,   then a step of Adam

    Parameters
    ----------
    lr : float
        As in `Adam`, which takes the `others`, too: beta1, beta2, eps, bias_correction.
    weight_decay : float
        The decay's rate, at least 0.

    >>> p = np.array([1.0])
    >>> AdamW(lr=0.1, weight_decay=0.5).step([p], [2 * p])
    >>> p
    array([0.85])

    Source: Loshchilov and Hutter (2019), algorithm 2; scaled by lr, as `torch.optim.AdamW` has it.
    """

    def __init__(self, lr=1e-3, weight_decay=0.01, **others):
        validate.within(0, math.inf, weight_decay=weight_decay)
        super().__init__(lr, **others)
        self.weight_decay = weight_decay

    def step(self, params, grads):
        """Update every array of `params` in place; errors as in `Momentum.step`."""
        validate.updatable(params, grads)
        validate.same_params(self.m, params)
        for p in params:
            p *= 1 - self.lr * self.weight_decay
        super().step(params, grads)
