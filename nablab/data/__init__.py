"""The book's data: MNIST, embedded whole, and a reader for IDX files. Nothing here needs a network."""

import gzip
import hashlib
import math
import os
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

MNIST_FILE = Path(__file__).with_name("mnist.npz")
MNIST_SHA256 = "06af5dfe73b70e3bc1c36439982b18a8d76803db9b544f6fdf838a37fbb01b64"

_IDX_DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}


class DataError(Exception):
    """A data file is missing, damaged or in another format; the message says what to do."""


class MNIST(NamedTuple):
    """Handwritten digits: grey images, 0 is paper and 255 is ink, and the digit each shows."""

    x_train: np.ndarray  # (60000, 28, 28) uint8
    y_train: np.ndarray  # (60000,) uint8
    x_test: np.ndarray  # (10000, 28, 28) uint8
    y_test: np.ndarray  # (10000,) uint8


def seed():
    """Return the seed that a chapter takes all its randomness from: 0, or what NABLAB_SEED names.

    >>> seed()
    0

    Raises ValueError where NABLAB_SEED is no whole number from 0 to 4,000,000,000.
    """
    text = os.environ.get("NABLAB_SEED", "0")
    if not (text.isascii() and text.isdecimal() and int(text) <= 4_000_000_000):
        raise ValueError(f"NABLAB_SEED must be a whole number from 0 to 4,000,000,000; got {text!r}")
    return int(text)


def mnist():
    """Return MNIST whole, as it was published: 60,000 training and 10,000 test images.

    >>> digits = mnist()
    >>> digits.x_train.shape, digits.x_train.dtype, digits.y_train[:5].tolist()
    ((60000, 28, 28), dtype('uint8'), [5, 0, 4, 1, 9])

    Raises DataError where the file is missing or its SHA-256 is not the published one.

    Source: LeCun, Bottou, Bengio and Haffner (1998). Licence: CC BY-SA 3.0, see MNIST.md.
    """
    remedy = "Install nablab again, or restore the file with `git checkout -- nablab/data/mnist.npz`"
    try:
        found = hashlib.sha256(MNIST_FILE.read_bytes()).hexdigest()
    except FileNotFoundError:
        raise DataError(f"{MNIST_FILE} is missing. {remedy}") from None
    if found != MNIST_SHA256:
        raise DataError(f"{MNIST_FILE} is damaged: its SHA-256 is {found}, wanted {MNIST_SHA256}. {remedy}")
    with np.load(MNIST_FILE) as arrays:
        return MNIST(*(arrays[name] for name in MNIST._fields))


class OneOrFive(NamedTuple):
    """Digits 1 and 5 as two numbers each, in three parts; y is 1 for a five and 0 for a one."""

    x_train: np.ndarray  # (10000, 2)
    y_train: np.ndarray  # (10000, 1)
    x_val: np.ndarray  # (2163, 2)
    y_val: np.ndarray  # (2163, 1)
    x_test: np.ndarray  # (2027, 2)
    y_test: np.ndarray  # (2027, 1)


def one_or_five():
    r"""Return all ones and fives of MNIST as two features, the data of the network that the book carries along.

    ink = mean of the pixels,   asymmetry = mean of |pixel - its mirror image|,   pixels from 0 to 1

    The two features separate the digits well but not wholly, and better with hidden units than without. The
    parts are cut by place in the file: of MNIST's training set the first 10,000 ones and fives are to train
    on, the last 2,163 to choose by; the 2,027 of its test set are to report. The files are not mixed, so the
    parts are not equally hard: the last ones of the training set are easier than a random draw from it.

    >>> digits = one_or_five()
    >>> digits.x_train[:2].round(3).tolist(), digits.y_train[:2].tolist()
    ([[0.138, 0.178], [0.086, 0.145]], [[1.0], [0.0]])

    Raises DataError as `mnist` does.

    Source: the features follow Abu-Mostafa, Magdon-Ismail and Lin (2012), section 3.1.
    """
    x_train, y_train, x_test, y_test = mnist()
    x, y = _ink_and_asymmetry(x_train, y_train)
    return OneOrFive(x[:10_000], y[:10_000], x[10_000:], y[10_000:], *_ink_and_asymmetry(x_test, y_test))


def _ink_and_asymmetry(images, labels):
    chosen = (labels == 1) | (labels == 5)
    pixels = images[chosen] / 255  # (N, 28, 28)
    ink = pixels.mean(axis=(1, 2))  # (N,)
    asymmetry = abs(pixels - pixels[:, :, ::-1]).mean(axis=(1, 2))  # (N,)
    y = (labels[chosen] == 5).astype(float)[:, None]  # (N, 1)
    return np.stack([ink, asymmetry], axis=1), y


class CarriedWeights(NamedTuple):
    """The weights of the network that the book carries along: 2 inputs, 3 hidden units, 1 output."""

    W1: np.ndarray  # (2, 3)
    b1: np.ndarray  # (3,)
    W2: np.ndarray  # (3, 1)
    b2: np.ndarray  # (1,)


def carried_weights():
    """Return the fixed first weights of the 2-3-1 network, short enough to compute with by hand.

    >>> [w.shape for w in carried_weights()]
    [(2, 3), (3,), (3, 1), (1,)]
    """
    return CarriedWeights(
        W1=np.array([[0.8, -0.4, 0.3], [0.2, 0.9, -0.6]]),
        b1=np.array([0.1, -0.2, 0.4]),
        W2=np.array([[1.1], [-0.7], [0.5]]),
        b2=np.array([0.2]),
    )


def idx(path):
    """Read an IDX file, the format MNIST and its relatives are published in; packed by gzip or not.

    The file begins with two zero bytes, a type code, the number of axes, and the length of each
    axis as a big-endian 32-bit integer; the numbers follow.

    Parameters
    ----------
    path : str or Path

    Returns an array of the type and shape the header names.
    Raises FileNotFoundError where there is no such file, DataError where it is no IDX file or is cut.

    Source: the format's description on the MNIST page of LeCun, Cortes and Burges.
    """
    path = Path(path)
    if path.is_dir():
        raise DataError(f"{path} is a folder; name the file in it")
    content = path.read_bytes()
    try:
        if path.suffix == ".gz" or content[:2] == b"\x1f\x8b":
            content = gzip.decompress(content)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be unpacked: {error}. Fetch the file again") from error
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in _IDX_DTYPES:
        raise DataError(
            f"{path} is no IDX file: it begins with the bytes {content[:4].hex(' ') or '(none)'}, "
            "wanted 00 00, a type code (08, 09, 0b to 0e) and the number of axes"
        )
    dtype, axes = np.dtype(_IDX_DTYPES[content[2]]), content[3]
    start = 4 + 4 * axes
    shape = tuple(int(n) for n in np.frombuffer(content[4:start], ">u4", count=min(axes, (len(content) - 4) // 4)))
    expected = start + dtype.itemsize * math.prod(shape)
    if axes > 32:
        raise DataError(
            f"{path} is no IDX file: it names {axes} axes; images have 3, and 32 are the most that are read"
        )
    if len(shape) < axes or len(content) != expected:
        wanted = f"{expected} bytes for shape {shape}" if len(shape) == axes else f"a header of {start} bytes"
        raise DataError(f"{path} is cut or has extra bytes: {len(content)} bytes, wanted {wanted}. Fetch it again")
    return np.frombuffer(content, dtype, offset=start).reshape(shape).astype(dtype.newbyteorder("="))
