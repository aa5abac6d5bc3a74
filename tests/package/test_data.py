"""MNIST is whole and every byte the original's; IDX files are read, and bad ones named."""

import gzip
import hashlib
import os
import time
from pathlib import Path

import numpy as np
import pytest

from nablab import data

FASHION = Path("/usr/share/datasets/fashion-mnist")
# As published, from the first copies of the files; tools/pack_mnist.py compares them, too.
MD5 = {
    "x_train": "6bbc9ace898e44ae57da46a324031adb",
    "y_train": "a25bea736e30d166cdddb491f175f624",
    "x_test": "2646ac647ad5339dbf082846283269ea",
    "y_test": "27ae3e4e09519cfbb04c329615203637",
}
CODES = {"u1": 0x08, "i1": 0x09, ">i2": 0x0B, ">i4": 0x0C, ">f4": 0x0D, ">f8": 0x0E}


def as_idx(array, dtype):
    header = bytes([0, 0, CODES[dtype], array.ndim]) + np.array(array.shape, ">u4").tobytes()
    return header + array.astype(dtype).tobytes()


@pytest.mark.parametrize("name", MD5)
def test_every_byte_of_mnist_is_the_original(name):
    assert hashlib.md5(as_idx(getattr(data.mnist(), name), "u1")).hexdigest() == MD5[name]


def test_mnist_has_the_published_shapes_and_counts():
    digits = data.mnist()
    assert [a.shape for a in digits] == [(60000, 28, 28), (60000,), (10000, 28, 28), (10000,)]
    assert {a.dtype for a in digits} == {np.dtype("uint8")}
    assert np.bincount(digits.y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@pytest.mark.parametrize("damage", ["cut", "changed", "empty"])
def test_a_damaged_mnist_is_named_with_a_remedy(damage, tmp_path, monkeypatch):
    content = bytearray(data.MNIST_FILE.read_bytes())
    if damage == "changed":
        content[5_000_000] ^= 1
    file = tmp_path / "mnist.npz"
    file.write_bytes({"cut": content[:-1], "changed": content, "empty": b""}[damage])
    monkeypatch.setattr(data, "MNIST_FILE", file)
    with pytest.raises(data.DataError, match=r"mnist\.npz is damaged: its SHA-256 is .*Install nablab again"):
        data.mnist()


def test_a_missing_mnist_is_named_with_a_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "MNIST_FILE", tmp_path / "mnist.npz")
    with pytest.raises(data.DataError, match=r"mnist\.npz is missing.*Install nablab again"):
        data.mnist()


@pytest.mark.parametrize("dtype", CODES)
@pytest.mark.parametrize("shape", [(), (0,), (5,), (2, 3), (2, 3, 4)])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_idx_reads_what_was_written(dtype, shape, suffix, tmp_path):
    array = np.random.default_rng(0).integers(0, 100, size=shape)
    content = as_idx(array, dtype)
    path = tmp_path / f"file{suffix}"
    path.write_bytes(gzip.compress(content) if suffix else content)
    read = data.idx(str(path))
    np.testing.assert_array_equal(read, array)
    assert read.dtype == np.dtype(dtype).newbyteorder("=")
    read[...] = 0


GOOD = as_idx(np.arange(12).reshape(3, 4), "u1")
BAD = {
    "empty": (b"", "is no IDX file.*\\(none\\)"),
    "a picture": (b"\x89PNG\r\n", "is no IDX file: it begins with the bytes 89 50 4e 47"),
    "unknown type": (b"\0\0\x07\x01" + GOOD[4:], "00 00 07 01"),
    "cut header": (GOOD[:9], "cut or has extra bytes: 9 bytes, wanted a header of 12 bytes"),
    "cut body": (GOOD[:-1], r"23 bytes, wanted 24 bytes for shape \(3, 4\)"),
    "extra bytes": (GOOD + b"\0", r"25 bytes, wanted 24"),
    "too many axes": (b"\0\0\x08\x41" + b"\0\0\0\1" * 65 + b"\0", "names 65 axes"),
    "huge shape": (b"\0\0\x0e\x03" + b"\xff" * 12, "cut or has extra bytes: 16 bytes"),
}


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
def test_bad_idx_files_are_named(content, message, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(content)
    start = time.monotonic()
    with pytest.raises(data.DataError, match=message):
        data.idx(path)
    assert time.monotonic() - start < 5


ARCHIVE = gzip.compress(GOOD, mtime=0)


@pytest.mark.parametrize("content", [b"no archive", ARCHIVE[:-4], ARCHIVE[:15]], ids=["none", "cut", "cut early"])
def test_a_damaged_archive_is_named(content, tmp_path):
    path = tmp_path / "file.gz"
    path.write_bytes(content)
    with pytest.raises(data.DataError, match=r"file\.gz cannot be unpacked: .*Fetch the file again"):
        data.idx(path)


def test_a_folder_is_named(tmp_path):
    with pytest.raises(data.DataError, match="is a folder; name the file in it"):
        data.idx(tmp_path)


def test_gzip_is_known_by_its_content(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(GOOD))
    assert data.idx(path).shape == (3, 4)


def test_a_missing_idx_file():
    with pytest.raises(FileNotFoundError):
        data.idx("not-there")


def test_another_data_set_in_the_same_format():
    if not FASHION.exists():
        reason = f"{FASHION} is not there: install Debian's dataset-fashion-mnist"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    images = data.idx(FASHION / "t10k-images-idx3-ubyte.gz")
    labels = data.idx(FASHION / "t10k-labels-idx1-ubyte.gz")
    assert images.shape == (10000, 28, 28)
    assert np.bincount(labels).tolist() == [1000] * 10


class TestOneOrFive:
    def test_parts_and_shapes(self):
        digits = data.one_or_five()
        assert [len(a) for a in digits] == [10_000, 10_000, 2_163, 2_163, 2_027, 2_027]
        assert digits.y_test.sum() == 892  # the published number of fives
        assert {a.dtype for a in digits} == {np.dtype(float)}

    def test_features_are_what_they_are_called(self):
        images, labels = data.mnist()[:2]
        first = next(i for i, label in enumerate(labels) if label == 1)
        ink, asymmetry = data.one_or_five().x_train[1]
        pixels = [[v / 255 for v in row] for row in images[first].tolist()]
        assert ink == pytest.approx(sum(map(sum, pixels)) / 784)
        mirrored = sum(abs(a - b) for row in pixels for a, b in zip(row, row[::-1]))
        assert asymmetry == pytest.approx(mirrored / 784)

    def test_they_separate_well_but_not_wholly(self):
        digits = data.one_or_five()
        for feature in digits.x_train.T:
            one, five = (feature[digits.y_train[:, 0] == y].mean() for y in (0, 1))
            assert one < five
        x = np.c_[digits.x_train, np.ones(10_000)]
        w = np.linalg.lstsq(x, digits.y_train[:, 0] - 0.5, rcond=None)[0]
        right = ((np.c_[digits.x_val, np.ones(2163)] @ w > 0) == digits.y_val[:, 0]).mean()
        assert 0.8 < right < 0.9


def test_carried_weights_are_not_shared():
    first = data.carried_weights()
    first.W1[:] = 0
    assert data.carried_weights().W1[0, 0] == 0.8
