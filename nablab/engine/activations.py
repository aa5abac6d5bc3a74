"""Activations: what a layer does to its sums, element by element; softmax does it row by row.

Each works on arrays of any shape, in float32 or float64, and is finite for every finite number, where the
textbook's form would overflow. `d_f(z)` is the derivative of `f` at z. The error is at most 12 eps, where eps
is the spacing of floats at 1, or as many times the value where that is larger than 1. Relative to small
values it can be larger: `gelu` and `d_gelu` lose their digits far below 0, where gelu(-8) is 0, not -3e-21.
"""

import math

import numpy as np

from nablab.engine import validate


def sigmoid(z):
    r"""Return the logistic sigmoid, a smooth step from 0 to 1.

    sigma(z) = 1 / (1 + exp(-z)),   sigma(-z) = 1 - sigma(z)

    Parameters
    ----------
    z : float, or array (...) of floats
        Any finite numbers; so in every function of this module.

    Returns an array of the shape and dtype of z. Raises TypeError or ValueError for anything else
    than finite floats; so does every function of this module.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])

    Source: Goodfellow, Bengio and Courville (2016), section 3.10.
    """
    validate.finite(z=z)
    e = np.exp(-np.abs(z))  # exp(-z) would overflow for z far below 0
    return np.where(z >= 0, 1, e) / (1 + e)


def d_sigmoid(z):
    r"""Return the derivative of the sigmoid, at most 1/4.

    sigma'(z) = sigma(z) (1 - sigma(z)) = sigma(z) sigma(-z)

    >>> d_sigmoid(np.array([0.0, 1000.0]))
    array([0.25, 0.  ])

    Source: Goodfellow, Bengio and Courville (2016), section 3.10.
    """
    validate.finite(z=z)
    return sigmoid(z) * sigmoid(-z)  # 1 - sigma(z) would lose its digits where sigma is near 1


def tanh(z):
    r"""Return the hyperbolic tangent, a smooth step from -1 to 1.

    tanh(z) = (exp(z) - exp(-z)) / (exp(z) + exp(-z)) = 2 sigma(2z) - 1

    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])

    Source: LeCun, Bottou, Orr and Müller (1998), section 4.4.
    """
    validate.finite(z=z)
    return np.tanh(z)


def d_tanh(z):
    r"""Return the derivative of tanh, at most 1.

    tanh'(z) = 1 - tanh(z)^2 = 4 e / (1 + e)^2,   with e = exp(-2 |z|)

    >>> d_tanh(np.array([0.0, 1000.0]))
    array([1., 0.])
    """
    validate.finite(z=z)
    e = np.exp(-np.abs(z)) ** 2  # 1 - tanh(z)^2 would lose its digits where tanh is near 1
    return 4 * e / (1 + e) ** 2


def relu(z):
    r"""Return the rectified linear unit: z where it is positive, else 0.

    relu(z) = max(z, 0)

    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])

    Source: Nair and Hinton (2010).
    """
    validate.finite(z=z)
    return np.maximum(z, 0)


def d_relu(z):
    r"""Return the derivative of relu: 1 where z > 0, else 0.

    At the kink, z = 0, relu has no derivative. Any number from 0 to 1 may stand for it; we take
    relu'(0) = 0, as PyTorch does.

    >>> d_relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 1.])

    Source: Bertoin, Bolte, Gerchinovitz and Pauwels (2021), on the choice at 0.
    """
    validate.finite(z=z)
    return np.sign(np.maximum(z, 0))


def leaky_relu(z, slope=0.01):
    r"""Return z where it is positive, else a small share of it, so that no unit dies.

    leaky_relu(z) = max(z, slope z)

    `slope`, in [0, 1), is the share.

    >>> leaky_relu(np.array([-2.0, 0.0, 3.0]))
    array([-0.02,  0.  ,  3.  ])

    Source: Maas, Hannun and Ng (2013).
    """
    validate.finite(z=z)
    validate.fraction(slope=slope)
    return np.maximum(z, slope * z)


def d_leaky_relu(z, slope=0.01):
    r"""Return the derivative of leaky_relu: 1 where z > 0, else `slope`, at 0, too.

    >>> d_leaky_relu(np.array([-2.0, 0.0, 3.0]))
    array([0.01, 0.01, 1.  ])
    """
    validate.finite(z=z)
    validate.fraction(slope=slope)
    return np.maximum(np.sign(z), slope)


def gelu(z):
    r"""Return the Gaussian error linear unit in its tanh approximation (torch: approximate="tanh").

    gelu(z) = z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3)))

    The exact form, z times the standard normal distribution function, differs by less than 0.0005.

    >>> gelu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.1588,  0.    ,  0.8412])

    Source: Hendrycks and Gimpel (2016), section 2.
    """
    validate.finite(z=z)
    u = np.clip(z, -10, 10)  # past 10 tanh is 1 to the last digit, and the cube would overflow
    return 0.5 * z * (1 + np.tanh(math.sqrt(2 / math.pi) * (u + 0.044715 * u**3)))


def d_gelu(z):
    r"""Return the derivative of gelu, in the same approximation.

    With t = tanh(c (z + 0.044715 z^3)), c = sqrt(2/pi):
    gelu'(z) = (1 + t)/2 + z/2 (1 - t^2) c (1 + 0.134145 z^2)

    >>> d_gelu(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    validate.finite(z=z)
    c = math.sqrt(2 / math.pi)
    z = np.clip(z, -10, 10)  # as in gelu
    t = np.tanh(c * (z + 0.044715 * z**3))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * c * (1 + 0.134145 * z**2)


def silu(z):
    r"""Return the sigmoid linear unit, also called swish.

    silu(z) = z sigma(z)

    >>> silu(np.array([-1.0, 0.0, 1.0])).round(4)
    array([-0.2689,  0.    ,  0.7311])

    Source: Hendrycks and Gimpel (2016), section 2.
    """
    validate.finite(z=z)
    return z * sigmoid(z)


def d_silu(z):
    r"""Return the derivative of silu.

    silu'(z) = sigma(z) (1 + z (1 - sigma(z)))

    >>> d_silu(np.array([-1000.0, 0.0, 1000.0])) + 0.0
    array([0. , 0.5, 1. ])
    """
    validate.finite(z=z)
    return sigmoid(z) * (1 + z * sigmoid(-z))


def softplus(z):
    r"""Return the softplus, a relu with its kink rounded off.

    softplus(z) = log(1 + exp(z)) = max(z, 0) + log(1 + exp(-|z|))

    >>> softplus(np.array([-1000.0, 0.0, 1000.0])).round(4)
    array([0.000e+00, 6.931e-01, 1.000e+03])

    Source: Goodfellow, Bengio and Courville (2016), section 3.10.
    """
    validate.finite(z=z)
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def d_softplus(z):
    r"""Return the derivative of softplus: the sigmoid.

    >>> d_softplus(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])

    Source: Goodfellow, Bengio and Courville (2016), section 3.10.
    """
    validate.finite(z=z)
    return sigmoid(z)


def softmax(z):
    r"""Return probabilities in proportion to exp(z), along the last axis.

    p_k = exp(z_k) / sum_j exp(z_j),   the same for z and z + constant

    Parameters
    ----------
    z : array (..., C) of floats, C >= 1
        Logits, such as (N, C): a row for each sample, a column for each class.

    Returns an array of the same shape; along the last axis it sums to 1.

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])

    Source: Goodfellow, Bengio and Courville (2016), equation 4.1.
    """
    validate.rows(z=z)
    with np.errstate(over="ignore"):  # a difference below the lowest float is -inf, and exp(-inf) is 0
        e = np.exp(z - z.max(axis=-1, keepdims=True))  # exp(z) would overflow
    return e / e.sum(axis=-1, keepdims=True)


def log_softmax(z):
    r"""Return the logarithm of softmax, which keeps its digits where the probability itself rounds to 0.

    log p_k = z_k - log(sum_j exp(z_j))

    z as in `softmax`; returns an array of the same shape.

    >>> log_softmax(np.array([[0.0, 0.0], [1000.0, 0.0]]))[1]
    array([    0., -1000.])

    Source: Goodfellow, Bengio and Courville (2016), section 4.1.
    """
    validate.rows(z=z)
    with np.errstate(over="ignore"):  # as in softmax
        z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
