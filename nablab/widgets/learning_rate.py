"""The path of gradient descent with momentum, by learning rate, on four landscapes."""

from typing import NamedTuple

import numpy as np
import traitlets

from nablab.engine.landscapes import Quadratic, Rosenbrock
from nablab.engine.optimizers import Momentum
from nablab.widgets.base import Widget, front_end

STEPS = 30
MOMENTA = [round(0.15 * i, 2) for i in range(7)]
# log10 of the learning rate over the edge 2/L: from a sixtieth of it to three halves.
RELATIVE_RATES = np.linspace(-1.8, 0.2, 21)
SURFACE = (41, 61)  # rows, columns of the values the lines of equal loss are drawn from
BEHAVIOURS = ["diverging", "escaping", "oscillating", "converging", "creeping"]


class Scene(NamedTuple):
    """A landscape, the part of it that is shown, where runs start, and its largest curvature at its centre."""

    landscape: object
    kind: str  # "bowl", "saddle" or "bends": what can be said of its runs
    x: tuple
    y: tuple
    starts: list
    curvature: float


SCENES = {
    "round bowl": Scene(
        Quadratic([1, 2]), "bowl", (-5, 5), (-3.3, 3.3), [[-4.0, 2.5], [1.0, -3.0], [4.5, 0.5]], curvature=2
    ),
    "narrow valley": Scene(
        Quadratic([1, 25]), "bowl", (-5, 5), (-3.3, 3.3), [[-4.5, 1.0], [4.0, -0.5], [-2.0, 2.5]], curvature=25
    ),
    "saddle": Scene(
        Quadratic([1, -0.5]), "saddle", (-5, 5), (-3.3, 3.3), [[-4.0, 0.2], [-4.0, 0.0], [3.0, -1.0]], curvature=1
    ),
    "Rosenbrock's valley": Scene(
        Rosenbrock(), "bends", (-2, 2), (-0.9, 1.74), [[-1.2, 1.0], [0.0, 0.0], [1.5, -0.5]], curvature=1001.6
    ),
}


def run(scene, lr, momentum, start):
    """Return the points (STEPS + 1, 2) of a run and the loss at each (STEPS + 1,); inf and nan where it diverges."""
    optimizer, p = Momentum(lr, momentum), np.array(start, dtype=float)
    points = [p.copy()]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(STEPS):
            optimizer.step([p], [scene.landscape.gradient(p)])
            points.append(p.copy())
        points = np.array(points)
        return points, scene.landscape.value(points)


def edge(scene, momentum):
    """Return the learning rate above which runs near the centre diverge."""
    return 2 * (1 + momentum) / scene.curvature


def behaviour(scene, points, losses, beyond):
    """Name what a run does, as an index into BEHAVIOURS; `beyond` says whether its rate is above the edge."""
    if not np.isfinite(losses).all() or losses[-1] > 10 * max(losses[0], 1) or (beyond and scene.kind == "bowl"):
        return BEHAVIOURS.index("diverging")
    if scene.kind == "saddle" and abs(points[-1, 1]) > abs(points[0, 1]):
        return BEHAVIOURS.index("escaping")
    moves = np.diff(points, axis=0)
    turns = (moves[1:] * moves[:-1]).min(axis=1) < 0  # some coordinate goes back
    if turns[:10].mean() > 0.6:
        return BEHAVIOURS.index("oscillating")
    return BEHAVIOURS.index("converging" if losses[-1] < 0.05 * losses[0] else "creeping")


def rates(scene):
    """Return the learning rates of the recorded runs, to three digits."""
    return [float(f"{edge(scene, 0) * 10**r:.3g}") for r in RELATIVE_RATES]


def pack(points, losses, scene):
    """Return a run as 16-bit integers (3, STEPS + 1): x, y over twice the view's width, log10 of the loss over 15.

    A loss of 0 or below has no logarithm and becomes -32768.
    """
    span = [2 * (scene.x[1] - scene.x[0]), 2 * (scene.y[1] - scene.y[0])]
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.vstack([(points / span).T, np.log10(np.maximum(losses, 1e-15)) / 15])
    packed = (np.clip(np.nan_to_num(scaled, nan=1, posinf=1, neginf=-1), -1, 1) * 32767).astype("<i2")
    packed[2, losses <= 0] = -32768
    return packed


def record(name, scene):
    """Return what the front end needs to know of a scene, its packed runs, and its losses over the view."""
    packed, seen = [], []
    for start in scene.starts:
        for lr in rates(scene):
            for momentum in MOMENTA:
                points, losses = run(scene, lr, momentum, start)
                packed.append(pack(points, losses, scene))
                seen.append(behaviour(scene, points, losses, lr > edge(scene, momentum)))
    grid = np.stack(np.meshgrid(np.linspace(*scene.x, SURFACE[1]), np.linspace(*scene.y, SURFACE[0])), -1)
    described = dict(
        name=name,
        kind=scene.kind,
        x=scene.x,
        y=scene.y,
        starts=scene.starts,
        rates=rates(scene),
        edges=[edge(scene, momentum) for momentum in MOMENTA],
        behaviours=seen,
    )
    return described, packed, scene.landscape.value(grid).astype("<f4")


class LearningRate(Widget):
    """Move the learning rate and the momentum, and see the path on the lines of equal loss and the loss by step.

    On a plain page it shows the nearest of the recorded runs; with a kernel Python computes the run asked for.

    Parameters
    ----------
    landscape : str
        The landscape shown first: "round bowl", "narrow valley", "saddle" or "Rosenbrock's valley".

    >>> LearningRate(landscape="narrow valley")
    LearningRate()

    Raises ValueError for another landscape.
    """

    _esm = front_end("learning_rate.js")

    scenes = traitlets.List().tag(sync=True)
    momenta = traitlets.List().tag(sync=True)
    behaviours = traitlets.List().tag(sync=True)
    first = traitlets.Int().tag(sync=True)
    steps = traitlets.Int().tag(sync=True)
    runs = traitlets.Bytes().tag(sync=True)
    surfaces = traitlets.Bytes().tag(sync=True)
    surface_shape = traitlets.List().tag(sync=True)

    def __init__(self, landscape="round bowl"):
        if not isinstance(landscape, str) or landscape not in SCENES:
            raise ValueError(f"landscape must be one of {', '.join(map(repr, SCENES))}; got {landscape!r}")
        scenes, runs, surfaces = zip(*(record(name, scene) for name, scene in SCENES.items()))
        super().__init__(
            scenes=list(scenes),
            momenta=MOMENTA,
            behaviours=BEHAVIOURS,
            first=list(SCENES).index(landscape),
            steps=STEPS,
            runs=np.concatenate(runs).tobytes(),
            surfaces=np.stack(surfaces).tobytes(),
            surface_shape=list(SURFACE),
        )
        self.on_msg(self._answer)

    def _answer(self, _, content, buffers):
        if content["kind"] == "hello":
            self.send({"kind": "hello"})
        elif content["kind"] == "run":
            scene = list(SCENES.values())[content["scene"]]
            lr, momentum = content["lr"], content["momentum"]
            points, losses = run(scene, lr, momentum, content["start"])
            limit = edge(scene, momentum)
            seen = behaviour(scene, points, losses, lr > limit)
            answer = {"kind": "run", "id": content["id"], "behaviour": seen, "edge": limit}
            self.send(answer, [pack(points, losses, scene).tobytes()])
