"""Losses: one number for how wrong predictions are, the mean over all samples (or elements).

`d_f` is the gradient of the loss `f` with respect to its first argument, in that argument's shape.
"""

import numpy as np

from nablab.engine import validate
from nablab.engine.activations import log_softmax, sigmoid, softmax


def mse(y_hat, y):
    r"""Return the mean squared error.

    mse = 1/n sum_i (y_hat_i - y_i)^2,   over all n elements

    Parameters
    ----------
    y_hat, y : arrays of floats, of the same shape (...) and dtype
        Predictions and true values. (N,) against (N, 1) is an error: NumPy would broadcast the two to
        (N, N) and return a wrong number in silence.

    Returns a float in units of y^2. Raises TypeError or ValueError for other input.

    >>> print(mse(np.array([1.0, 2.0]), np.array([1.0, 4.0])))
    2.0

    Source: Goodfellow, Bengio and Courville (2016), equation 5.4.
    """
    validate.alike(y_hat=y_hat, y=y)
    return np.mean((y_hat - y) ** 2)


def d_mse(y_hat, y):
    r"""Return the gradient of mse with respect to y_hat.

    d mse / d y_hat_i = 2 (y_hat_i - y_i) / n

    >>> d_mse(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    array([ 0., -2.])
    """
    validate.alike(y_hat=y_hat, y=y)
    return 2 * (y_hat - y) / y.size


def binary_cross_entropy(p, y):
    r"""Return the cross-entropy of yes-or-no answers, from probabilities.

    bce = 1/n sum_i -(y_i log p_i + (1 - y_i) log(1 - p_i)),   neither -log above 100

    A probability of exactly 0 for what came true would make the loss infinite. As in PyTorch, -log is
    held at 100. It hides how wrong a sure and wrong answer is: where there are logits, use
    `binary_cross_entropy_with_logits`.

    Parameters
    ----------
    p, y : arrays of floats in [0, 1], of the same shape (...) and dtype
        Predicted probabilities of "yes", and the answers: 1 for yes, 0 for no.

    Returns a float in nats. Raises TypeError or ValueError for other input.

    >>> print(binary_cross_entropy(np.array([0.5, 0.0]), np.array([1.0, 1.0])).round(4))
    50.3466

    Source: Goodfellow, Bengio and Courville (2016), section 6.2.2.2.
    """
    validate.alike(p=p, y=y)
    validate.probabilities(p=p, y=y)
    with np.errstate(divide="ignore"):  # log(0) is -inf, which becomes 100
        yes, no = np.minimum(-np.log(p), 100), np.minimum(-np.log1p(-p), 100)
    return np.mean(y * yes + (1 - y) * no)


def d_binary_cross_entropy(p, y):
    r"""Return the gradient of binary_cross_entropy with respect to p.

    d bce / d p_i = (p_i - y_i) / (p_i (1 - p_i)) / n

    As in PyTorch, the divisor p (1 - p) is held above 1e-12, so that p = 0 and p = 1 have a gradient. It is
    not the slope of the loss where that is held at 100: there the loss is flat.

    >>> d_binary_cross_entropy(np.array([0.5, 0.8]), np.array([1.0, 1.0]))
    array([-1.   , -0.625])
    """
    validate.alike(p=p, y=y)
    validate.probabilities(p=p, y=y)
    return (p - y) / np.maximum(p * (1 - p), 1e-12) / y.size


def binary_cross_entropy_with_logits(logits, y):
    r"""Return the cross-entropy of yes-or-no answers, from logits, which may be far larger than exp can take.

    With p = sigma(z): bce = 1/n sum_i max(z_i, 0) - z_i y_i + log(1 + exp(-|z_i|))

    Parameters
    ----------
    logits, y : arrays of floats, of the same shape (...) and dtype
        What the last layer computes before the sigmoid, and the answers, in [0, 1].

    Returns a float in nats. Raises TypeError or ValueError for other input.

    >>> print(binary_cross_entropy_with_logits(np.array([1000.0, 0.0]), np.array([0.0, 1.0])).round(4))
    500.3466

    Source: Goodfellow, Bengio and Courville (2016), section 6.2.2.2.
    """
    validate.alike(logits=logits, y=y)
    validate.probabilities(y=y)
    z = logits
    return np.mean(np.maximum(z, 0) - z * y + np.log1p(np.exp(-np.abs(z))))


def d_binary_cross_entropy_with_logits(logits, y):
    r"""Return the gradient of binary_cross_entropy_with_logits with respect to the logits.

    d bce / d z_i = (sigma(z_i) - y_i) / n

    >>> d_binary_cross_entropy_with_logits(np.array([1000.0, 0.0]), np.array([0.0, 1.0]))
    array([ 0.5 , -0.25])
    """
    validate.alike(logits=logits, y=y)
    validate.probabilities(y=y)
    return (sigmoid(logits) - y) / y.size


def cross_entropy(logits, labels):
    r"""Return the cross-entropy of one class out of C, from logits.

    With p = softmax(z): loss = 1/N sum_n -log p_n,label(n),   or 1/N sum_n sum_k -y_nk log p_nk

    Parameters
    ----------
    logits : array (N, C) of floats
    labels : array (N,) of integers from 0 to C - 1, or array (N, C) of floats
        The class of each sample; or a row of probabilities y for each sample, which sums to 1.

    Returns a float in nats. Raises TypeError or ValueError for other input.

    >>> print(cross_entropy(np.array([[0.0, 0.0], [1000.0, 0.0]]), np.array([0, 1])).round(4))
    500.3466

    Source: Goodfellow, Bengio and Courville (2016), section 6.2.2.3.
    """
    validate.classes(logits, labels)
    log_p = log_softmax(logits)  # (N, C)
    if labels.ndim == 1:
        return -np.mean(log_p[np.arange(len(labels)), labels])
    return -np.mean((labels * log_p).sum(axis=1))


def d_cross_entropy(logits, labels):
    r"""Return the gradient of cross_entropy with respect to the logits.

    d loss / d z = (softmax(z) - y) / N,   with y the labels as rows, 1 at the class and 0 elsewhere

    >>> d_cross_entropy(np.array([[0.0, 0.0], [1000.0, 0.0]]), np.array([0, 1]))
    array([[-0.25,  0.25],
           [ 0.5 , -0.5 ]])
    """
    validate.classes(logits, labels)
    dlogits = softmax(logits)  # (N, C)
    if labels.ndim == 1:
        dlogits[np.arange(len(labels)), labels] -= 1
    else:
        dlogits -= labels
    return dlogits / len(labels)
