"""A small network of sigmoids whose weights the reader sets: its decisions move over four points, or over digits."""

import functools

import numpy as np
import traitlets

from nablab.data import CarriedWeights, carried_weights, one_or_five
from nablab.engine.activations import d_sigmoid, sigmoid
from nablab.engine.layers import Dense, Elementwise
from nablab.engine.network import Network
from nablab.widgets.base import Widget, front_end

LIMIT = 10  # every weight and bias lies between -LIMIT and LIMIT
DIGITS = 300
XOR = np.array([[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]], dtype=float)  # (4, 3): x1, x2, y
DATA = ["XOR", "ones and fives"]

# Found by hand for XOR (an "or" that is no "and"), by training for the digits; a test says what they reach.
SOLUTIONS = {
    ("XOR", 2): CarriedWeights([[6.0, 6.0], [6.0, 6.0]], [-3.0, -9.0], [[8.0], [-8.0]], [-4.0]),
    ("XOR", 3): CarriedWeights([[6.0, 6.0, 0.0], [6.0, 6.0, 0.0]], [-3.0, -9.0, 0.0], [[8.0], [-8.0], [0.0]], [-4.0]),
    ("ones and fives", 2): CarriedWeights([[-0.2, -3.6], [5.2, 2.2]], [2.8, -1.4], [[4.6], [-5.2]], [-1.9]),
    ("ones and fives", 3): CarriedWeights(
        [[0.1, 3.5, 5.1], [-4.1, 0.7, -4.4]], [-2.6, -1.2, 3.3], [[-4.6], [2.4], [3.9]], [-3.1]
    ),
}


@functools.cache
def digits():
    """Return the first DIGITS training samples of ones and fives (DIGITS, 3): features, standardised, and label."""
    x, y, *_ = one_or_five()
    return np.hstack([(x - x.mean(axis=0)) / x.std(axis=0), y])[:DIGITS]


def plain(weights):
    """Return weights as lists of floats, by name, as JSON takes them."""
    return {name: np.asarray(w, dtype=float).tolist() for name, w in zip(CarriedWeights._fields, weights)}


def starts(hidden):
    """Return the weights to start from, by name: those of the carried network, or of two of its units, come first."""
    W1, b1, W2, b2 = carried_weights()
    carried = W1[:, :hidden], b1[:hidden], W2[:hidden], b2
    equal = np.ones((2, hidden)), np.zeros(hidden), np.ones((hidden, 1)), np.zeros(1)
    return {"carried": carried, "all equal": equal}


def presets(data):
    """Return the weights that can be chosen with a data set, for 2 and for 3 hidden units."""
    return [
        {"name": name, "weights": plain(weights), "solves": name == "a solution"}
        for hidden in (2, 3)
        for name, weights in {**starts(hidden), "a solution": SOLUTIONS[data, hidden]}.items()
    ]


def scene(name):
    """Return what the front end needs to know of a data set."""
    if name == "XOR":
        own = {
            "view": [[-0.5, 1.5], [-0.5, 1.5]],
            "labels": ["x₁", "x₂"],
            "classes": ["coordinates equal", "coordinates differ"],
        }
        count = len(XOR)
    else:
        labels = ["x₁: ink, standardised", "x₂: asymmetry, standardised"]
        own = {"view": [[-2, 3.5], [-2.75, 2.75]], "labels": labels, "classes": ["a one", "a five"]}
        count = DIGITS
    return {"name": name, "count": count, "presets": presets(name), **own}


class NetworkByHand(Widget):
    """Set the weights and biases of a 2-2-1 or 2-3-1 network of sigmoids by hand, and see what it decides.

    All is computed in the page, by a forward pass that a test holds to the engine's.

    Parameters
    ----------
    data : "XOR" or "ones and fives"
        The data shown first.
    hidden : 2 or 3
        How many hidden units there are at first.

    With a kernel, `weights` holds what the sliders say, and setting it moves them; `network()` returns
    the engine's network with these weights.

    >>> hand = NetworkByHand("XOR", hidden=2)
    >>> hand.network().forward(np.array([[1.0, 0.0]])).shape
    (1, 1)

    Raises ValueError for other arguments, or where `weights` are not those of such a network.
    """

    _esm = front_end("network_by_hand.js")

    scenes = traitlets.List().tag(sync=True)
    points = traitlets.Bytes().tag(sync=True)
    data = traitlets.Unicode().tag(sync=True)
    limit = traitlets.Int().tag(sync=True)
    weights = traitlets.Dict().tag(sync=True)

    def __init__(self, data="XOR", hidden=2):
        if data not in DATA:
            raise ValueError(f"data must be one of {', '.join(map(repr, DATA))}; got {data!r}")
        if hidden not in (2, 3):
            raise ValueError(f"hidden must be 2 or 3; got {hidden!r}")
        first, *_ = starts(hidden).values()
        super().__init__(
            scenes=[scene(name) for name in DATA],
            points=np.vstack([XOR, digits()]).astype("<f4").tobytes(),
            data=data,
            limit=LIMIT,
            weights=plain(first),
        )

    @traitlets.validate("weights")
    def _check(self, proposal):
        weights = proposal.value
        if set(weights) != set(CarriedWeights._fields):
            raise ValueError(f"weights must be a dict of {', '.join(CarriedWeights._fields)}; got {weights!r}")
        arrays = {name: np.asarray(weights[name], dtype=float) for name in CarriedWeights._fields}
        hidden = arrays["b1"].size
        shapes = [a.shape for a in arrays.values()]
        if hidden not in (2, 3) or shapes != [(2, hidden), (hidden,), (hidden, 1), (1,)]:
            raise ValueError(f"weights must have the shapes of a 2-2-1 or 2-3-1 network; got {shapes}")
        if not all(np.isfinite(a).all() and abs(a).max() <= LIMIT for a in arrays.values()):
            raise ValueError(f"weights must lie between -{LIMIT} and {LIMIT}; got {weights!r}")
        return plain(arrays.values())

    def network(self):
        """Return the engine's network with these weights; its last layer gives y_hat, from 0 to 1."""
        W1, b1, W2, b2 = (np.array(self.weights[name]) for name in CarriedWeights._fields)
        rng = np.random.default_rng(0)  # its draws are overwritten
        first, last = Dense(2, len(b1), rng=rng), Dense(len(b1), 1, rng=rng)
        first.W, first.b, last.W, last.b = W1, b1, W2, b2
        bends = [Elementwise(sigmoid, d_sigmoid) for _ in range(2)]
        return Network([first, bends[0], last, bends[1]])
