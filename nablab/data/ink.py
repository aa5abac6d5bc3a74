"""A small regression on real digits: how much ink does a digit take, given how wide it is?"""

import numpy as np

from nablab.data import mnist

DIGITS = 1000
INKED = 128  # grey values from here on count as ink when the width is measured


def width_and_ink():
    """Return x and y of the first 1,000 training digits of MNIST, to predict ink from width.

    x has shape (N, 2): a column of ones, for the intercept, and the digit's width in tens of pixels, which is how
    many of the picture's columns hold ink (in a few digits columns between them are blank).
    y has shape (N,): the digit's ink in per cent, where 100 is a page that is black all over.

    >>> x, y = width_and_ink()
    >>> x.shape, y.shape, x[0].tolist(), y[0].round(2).item()
    ((1000, 2), (1000,), [1.0, 1.9], 13.77)
    """
    pictures = mnist().x_train[:DIGITS]
    width = (pictures >= INKED).any(axis=1).sum(axis=1)  # (N,) pixels
    x = np.stack([np.ones(DIGITS), width / 10], axis=1)  # (N, 2)
    y = 100 / 255 * pictures.mean(axis=(1, 2))  # (N,)
    return x, y
