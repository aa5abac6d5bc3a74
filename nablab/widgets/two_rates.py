"""Two balls on one parabola, with learning rates on either side of the edge; and then a ball with any other rate."""

import numpy as np
import traitlets

from nablab.engine import validate
from nablab.engine.landscapes import Quadratic
from nablab.engine.optimizers import GradientDescent
from nablab.widgets.base import Widget, front_end

# The recorded rates, as shares of the edge 2/c: half of it is home in one step; dense about the edge itself.
SHARES = [
    *(0.125, 0.25, 0.375, 0.4375, 0.5, 0.5625, 0.625, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95),
    *(1, 1.05, 1.075, 1.1, 1.15, 1.2),
]
VIEW = 1.9  # how far the picture reaches to either side, in distances of the start
NEAR = 0.01  # of that distance: close enough to be called home
MOST_STEPS = 500


def run(curvature, lr, start, steps):
    """Return the places (steps + 1,) that gradient descent visits on f(x) = 1/2 curvature x^2."""
    bowl, descent, p = Quadratic([curvature]), GradientDescent(lr), np.array([start], dtype=float)
    visited = [p[0]]
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            descent.step([p], [bowl.gradient(p)])
            visited.append(p[0])
    return np.array(visited)


def first(true):
    """Return the first place where an array is true, or -1."""
    return int(true.argmax()) if true.any() else -1


def recorded_rates(curvature, rates):
    """Return the learning rates of the recorded runs, ascending, with `rates` and the edge among them."""
    edge = 2 / curvature
    exact = [edge / 2, edge, *rates]
    others = [float(f"{share * edge:.3g}") for share in SHARES]
    return sorted({*exact, *(lr for lr in others if not np.isclose(lr, exact, rtol=1e-3).any())})


def apart(places, least):
    """Return the places, in order, but none that is nearer than `least` to one before it: dots would cover it."""
    kept = []
    for x in places:
        if all(abs(x - other) >= least for other in kept):
            kept.append(x)
    return np.array(kept)


class TwoRates(Widget):
    """Let two balls go, one learning rate below the edge and one above; then try the others.

    They move on f(x) = 1/2 curvature x^2 by gradient descent. Between two points of a run a ball is seen to roll along
    the curve; only the points are the run. It needs no kernel.

    Parameters
    ----------
    curvature : float
        Above 0; the edge is at 2 / curvature.
    rates : two different numbers above 0
        The learning rates of the two balls.
    start : float
        Where both begin; not 0.
    steps : int
        How many steps each takes, from 10 to 500.

    >>> TwoRates(rates=(0.35, 0.45))
    TwoRates()

    Raises TypeError or ValueError for other arguments, and where a ball ends beyond 3e38.
    """

    _esm = front_end("two_rates.js")

    curvature = traitlets.Float().tag(sync=True)
    start = traitlets.Float().tag(sync=True)
    steps = traitlets.Int().tag(sync=True)
    view = traitlets.Float().tag(sync=True)
    pair = traitlets.List().tag(sync=True)
    rates = traitlets.List().tag(sync=True)
    exact = traitlets.Bytes().tag(sync=True)
    runs = traitlets.Bytes().tag(sync=True)
    ends = traitlets.List().tag(sync=True)
    near = traitlets.List().tag(sync=True)
    out = traitlets.List().tag(sync=True)

    def __init__(self, curvature=5.0, rates=(0.39, 0.41), start=1.0, steps=100):
        validate.positive(curvature=curvature)
        validate.finite(start=start)
        if start == 0:
            raise ValueError("start must not be 0: there the slope is 0, and no ball moves")
        validate.whole(steps=steps)
        validate.within(10, MOST_STEPS, steps=steps)
        validate.finite_vector(rates=rates)
        if len(rates) != 2 or rates[0] == rates[1]:
            raise ValueError(f"rates must be two different numbers above 0; got {rates!r}")
        pair = sorted(float(lr) for lr in rates)
        validate.positive(**{"rates[0]": pair[0], "rates[1]": pair[1]})
        every = recorded_rates(curvature, pair)
        x, view = np.array([run(curvature, lr, start, steps) for lr in every]), VIEW * abs(start)
        if not abs(x).max() < 3e38:  # nan, too
            raise ValueError(f"rates and steps must be such that both balls end below 3e38; got {rates!r}, {steps!r}")
        away = abs(x)
        later = np.maximum.accumulate(away[:, ::-1], axis=1)[:, ::-1]  # the farthest from here on
        super().__init__(
            curvature=curvature,
            start=start,
            steps=int(steps),
            view=view,
            pair=pair,
            rates=every,
            exact=x[[every.index(lr) for lr in pair]].astype("<f4").tobytes(),  # of the two: (2, steps + 1)
            runs=np.round(np.clip(x / view / 2, -1, 1) * 32767).astype("<i2").tobytes(),  # over twice the view
            ends=[float(f"{end:.4g}") for end in away[:, -1]],
            near=[first(row <= NEAR * abs(start)) for row in later],  # the step from which on it is home
            out=[first(row > view) for row in away],  # the step at which it leaves the picture
        )

    def still(self):
        """Return a figure of the last frame, for pages without script. It is light: few ticks, few points, no grid."""
        from nablab import plots  # brings Matplotlib along, which no page needs that moves

        fig, ax = plots.figure("x", "f(x)", size=(5.6, 3.4))
        bowl, across = Quadratic([self.curvature]), np.linspace(-self.view, self.view, 41)
        ax.plot(across, bowl.value(across[:, None]), color=plots.COLOURS["muted"], linewidth=1.4)
        top, visited = bowl.value([self.view]), np.frombuffer(self.exact, "<f4").reshape(2, -1).astype(float)
        looks = [("blue", "o", "full", 0.54), ("orange", "s", "none", 0.9)]
        for lr, x, (colour, marker, fill, height) in zip(self.pair, visited, looks):
            shade, inside = plots.COLOURS[colour], apart(x[abs(x) <= self.view], self.view / 50)
            look = dict(color=shade, linestyle="none", marker=marker, markersize=4, fillstyle=fill)
            ax.plot(inside, bowl.value(inside[:, None]), **look)
            said = (f"{lr:g}: after {self.steps} steps", f"{abs(x[-1]):.3g} from the bottom")
            for line, text in enumerate(said):
                ax.text(0, (height - 0.08 * line) * top, text, ha="center", va="center", color=shade)
        ax.grid(False)
        start = abs(self.start)
        ax.set(ylim=(-0.06 * top, 1.02 * top), xticks=[-start, 0, start], yticks=[0, bowl.value([start])])
        return fig
