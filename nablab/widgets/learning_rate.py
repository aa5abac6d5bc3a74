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
SURFACE = (41, 61)  # rows, columns of the values the contour lines are drawn from


class Scene(NamedTuple):
    """A landscape, the part of it that is shown, where runs start, and its largest curvature at its centre."""

    landscape: object
    x: tuple
    y: tuple
    starts: list
    curvature: float


SCENES = {
    "round bowl": Scene(Quadratic([1, 2]), (-5, 5), (-3.3, 3.3), [[-4.0, 2.5], [1.0, -3.0], [4.5, 0.5]], 2),
    "narrow valley": Scene(Quadratic([1, 25]), (-5, 5), (-3.3, 3.3), [[-4.5, 1.0], [4.0, -0.5], [-2.0, 2.5]], 25),
    "saddle": Scene(Quadratic([1, -0.5]), (-5, 5), (-3.3, 3.3), [[-4.0, 0.2], [-4.0, 0.0], [3.0, -1.0]], 1),
    "Rosenbrock's valley": Scene(Rosenbrock(), (-2, 2), (-0.9, 1.74), [[-1.2, 1.0], [0.0, 0.0], [1.5, -0.5]], 1002),
}
BEHAVIOURS = ["diverging", "escaping", "oscillating", "converging", "creeping"]


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


def behaviour(scene, points, losses):
    """Name what a run does, as an index into BEHAVIOURS."""
    if not np.isfinite(losses).all() or losses[-1] > 10 * max(losses[0], 1):
        return 0
    if losses[-1] < -1:
        return 1
    moves = np.diff(points, axis=0)
    turns = (moves[1:] * moves[:-1]).min(axis=1) < 0  # some coordinate goes back
    if turns[:10].mean() > 0.6:
        return 2
    return 3 if losses[-1] < 0.05 * losses[0] else 4


def edge(scene, momentum):
    """Return the learning rate above which runs near the centre diverge."""
    return 2 * (1 + momentum) / scene.curvature


def rates(scene):
    """Return the learning rates of the recorded runs, to three digits."""
    return [float(f"{edge(scene, 0) * 10**r:.3g}") for r in RELATIVE_RATES]


def pack(points, losses, scene):
    """Return a run as 16-bit integers (3, STEPS + 1): x, y over four times the view, log10 of the loss over 15."""
    half = [2 * (scene.x[1] - scene.x[0]), 2 * (scene.y[1] - scene.y[0])]
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.vstack([(points / half).T, np.log10(np.maximum(losses, 1e-15)) / 15])
    return (np.clip(np.nan_to_num(scaled, nan=1, posinf=1, neginf=-1), -1, 1) * 32767).astype("<i2")


class LearningRate(Widget):
    """Move the learning rate and the momentum, and see the path on the contour lines and the loss by step.

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

    def __init__(self, landscape="round bowl"):
        if landscape not in SCENES:
            raise ValueError(f"landscape must be one of {', '.join(map(repr, SCENES))}; got {landscape!r}")
        packed, described, surfaces = [], [], []
        for name, scene in SCENES.items():
            seen = []
            for start in scene.starts:
                for lr in rates(scene):
                    for momentum in MOMENTA:
                        points, losses = run(scene, lr, momentum, start)
                        packed.append(pack(points, losses, scene))
                        seen.append(behaviour(scene, points, losses))
            grid = np.stack(np.meshgrid(np.linspace(*scene.x, SURFACE[1]), np.linspace(*scene.y, SURFACE[0])), -1)
            surfaces.append(scene.landscape.value(grid).astype("<f4"))
            described.append(
                dict(
                    name=name,
                    x=scene.x,
                    y=scene.y,
                    starts=scene.starts,
                    curvature=scene.curvature,
                    rates=rates(scene),
                    edges=[edge(scene, momentum) for momentum in MOMENTA],
                    behaviours=seen,
                )
            )
        super().__init__(
            scenes=described,
            momenta=MOMENTA,
            behaviours=BEHAVIOURS,
            first=list(SCENES).index(landscape),
            steps=STEPS,
            runs=np.stack(packed).tobytes(),
            surfaces=np.stack(surfaces).tobytes(),
        )
        self.on_msg(self._answer)

    def _answer(self, _, content, buffers):
        if content["kind"] == "hello":
            self.send({"kind": "hello"})
        elif content["kind"] == "run":
            scene = list(SCENES.values())[content["scene"]]
            points, losses = run(scene, content["lr"], content["momentum"], content["start"])
            answer = dict(
                kind="run",
                id=content["id"],
                behaviour=behaviour(scene, points, losses),
                edge=edge(scene, content["momentum"]),
            )
            self.send(answer, [pack(points, losses, scene).tobytes()])
