"""Polynomials fitted to few or many samples: what they look like, and their errors against the degree."""

from functools import cache

import numpy as np
import traitlets

from nablab.widgets.base import Widget, front_end

NOISE = 0.3  # standard deviation of y around the truth, so no model's error on new points is below its square
DEGREES = range(13)
SAMPLES = [15, 20, 30, 50, 100, 200]
DECAYS = [0, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1]
DRAWS, SHOWN = 40, 5  # how often samples are drawn, and how many of the draws are shown
PLACES = np.round(-np.cos(np.linspace(0, np.pi, 41)), 6)  # where curves are drawn: closer where they turn most
VERDICTS = ["underfits", "about right", "overfits", "held back"]
CUT = 4.0  # curves and errors are cut far outside the pictures
CUT_ERROR = 1e9


def truth(x):
    """Return the curve that the samples scatter around."""
    return np.sin(1.5 * np.pi * x)


@cache
def drawn():
    """Return x and y of every draw, (DRAWS, samples): to train on, and 500 each to validate on. The first so many
    samples of a draw are the same whatever their number, so that more data means the same data and more.
    """
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (DRAWS, SAMPLES[-1] + 500))
    y = truth(x) + NOISE * rng.standard_normal(x.shape)
    cut = SAMPLES[-1]
    return x[:, :cut], y[:, :cut], x[:, cut:], y[:, cut:]


def powers(x, degree):
    """Return 1, x, x^2, ... of x (..., N), as (..., N, degree + 1)."""
    repeated = np.repeat(x[..., None], degree + 1, axis=-1)
    repeated[..., 0] = 1
    return np.multiply.accumulate(repeated, axis=-1)


def fit(x, y, degree, weight_decay):
    """Return the weights (draws, degree + 1) that make mean (P w - y)^2 + weight_decay / 2 |w|^2 least in each draw.

    P holds the powers of x. The decay acts as degree + 1 more samples that ask each weight to be 0.
    """
    draws, n = x.shape
    pull = np.sqrt(n * weight_decay / 2) * np.broadcast_to(np.eye(degree + 1), (draws, degree + 1, degree + 1))
    q, r = np.linalg.qr(np.concatenate([powers(x, degree), pull], axis=1))
    wanted = np.concatenate([y, np.zeros((draws, degree + 1))], axis=1)[..., None]
    return np.linalg.solve(r, q.swapaxes(1, 2) @ wanted)[..., 0]


def predict(w, x):
    """Return the polynomials with weights w (draws, degree + 1) at x (draws, N), or at the same x (N,) in each."""
    return (powers(x, w.shape[1] - 1) @ w[..., None])[..., 0]


def errors(w, x, y):
    """Return the mean squared error (draws,) of each draw's polynomial on its samples."""
    return np.mean((predict(w, x) - y) ** 2, axis=1)


def verdict(train, validation, without):
    """Judge a fit by its median errors, as an index into VERDICTS; `without` is its training error without decay.

    It is about right where the validation error is within 60 % of the noise floor. Else it overfits, but where even
    the training error is clearly above the floor: there it underfits, or is held back where the decay alone does it.
    """
    floor = NOISE**2
    if validation <= 1.6 * floor:
        return VERDICTS.index("about right")
    if train <= 1.1 * floor:
        return VERDICTS.index("overfits")
    return VERDICTS.index("underfits" if without > 1.1 * floor else "held back")


@cache
def training_error(samples, degree):
    """Return the median training error over the draws, without decay."""
    x, y, _, _ = drawn()
    some = x[:, :samples], y[:, :samples]
    return np.median(errors(fit(*some, degree, 0), *some))


def record(samples, weight_decay):
    """Return what is shown for so many samples and so much decay: packed curves, errors and verdicts, by degree.

    curves, 16-bit (degrees, SHOWN, places) over CUT; own, floats (degrees, SHOWN, 2): training and validation error;
    bands, floats (degrees, 2, 3): their quartiles over all draws.
    """
    x, y, x_val, y_val = drawn()
    curves, own, bands, verdicts = [], [], [], []
    for degree in DEGREES:
        some = x[:, :samples], y[:, :samples]
        w = fit(*some, degree, weight_decay)
        both = np.stack([errors(w, *some), errors(w, x_val, y_val)])  # (2, DRAWS)
        shown = np.clip(predict(w[:SHOWN], PLACES) / CUT, -1, 1) * 32767
        curves.append(np.clip(np.round(shown / 8) * 8, -32767, 32767))  # finer than a pixel, and less to send
        own.append(both[:, :SHOWN].T)
        bands.append(np.quantile(both, [0.25, 0.5, 0.75], axis=1).T)
        verdicts.append(verdict(*bands[-1][:, 1], training_error(samples, degree)))
    cut = [np.minimum(a, CUT_ERROR).astype("<f4") for a in (own, bands)]
    return np.array(curves).astype("<i2").tobytes(), *(a.tobytes() for a in cut), verdicts


class CapacityAndData(Widget):
    """Move the degree of a polynomial, the number of samples and the weight decay; see the fit and the errors.

    On a plain page it shows recorded fits; with a kernel Python fits for any number of samples and any decay.

    Parameters
    ----------
    degree : int
        The degree shown first, from 0 to 12.

    >>> CapacityAndData(degree=10)
    CapacityAndData()

    Raises ValueError for another degree.
    """

    _esm = front_end("capacity_and_data.js")

    degree = traitlets.Int().tag(sync=True)
    degrees = traitlets.Int().tag(sync=True)
    samples = traitlets.List().tag(sync=True)
    decays = traitlets.List().tag(sync=True)
    draws = traitlets.List().tag(sync=True)
    floor = traitlets.Float().tag(sync=True)
    places = traitlets.List().tag(sync=True)
    truth = traitlets.List().tag(sync=True)
    verdicts = traitlets.List().tag(sync=True)
    points = traitlets.Bytes().tag(sync=True)
    curves = traitlets.Bytes().tag(sync=True)
    own = traitlets.Bytes().tag(sync=True)
    bands = traitlets.Bytes().tag(sync=True)
    judged = traitlets.Bytes().tag(sync=True)

    def __init__(self, degree=3):
        if isinstance(degree, bool) or degree not in DEGREES:
            raise ValueError(f"degree must be a whole number from 0 to {DEGREES[-1]}; got {degree!r}")
        x, y, _, _ = drawn()
        runs = [record(n, decay) for n in SAMPLES for decay in DECAYS]
        curves, own, bands, judged = zip(*runs)
        super().__init__(
            degree=degree,
            degrees=len(DEGREES),
            samples=SAMPLES,
            decays=DECAYS,
            draws=[DRAWS, SHOWN],
            floor=NOISE**2,
            places=PLACES.tolist(),
            truth=truth(PLACES).round(5).tolist(),
            verdicts=VERDICTS,
            points=np.stack([x[:SHOWN], y[:SHOWN]], axis=-1).astype("<f4").tobytes(),
            curves=b"".join(curves),
            own=b"".join(own),
            bands=b"".join(bands),
            judged=bytes(v for run in judged for v in run),
        )
        self.on_msg(self._answer)

    def _answer(self, _, content, buffers):
        if content["kind"] == "hello":
            self.send({"kind": "hello"})
        elif content["kind"] == "fits":
            curves, own, bands, judged = record(content["samples"], content["weight_decay"])
            self.send({"kind": "fits", "id": content["id"], "judged": judged}, [curves, own, bands])
