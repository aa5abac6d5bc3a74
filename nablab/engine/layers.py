"""Layers: each takes what the one before it computed forward, and hands the gradient backward.

`forward(x)` returns the output for a batch x; `backward(dz)` takes the gradient of the loss with respect
to that output, stores the gradients of the layer's parameters, and returns the one of x. A gradient is
named after its variable: `dW` belongs to `W`. Bad input raises TypeError or ValueError.
"""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from nablab.engine import validate


class Layer:
    """What every layer has: names of its parameters, layers within it, a mode, and its last input.

    `params` and `grads` list the arrays of parameters and of their gradients in the same order, with
    those of the layers within; before `backward` the gradients are None. `train(False)` switches to
    evaluation, `train()` back; only BatchNorm minds.

    >>> layer = Dense(2, 1, rng=np.random.default_rng(0))
    >>> layer.parameters, [p.shape for p in layer.params]
    (('W', 'b'), [(2, 1), (1,)])
    """

    parameters = ()
    layers = ()
    training = True
    x = None

    @property
    def params(self):
        own = [getattr(self, name) for name in self.parameters]
        return own + [p for layer in self.layers for p in layer.params]

    @property
    def grads(self):
        own = [getattr(self, "d" + name, None) for name in self.parameters]
        return own + [g for layer in self.layers for g in layer.grads]

    def train(self, training=True):
        self.training = training
        for layer in self.layers:
            layer.train(training)


def initial_weights(shape, init, rng, dtype=float):
    r"""Draw the weights a layer starts from.

    "xavier": variance 2 / (fan_in + fan_out), derived for a slope of 1 at 0, which tanh has; the sigmoid's
        is 1/4, and gradients fade in a deep stack of them
    "he": variance 2 / fan_in, for relu
    "constant": 1 / fan_in everywhere, to show that equal units are moved alike: only rounding can part them

    Parameters
    ----------
    shape : tuple
        (in, out) of a dense layer, where fan_in = in and fan_out = out, or (out, in, k, k) of a
        convolution, where fan_in = in k^2 and fan_out = out k^2.
    init : "xavier", "he" or "constant"
    rng : np.random.Generator
    dtype : np.float64 or np.float32

    Returns an array of that shape, normally distributed around 0 unless constant. Raises ValueError for
    another `init`, TypeError for another `rng` or `dtype`.

    >>> initial_weights((2, 3), "constant", np.random.default_rng(0))
    array([[0.5, 0.5, 0.5],
           [0.5, 0.5, 0.5]])

    Source: Glorot and Bengio (2010), equation 12; He, Zhang, Ren and Sun (2015), equation 10.
    """
    validate.weights(shape, init, rng, dtype)
    area = math.prod(shape[2:])
    fan_in, fan_out = shape if len(shape) == 2 else (shape[1] * area, shape[0] * area)
    if init == "constant":
        return np.full(shape, 1 / fan_in, dtype)
    variance = 2 / (fan_in + fan_out) if init == "xavier" else 2 / fan_in
    return (math.sqrt(variance) * rng.standard_normal(shape)).astype(dtype)


class Dense(Layer):
    r"""A dense (fully connected) layer: every output is a weighted sum of all inputs.

    z = x W + b;   dW = x^T dz,   db = sum_n dz_n,   dx = dz W^T

    Parameters
    ----------
    in_features, out_features : int
    rng : np.random.Generator
        Draws the weights `W` (in, out); the biases `b` (out,) start at 0.
    init : as in `initial_weights`
    dtype : np.float64 or np.float32

    forward takes x (N, in), backward dz (N, out). On the first layer of a network dx is a third of the
    work, and for nothing where only parameters are trained: set `wants_dx` to False there, and backward
    returns None.

    >>> layer = Dense(3, 2, rng=np.random.default_rng(0))
    >>> layer.forward(np.ones((4, 3))).shape, layer.backward(np.ones((4, 2))).shape, layer.dW.shape
    ((4, 2), (4, 3), (3, 2))

    Source: Rumelhart, Hinton and Williams (1986).
    """

    parameters = ("W", "b")
    wants_dx = True

    def __init__(self, in_features, out_features, *, rng, init="xavier", dtype=float):
        validate.whole(in_features=in_features, out_features=out_features)
        self.W = initial_weights((in_features, out_features), init, rng, dtype)
        self.b = np.zeros(out_features, dtype)

    def forward(self, x):
        validate.batch(("N", len(self.W)), self.W.dtype, x=x)
        self.x = x
        return x @ self.W + self.b  # (N, out)

    def backward(self, dz):
        validate.backward(self.x, lambda x: (len(x), len(self.b)), dz=dz)
        self.dW = self.x.T @ dz  # (in, out)
        self.db = dz.sum(axis=0)  # (out,)
        return dz @ self.W.T if self.wants_dx else None  # (N, in)


class Elementwise(Layer):
    r"""A layer without parameters that applies a function to each number.

    a = f(x);   dx = da f'(x)

    Parameters
    ----------
    function, derivative : callables
        f and f', such as `relu` and `d_relu`; each takes an array and returns one of its shape.

    forward takes x of any shape (N, ...), backward da of the same.

    >>> from nablab.engine.activations import d_relu, relu
    >>> layer = Elementwise(relu, d_relu)
    >>> layer.forward(np.array([[-1.0, 2.0]])), layer.backward(np.array([[5.0, 5.0]]))
    (array([[0., 2.]]), array([[0., 5.]]))
    """

    def __init__(self, function, derivative):
        validate.functions(function=function, derivative=derivative)
        self.function = function
        self.derivative = derivative

    def forward(self, x):
        validate.batch(("N", ...), x=x)
        self.x = x
        return self.function(x)

    def backward(self, da):
        validate.backward(self.x, np.shape, da=da)
        return da * self.derivative(self.x)


class Flatten(Layer):
    """A layer that lays the numbers of each sample in one row: (N, C, H, W) becomes (N, C H W).

    >>> layer = Flatten()
    >>> layer.forward(np.ones((5, 2, 3, 3))).shape, layer.backward(np.ones((5, 18))).shape
    ((5, 18), (5, 2, 3, 3))
    """

    def forward(self, x):
        validate.batch(("N", ...), x=x)
        self.x = x
        return x.reshape(len(x), -1)

    def backward(self, dz):
        validate.backward(self.x, lambda x: (len(x), x[0].size), dz=dz)
        return dz.reshape(self.x.shape)


def correlate2d(x, W, padding=0):
    r"""Slide kernels over images and sum what each covers: what deep learning calls a convolution.

    z_noij = sum_cuv x_nc,i+u,j+v W_ocuv

    Parameters
    ----------
    x : array (N, C, H, W)
        Images.
    W : array (O, C, k, l)
        One kernel for each of O outputs.
    padding : int
        So many rows and columns of zeros are put around the images.

    Returns an array (N, O, H', W') with H' = H + 2 padding - k + 1 and W' likewise.
    Raises TypeError or ValueError for other input.

    >>> correlate2d(np.ones((5, 3, 28, 28)), np.ones((8, 3, 5, 5))).shape
    (5, 8, 24, 24)

    Source: Goodfellow, Bengio and Courville (2016), equation 9.6.
    """
    validate.images_and_kernels(x, W, padding)
    x = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    windows = sliding_window_view(x, W.shape[2:], axis=(2, 3))  # (N, C, H', W', k, l)
    z = np.tensordot(windows, W, axes=([1, 4, 5], [1, 2, 3]))  # (N, H', W', O)
    return z.transpose(0, 3, 1, 2)  # (N, O, H', W')


class Conv2d(Layer):
    r"""A convolution: the same small kernels at every place of an image, with stride 1.

    z = x * W + b;   dW = x * dz with samples and channels swapped,
    dx = dz * W with W flipped, its channels swapped, and dz padded by k - 1

    where * is `correlate2d`: the gradients of a convolution are convolutions.

    Parameters
    ----------
    in_channels, out_channels, kernel_size : int
    rng, dtype : as in `Dense`; the weights `W` (out, in, k, k) are drawn as "he", the biases `b` (out,) are 0

    forward takes x (N, in, H, W), backward dz (N, out, H - k + 1, W - k + 1).

    >>> layer = Conv2d(1, 8, 5, rng=np.random.default_rng(0))
    >>> layer.forward(np.ones((2, 1, 28, 28))).shape, layer.backward(np.ones((2, 8, 24, 24))).shape
    ((2, 8, 24, 24), (2, 1, 28, 28))

    Source: LeCun, Bottou, Bengio and Haffner (1998), section II.
    """

    parameters = ("W", "b")

    def __init__(self, in_channels, out_channels, kernel_size, *, rng, dtype=float):
        validate.whole(in_channels=in_channels, out_channels=out_channels, kernel_size=kernel_size)
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.W = initial_weights(shape, "he", rng, dtype)
        self.b = np.zeros(out_channels, dtype)

    def forward(self, x):
        validate.batch(("N", self.W.shape[1], "H", "W"), self.W.dtype, x=x)
        validate.covers(x, *self.W.shape[2:])
        self.x = x
        return correlate2d(x, self.W) + self.b[:, None, None]

    def backward(self, dz):
        validate.backward(self.x, lambda x: validate.convolved(x, self.W), dz=dz)
        by_channel = correlate2d(self.x.swapaxes(0, 1), dz.swapaxes(0, 1))  # (in, out, k, k)
        self.dW = by_channel.swapaxes(0, 1)  # (out, in, k, k)
        self.db = dz.sum(axis=(0, 2, 3))  # (out,)
        flipped = self.W.swapaxes(0, 1)[:, :, ::-1, ::-1]  # (in, out, k, k)
        return correlate2d(dz, flipped, padding=flipped.shape[-1] - 1)  # (N, in, H, W)


class MaxPool2d(Layer):
    r"""Keep the largest of every k x k tile of an image.

    z_ncij = max over u, v < k of x_nc,ki+u,kj+v;   dz goes to where the maximum was

    Of equal numbers the first counts, row by row; rows and columns that fill no tile are left out; both
    as in PyTorch. `kernel_size` is k. forward takes x (N, C, H, W), backward dz (N, C, H // k, W // k).

    >>> layer = MaxPool2d(2)
    >>> layer.forward(np.arange(16.0).reshape(1, 1, 4, 4))
    array([[[[ 5.,  7.],
             [13., 15.]]]])
    >>> layer.backward(np.ones((1, 1, 2, 2)))[0, 0, 1]
    array([0., 1., 0., 1.])

    Source: Goodfellow, Bengio and Courville (2016), section 9.3.
    """

    def __init__(self, kernel_size):
        validate.whole(kernel_size=kernel_size)
        self.kernel_size = kernel_size

    def forward(self, x):
        k = self.kernel_size
        validate.batch(("N", "C", "H", "W"), x=x)
        validate.covers(x, k, k)
        self.x = x
        tiles = sliding_window_view(x, (k, k), axis=(2, 3))[:, :, ::k, ::k]
        tiles = tiles.reshape(*tiles.shape[:4], k * k)  # (N, C, H // k, W // k, k k)
        self.first = tiles.argmax(axis=-1)  # (N, C, H // k, W // k)
        return tiles.max(axis=-1)

    def backward(self, dz):
        k = self.kernel_size
        validate.backward(self.x, lambda x: (*x.shape[:2], x.shape[2] // k, x.shape[3] // k), dz=dz)
        dx = np.zeros_like(self.x)
        tiles = sliding_window_view(dx, (k, k), axis=(2, 3), writeable=True)
        chosen = np.arange(k * k).reshape(k, k) == self.first[..., None, None]
        tiles[:, :, ::k, ::k] = chosen * dz[..., None, None]  # these tiles do not overlap
        return dx


class RunningMoments:
    r"""Mean and variance of each channel: of this batch in training, running ones in evaluation.

    running <- running + 0.1 (batch - running),   starting from mean 0 and variance 1: recent batches count most

    The running variance takes the unbiased variance of the batch, n / (n - 1) times the mean square.

    `channels` is C. `moments(x, training)` takes x (N, C, H, W) and returns mean and variance, (C, 1, 1),
    and from how many numbers they are: infinitely many in evaluation, where no one number moves them.

    >>> running = RunningMoments(3)
    >>> mean, var, n = running.moments(np.ones((5, 3, 4, 4)), training=True)
    >>> n, mean.ravel(), running.mean.ravel()
    (80, array([1., 1., 1.]), array([0.1, 0.1, 0.1]))

    Source: Ioffe and Szegedy (2015), section 3.1; with PyTorch's share of 0.1.
    """

    def __init__(self, channels, dtype=float):
        validate.whole(channels=channels)
        validate.float_type(dtype)
        self.mean = np.zeros((channels, 1, 1), dtype)
        self.var = np.ones((channels, 1, 1), dtype)

    def moments(self, x, training):
        validate.batch(("N", len(self.mean), "H", "W"), self.mean.dtype, x=x)
        validate.flags(training=training)
        if not training:
            return self.mean, self.var, math.inf
        n = x.size // len(self.mean)
        validate.spread(x, n)
        mean = x.mean(axis=(0, 2, 3))[:, None, None]  # (C, 1, 1)
        var = x.var(axis=(0, 2, 3))[:, None, None]  # (C, 1, 1)
        self.mean += 0.1 * (mean - self.mean)
        self.var += 0.1 * (n / (n - 1) * var - self.var)
        return mean, var, n


class BatchNorm(Layer):
    r"""Give each channel mean 0 and variance near 1 over the batch, then a scale and a shift that are learnt.

    x_hat = (x - mean) / sqrt(var + 1e-5),   z = gamma x_hat + beta;
    dx = gamma (dz - mean(dz) - x_hat mean(dz x_hat)) / sqrt(var + 1e-5),   means over batch and pixels

    The variance of x_hat is var / (var + 1e-5): well below 1 where var is not far above 1e-5. In evaluation,
    mean and variance are the running ones, constants: dx = gamma dz / sqrt(var + 1e-5).

    Parameters
    ----------
    channels : int
    dtype : np.float64 or np.float32

    forward takes x (N, C, H, W), backward dz of the same shape; `gamma` and `beta` are (C, 1, 1).

    >>> layer = BatchNorm(3)
    >>> x = np.random.default_rng(0).normal(7, 2, size=(5, 3, 4, 4))
    >>> layer.forward(x).std(axis=(0, 2, 3)).round(4)
    array([1., 1., 1.])

    Source: Ioffe and Szegedy (2015), algorithm 1.
    """

    parameters = ("gamma", "beta")

    def __init__(self, channels, dtype=float):
        self.running = RunningMoments(channels, dtype)
        self.gamma = np.ones((channels, 1, 1), dtype)
        self.beta = np.zeros((channels, 1, 1), dtype)

    def forward(self, x):
        mean, var, self.n = self.running.moments(x, self.training)
        self.x = x
        self.std = np.sqrt(var + 1e-5)
        self.x_hat = (x - mean) / self.std
        return self.gamma * self.x_hat + self.beta

    def backward(self, dz):
        validate.backward(self.x, np.shape, dz=dz)
        self.dgamma = (dz * self.x_hat).sum(axis=(0, 2, 3))[:, None, None]
        self.dbeta = dz.sum(axis=(0, 2, 3))[:, None, None]
        dz = dz - (self.dbeta + self.x_hat * self.dgamma) / self.n
        return dz * self.gamma / self.std
