"""The path of gradient descent with momentum, by learning rate, on four landscapes."""

from typing import NamedTuple

import numpy as np
import traitlets

from nablab.engine.landscapes import Quadratic, Rosenbrock
from nablab.engine.optimizers import Momentum
from nablab.widgets.base import Widget, front_end

STEPS = 30
MOMENTA = [round(0.15 * i, 2) for i in range(7)]
# Learning rates over the edge 2/L: dense about it, and beyond the edge of the largest momentum. To these come a
# bowl's own rates: its edge at each momentum, and the rate that is best for it without momentum.
RATES = {
    "bowl": [0.016, 0.025, 0.04, 0.064, 0.1, 0.16, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.98, 1.02, 1.08, 1.22, 2.1],
    "saddle": [0.016, 0.025, 0.04, 0.064, 0.1, 0.16, 0.25, 0.4, 0.6, 0.8, 0.95, 1, 1.05, 1.3, 1.6, 1.9, 2.1],
    "bends": [0.016, 0.025, 0.04, 0.064, 0.1, 0.16, 0.25, 0.4, 0.6, 0.8, 0.95, 1.05, 1.3, 1.6, 1.9, 2.1],
}
SURFACE = (81, 61)  # rows, columns of the values the lines of equal loss are drawn from
# What is seen of a run. Zigzag: it turns back at nearly every step; swinging: after several; wide: they do not shrink.
BEHAVIOURS = [
    *("diverging", "escaping", "staying", "zigzag", "wide zigzag", "swinging", "wide swinging"),
    *("converging", "creeping", "moving"),
]


class Scene(NamedTuple):
    """A landscape, the part of it that is shown, where runs start, and its curvatures at its centre.

    The part shown is 5 wide for 4 high, as the picture is, so that circles are round.
    """

    landscape: object
    kind: str  # "bowl", "saddle" or "bends": what can be said of its runs
    x: tuple
    y: tuple
    starts: list
    centre: tuple
    curvatures: tuple  # the smallest and the largest, at the centre


SCENES = {
    "round bowl": Scene(
        Quadratic([4, 4]), "bowl", (-5, 5), (-4, 4), [[-4.0, 2.5], [1.0, -3.0], [4.5, 0.5]], (0, 0), (4, 4)
    ),
    "narrow valley": Scene(
        Quadratic([1, 25]), "bowl", (-5, 5), (-4, 4), [[-4.5, 1.0], [4.0, -0.5], [-2.0, 2.5]], (0, 0), (1, 25)
    ),
    "saddle": Scene(
        Quadratic([1, -0.5]), "saddle", (-5, 5), (-4, 4), [[-4.0, 0.2], [-4.0, 0.0], [3.0, -1.0]], (0, 0), (-0.5, 1)
    ),
    "Rosenbrock's valley": Scene(
        Rosenbrock(), "bends", (-2, 2), (-1.1, 2.1), [[-1.2, 1.0], [0.0, 0.0], [1.5, -0.5]], (1, 1), (0.4, 1001.6)
    ),
}
BOWLS = [name for name, scene in SCENES.items() if scene.kind == "bowl"]


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
    return 2 * (1 + momentum) / scene.curvatures[1]


def turns(scene, points):
    """Return how often a run turns back along one axis, and in what share of its steps: the most of both axes.

    Steps too short to be seen, below 1/200 of the picture's width, do not count.
    """
    moves, found = np.diff(points, axis=0), []
    for along in moves.T:
        along = along[abs(along) > 0.005 * np.ptp(scene.x)]
        back = int((along[1:] * along[:-1] < 0).sum())
        found.append((back, back / max(len(along) - 1, 1)))
    return max(found)


def behaviour(scene, points, losses):
    """Name what is seen of a run, as an index into BEHAVIOURS, and say how often it turns back."""
    if not np.isfinite(losses).all():
        return BEHAVIOURS.index("diverging"), 0
    back, share = turns(scene, points)
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)  # (STEPS,)
    if turning := _unbounded(points, losses, steps):
        return BEHAVIOURS.index(turning), back
    if back >= 3:
        wide = "" if steps[-10:].sum() < 0.98 * steps[-20:-10].sum() else "wide "
        return BEHAVIOURS.index(wide + ("zigzag" if share > 0.75 else "swinging")), back
    return BEHAVIOURS.index(_direct(scene, points, steps)), back


def _unbounded(points, losses, steps):
    """Name a run whose steps do not shrink, or return None."""
    longer = steps[-10:].sum() > steps[-20:-10].sum()
    if longer and losses[-1] < 0:
        return "escaping"
    if longer and losses[-10:].max() > max(1.25 * losses[-20:-10].max(), losses[0]):
        return "diverging"
    back = abs(points[-11:-1:2] - points[-1]).max() < 0.1 * steps[-1]  # each second step ends where the last did
    return "staying" if back and steps[-1] > 1e-3 else None


def _direct(scene, points, steps):
    """Name a run that turns back twice at most: has it arrived, does it hardly move, or is it under way?"""
    width = np.ptp(scene.x)
    if abs(points[-3:] - scene.centre).max() < 0.02 * width and (scene.kind != "saddle" or points[-1, 1] == 0):
        return "converging"
    return "creeping" if steps[-10:].sum() < 0.1 * width else "moving"


def rates(scene):
    """Return the learning rates of the recorded runs, ascending: to three digits, but for a bowl's own, exact."""
    found = {float(f"{edge(scene, 0) * share:.3g}") for share in RATES[scene.kind]}
    if scene.kind == "bowl":
        found |= {edge(scene, momentum) for momentum in MOMENTA} | {2 / sum(scene.curvatures)}
    return sorted(found)


def pack(points, losses, scene):
    """Return a run as 16-bit integers (3, STEPS + 1): x, y over twice the view's width, log10 of the loss over 15.

    A loss of 0 or below has no logarithm and becomes -32768. Places are rounded to half a pixel, so that a
    page has less to send.
    """
    span = [2 * (scene.x[1] - scene.x[0]), 2 * (scene.y[1] - scene.y[0])]
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.vstack([(points / span).T, np.log10(np.maximum(losses, 1e-15)) / 15])
    packed = np.clip(np.nan_to_num(scaled, nan=1, posinf=1, neginf=-1), -1, 1) * 32767
    packed[:2] = np.clip(np.round(packed[:2] / 32) * 32, -32767, 32767)
    packed[2, losses <= 0] = -32768
    return packed.astype("<i2")


def record(name, scene, momenta):
    """Return what the front end needs to know of a scene, its packed runs, and its losses over the view."""
    packed, seen = [], []
    for start in scene.starts:
        for lr in rates(scene):
            for momentum in momenta:
                points, losses = run(scene, lr, momentum, start)
                packed.append(pack(points, losses, scene))
                seen.append(behaviour(scene, points, losses))
    grid = np.stack(np.meshgrid(np.linspace(*scene.x, SURFACE[1]), np.linspace(*scene.y, SURFACE[0])), -1)
    described = dict(
        name=name,
        kind=scene.kind,
        x=scene.x,
        y=scene.y,
        starts=scene.starts,
        centre=scene.centre,
        rates=rates(scene),
        edges=[edge(scene, momentum) for momentum in momenta],
        behaviours=[name for name, _ in seen],
        turns=[back for _, back in seen],
    )
    return described, packed, scene.landscape.value(grid).astype("f2").astype("<f4")  # as exact as a line is drawn


class LearningRate(Widget):
    """Move the learning rate and the momentum, and see the path on the lines of equal loss and the loss by step.

    On a plain page it shows the recorded runs; with a kernel Python computes what lies between them, too.

    Parameters
    ----------
    landscape : str
        The landscape shown first: "round bowl" (curvature 4 in every direction), "narrow valley" (1 and 25),
        "saddle" or "Rosenbrock's valley".
    edge : "marked" or "hidden"
        Whether the edge, above which runs diverge, is marked on the slider and named in words from the start.
        If "hidden", there are the two bowls only and no momentum; the reader is told between which rates the
        edge must lie, and it is marked once a rate at which the loss falls and one at which it grows were
        tried that differ by less than 5 %. The formula is not named.

    >>> LearningRate(landscape="narrow valley")
    LearningRate()

    Raises ValueError for other arguments.
    """

    _esm = front_end("learning_rate.js")

    scenes = traitlets.List().tag(sync=True)
    momenta = traitlets.List().tag(sync=True)
    behaviours = traitlets.List().tag(sync=True)
    first = traitlets.Int().tag(sync=True)
    edge = traitlets.Unicode().tag(sync=True)
    steps = traitlets.Int().tag(sync=True)
    runs = traitlets.Bytes().tag(sync=True)
    surfaces = traitlets.Bytes().tag(sync=True)
    surface_shape = traitlets.List().tag(sync=True)

    def __init__(self, landscape="round bowl", edge="marked"):
        if not isinstance(edge, str) or edge not in ("marked", "hidden"):
            raise ValueError(f"edge must be 'marked' or 'hidden'; got {edge!r}")
        names, momenta = (list(SCENES), MOMENTA) if edge == "marked" else (BOWLS, MOMENTA[:1])
        if not isinstance(landscape, str) or landscape not in names:
            hidden = " where the edge is hidden" if edge == "hidden" else ""
            raise ValueError(f"landscape must be one of {', '.join(map(repr, names))}{hidden}; got {landscape!r}")
        scenes, runs, surfaces = zip(*(record(name, SCENES[name], momenta) for name in names))
        super().__init__(
            scenes=list(scenes),
            momenta=momenta,
            behaviours=BEHAVIOURS,
            first=names.index(landscape),
            edge=edge,
            steps=STEPS,
            runs=np.concatenate(runs).transpose(1, 0, 2).tobytes(),  # (3, runs, STEPS + 1), which packs best
            surfaces=np.stack(surfaces).tobytes(),
            surface_shape=list(SURFACE),
        )
        self.on_msg(self._answer)

    def _answer(self, _, content, buffers):
        if content["kind"] == "hello":
            self.send({"kind": "hello"})
        elif content["kind"] == "run":
            scene = SCENES[self.scenes[content["scene"]]["name"]]
            lr, momentum = content["lr"], content["momentum"]
            points, losses = run(scene, lr, momentum, content["start"])
            name, back = behaviour(scene, points, losses)
            told = {"behaviour": name, "turns": back, "edge": edge(scene, momentum)}
            self.send({"kind": "run", "id": content["id"], **told}, [pack(points, losses, scene).tobytes()])
