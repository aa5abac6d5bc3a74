"""The window on a digit shows what the engine's convolution computes."""

import numpy as np
import pytest
import torch

from nablab.data import mnist
from nablab.widgets import ConvolutionWindow
from nablab.widgets.convolution_window import DIGITS, KERNELS, START


@pytest.mark.parametrize("digit", [0, 3, DIGITS - 1])
def test_the_maps_are_convolutions_of_the_digit(digit):
    window = ConvolutionWindow(digit)
    digits = mnist()
    image = np.frombuffer(window.image, np.uint8).reshape(28, 28)
    assert (image == digits.x_train[digit]).all()
    assert window.label == digits.y_train[digit]
    maps = np.frombuffer(window.maps, "<i2").reshape(len(KERNELS), 26, 26)
    x = torch.tensor(image)[None, None].float()
    for (name, weights), got, shown in zip(KERNELS.items(), maps, window.kernels, strict=True):
        assert shown == {"name": name, "weights": weights}
        theirs = torch.nn.functional.conv2d(x, torch.tensor(weights)[None, None].float())
        assert (got == theirs[0, 0].numpy()).all()


def test_the_first_window_is_the_chapters_patch():
    window = ConvolutionWindow()
    row, column = window.start
    assert (row, column) == START
    patch = np.frombuffer(window.image, np.uint8).reshape(28, 28)[row : row + 3, column : column + 3]
    assert patch.tolist() == [[1, 154, 253], [0, 139, 253], [0, 11, 190]]
    assert np.frombuffer(window.maps, "<i2").reshape(-1, 26, 26)[:, row, column].tolist() == [695, -207, 1001]


def test_it_is_a_few_kilobytes():
    window = ConvolutionWindow()
    assert len(window.image) + len(window.maps) < 5_000


@pytest.mark.parametrize("digit", [-1, DIGITS, 1.0, "0", True, None])
def test_other_digits_are_refused(digit):
    with pytest.raises(ValueError, match="digit must be a whole number from 0 to 99; got "):
        ConvolutionWindow(digit)
