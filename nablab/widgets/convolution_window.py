"""A window of 3 by 3 on a digit: nine products, their sum, and the map of the sums at every place."""

import numpy as np
import traitlets

from nablab.data import mnist
from nablab.engine.layers import correlate2d
from nablab.widgets.base import Widget, front_end

DIGITS = 100  # of the first so many training digits one may be chosen
KERNELS = {
    "vertical edges": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "horizontal edges": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "blur": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
}
START = (10, 10)  # row and column of the window's upper left pixel at first


class ConvolutionWindow(Widget):
    """Move a window over a digit; see the nine products, their sum, and where the sum stands in the map of all sums.

    Pixels are whole numbers from 0 to 255, and so are the weights, so that sums can be followed in the head.

    Parameters
    ----------
    digit : int
        Which of the first 100 training digits of MNIST, counted from 0.

    >>> ConvolutionWindow(digit=3)
    ConvolutionWindow()

    Raises ValueError for another digit.
    """

    _esm = front_end("convolution_window.js")

    label = traitlets.Int().tag(sync=True)
    image = traitlets.Bytes().tag(sync=True)
    kernels = traitlets.List().tag(sync=True)
    maps = traitlets.Bytes().tag(sync=True)
    start = traitlets.List().tag(sync=True)

    def __init__(self, digit=0):
        if isinstance(digit, bool) or not isinstance(digit, (int, np.integer)) or not 0 <= digit < DIGITS:
            raise ValueError(f"digit must be a whole number from 0 to {DIGITS - 1}; got {digit!r}")
        digits = mnist()
        image = digits.x_train[digit]  # (28, 28)
        W = np.array(list(KERNELS.values()), dtype=float)[:, None]  # (3, 1, 3, 3)
        sums = correlate2d(image[None, None].astype(float), W)  # (1, 3, 26, 26)
        super().__init__(
            label=int(digits.y_train[digit]),
            image=image.tobytes(),
            kernels=[{"name": name, "weights": weights} for name, weights in KERNELS.items()],
            maps=np.round(sums).astype("<i2").tobytes(),
            start=list(START),
        )
