"""Lab 04, gradient descent: what its tasks ask, what is right, and the mistakes that are known."""

import functools
import math

import numpy as np

from nablab.checks.task import FunctionTask, Mistake, Part, ValueTask, counted
from nablab.data.ink import width_and_ink
from nablab.engine.optimizers import Momentum

RULE = "p <- p - lr * g: minus, the rate, and the gradient as it is."
FACTOR = "On a parabola of curvature c, one step gives x <- (1 - lr * c) * x."


def bowl(hessian, minimum):
    """Return the gradient of the quadratic bowl with this matrix of second derivatives, (D, D), and minimum, (D,)."""
    return lambda p: hessian @ (p - minimum)


def rotated(rng, curvatures):
    """Return a symmetric matrix with these curvatures along axes turned at random."""
    axes, _ = np.linalg.qr(rng.normal(size=(len(curvatures), len(curvatures))))
    return axes * curvatures @ axes.T


# step: one step, in place


def draw_step(rng):
    return {"p": rng.normal(size=4), "g": 2 + 3 * rng.random(4), "lr": float(rng.uniform(0.1, 0.4))}


def call_step(function, p, g, lr):
    function(p, g, lr)
    return p


STEP = FunctionTask(
    title="1 One step (warm-up)",
    points=0,
    arguments=("p", "g", "lr"),
    draw=draw_step,
    call=call_step,
    reference=lambda p, g, lr: p - lr * g,
    outputs=("the array p after the step",),
    changes=("p",),
    hint=RULE,
    mistakes=(
        Mistake(
            "rebinds",
            lambda p, g, lr: p,
            "The array p is as it was before the call. `p = p - lr * g` gives a new array to a local name, and the "
            "caller's array stays where it was. Which operator changes the array itself?",
            "The chapter's section 'Pitfalls' shows both forms side by side.",
        ),
        Mistake(
            "uphill",
            lambda p, g, lr: p + lr * g,
            "This step goes uphill: the loss rises. In which direction does a gradient point?",
            RULE,
        ),
        Mistake(
            "no rate",
            lambda p, g, lr: p - g,
            "The step is as long as the gradient itself. Which number turns a slope into a distance?",
            RULE,
        ),
        Mistake(
            "normalised",
            lambda p, g, lr: p - lr * g / np.linalg.norm(g),
            "The step always has the length lr: the gradient was divided by its own length. How would such a step "
            "become short near the minimum?",
            RULE,
        ),
    ),
)


# paper: factor, edge and pace from a curvature

CURVATURE, RATE = 6, 0.25

PAPER = ValueTask(
    title="2 On paper",
    points=2,
    parts=(
        Part(
            "factor",
            1 - RATE * CURVATURE,
            (
                Mistake(
                    "lr c",
                    RATE * CURVATURE,
                    "factor is lr times c. That is the share of the distance that one step takes away. "
                    "What share is left?",
                    FACTOR,
                ),
                Mistake(
                    "size only",
                    abs(1 - RATE * CURVATURE),
                    "factor has the right size. On which side of the minimum does the run stand after one step?",
                    FACTOR,
                ),
                Mistake(
                    "uphill",
                    1 + RATE * CURVATURE,
                    "factor is above 1: each step would lead farther away. Does the step go against the slope?",
                    FACTOR,
                ),
                Mistake(
                    "rate only",
                    1 - RATE,
                    "factor holds the rate, but not the curvature. What is the slope at x?",
                    "The slope at x is c * x. " + FACTOR,
                ),
            ),
            FACTOR,
        ),
        Part(
            "edge",
            2 / CURVATURE,
            (
                Mistake(
                    "1/c",
                    1 / CURVATURE,
                    "edge is 1/c. That rate is safe: its factor is 0, home in one step. How much farther can the rate "
                    "go before the jumps no longer shrink?",
                    "A run converges while -1 < 1 - lr * c < 1.",
                ),
                Mistake(
                    "c/2",
                    CURVATURE / 2,
                    "edge is upside down. Does a sharper curve allow a larger rate, or a smaller one?",
                    "A run converges while -1 < 1 - lr * c < 1.",
                ),
                Mistake(
                    "2c",
                    2 * CURVATURE,
                    "edge grows with the curvature. Does a sharper curve allow a larger rate, or a smaller one?",
                    "A run converges while -1 < 1 - lr * c < 1.",
                ),
            ),
            "A run converges while -1 < 1 - lr * c < 1.",
        ),
        Part(
            "steps",
            7,
            (
                Mistake(
                    "one short",
                    6,
                    "steps is one too few: after 6 steps the distance is still above a hundredth. By what is it "
                    "multiplied next?",
                    "distance after t steps = |factor|^t * distance at the start",
                ),
                Mistake(
                    "one over",
                    8,
                    "steps is one too many. Is the distance above a hundredth one step earlier?",
                    "distance after t steps = |factor|^t * distance at the start",
                ),
                Mistake(
                    "unrounded",
                    math.log(0.01) / math.log(0.5),
                    "steps is where the formula crosses a hundredth, between two steps. How many whole steps are "
                    "needed to be below it?",
                    "distance after t steps = |factor|^t * distance at the start",
                ),
                Mistake(
                    "a tenth",
                    4,
                    "steps leads below a tenth. A hundredth is asked for: how many halvings are that?",
                    "distance after t steps = |factor|^t * distance at the start",
                ),
            ),
            "distance after t steps = |factor|^t * distance at the start",
        ),
    ),
)


# descend: a run that knows when to stop


def draw_descend(rng):
    hessian = rotated(rng, np.array([1.0, 2.5]))
    minimum, far = rng.normal(size=2), rng.choice([-1, 1], size=2) * (2 + rng.random(2))
    kind = rng.integers(3)  # stops by tolerance, by max_steps, or before the first step
    return {
        "hessian": hessian,
        "minimum": minimum,
        "start": minimum + far * (1e-6 if kind == 2 else 1.0),
        "lr": float(rng.uniform(0.2, 0.5)),
        "tolerance": 1e-3,
        "max_steps": 5 if kind == 1 else 120,
    }


def call_descend(function, hessian, minimum, start, lr, tolerance, max_steps):
    return function(counted(bowl(hessian, minimum)), start, lr, tolerance, max_steps)


def descend(step=lambda g: -g, length=np.linalg.norm, stale=False, late=0, extra=0, bounded=True):
    """Return a run with a stop rule; the keywords are the places where it goes wrong."""

    def run(hessian, minimum, start, lr, tolerance, max_steps):
        gradient = bowl(hessian, minimum)
        p, first = start.copy(), gradient(start)
        last = max_steps if bounded else 10_000
        for steps in range(last + 1):
            g = first if stale else gradient(p)
            if steps == last or (steps >= late and length(g) <= tolerance):
                return p, steps + extra
            p = p + lr * step(g)

    return run


def overshoot(hessian, minimum, start, lr, tolerance, max_steps):
    """The run that looks at the gradient of the step before, and so takes one step more."""
    p, steps = descend()(hessian, minimum, start, lr, tolerance, max_steps)
    return (p - lr * bowl(hessian, minimum)(p), steps + 1) if steps < max_steps else (p, steps)


STOP = "Stop where sqrt(g_1^2 + ... + g_D^2) <= tolerance, or where max_steps steps have been taken."

DESCEND = FunctionTask(
    title="3 A run that stops",
    points=3,
    arguments=("gradient", "start", "lr", "tolerance", "max_steps"),
    draw=draw_descend,
    call=call_descend,
    reference=descend(),
    outputs=("p", "steps"),
    hint=STOP,
    seeds=(1, 2, 0, 6),  # two end by tolerance, one by max_steps, one before its first step
    mistakes=(
        Mistake(
            "uphill",
            descend(step=lambda g: g),
            "The run goes uphill and never comes to rest. In which direction does a gradient point?",
            RULE,
        ),
        Mistake(
            "stale",
            descend(stale=True),
            "Every step is the same, in length and direction: the gradient is that of the start. Where should it be "
            "taken for the second step?",
            "p_(t+1) = p_t - lr * gradient(p_t), with the p of that step.",
        ),
        Mistake(
            "normalised",
            descend(step=lambda g: -g / max(np.linalg.norm(g), 1e-300)),
            "All steps have the same length, and the run dances around the minimum. Was the gradient divided by its "
            "own length?",
            RULE,
        ),
        Mistake(
            "overshoot",
            overshoot,
            "The run takes one step more than needed. Is the stop rule applied to the gradient where you stand, or "
            "to the one before the step?",
            "The order of a round: gradient here; stop?; step.",
        ),
        Mistake(
            "late",
            descend(late=1),
            "The run always takes a step, also where the start is good enough already. What comes first in a round, "
            "the question or the step?",
            "The order of a round: gradient here; stop?; step.",
        ),
        Mistake(
            "count",
            descend(extra=1),
            "p is right, steps is one too many. What is steps before the first step?",
            "0 steps lead to start.",
        ),
        Mistake(
            "unbounded",
            descend(bounded=False),
            "The run goes on after max_steps. What ends a run whose gradient never becomes small?",
            STOP,
        ),
        Mistake(
            "sum",
            descend(length=lambda g: g.sum()),
            "The run stops while the slopes are still large. The entries of a gradient can be negative: what do "
            "they do in a sum?",
            STOP,
        ),
        Mistake(
            "squared",
            descend(length=lambda g: g @ g),
            "The run stops too early. Is the length compared with tolerance, or the square of the length?",
            STOP,
        ),
    ),
)


# edge: the edge of an unknown bowl


def draw_edge(rng):
    steepest = rng.uniform(4, 30)
    hessian = rotated(rng, np.array([steepest / rng.uniform(3, 6), steepest]))
    # Far from the minimum along both axes, so that a hundred steps tell; and nearer to 0 than the minimum is.
    away = np.linalg.eigh(hessian)[1] @ rng.uniform(2, 3, size=2)
    minimum = -away * rng.uniform(1.5, 2.5)
    return {"hessian": hessian, "minimum": minimum, "start": minimum + away}


def call_edge(function, hessian, minimum, start):
    return function(counted(bowl(hessian, minimum)), start)


def of_curvatures(formula):
    """Return a function of a drawn bowl that applies `formula` to its smallest and its largest curvature."""
    return lambda hessian, **_: formula(*np.linalg.eigvalsh(hessian)[[0, -1]])


GROWTH = "After many steps the gradient's length is multiplied by |1 - lr * L| at each step, whatever the start."

EDGE = FunctionTask(
    title="4 The edge of an unknown bowl",
    points=3,
    arguments=("gradient", "start"),
    draw=draw_edge,
    call=call_edge,
    reference=of_curvatures(lambda mu, L: 2 / L),
    outputs=("the edge",),
    rtol=5e-3,
    rtol32=5e-3,
    hint=GROWTH,
    mistakes=(
        Mistake(
            "1/L",
            of_curvatures(lambda mu, L: 1 / L),
            "This is half the edge, the rate 1/L. It is safe, but runs still converge beyond it. What does your test "
            "of convergence ask for: that the gradient shrinks, or that it never changes its sign?",
            GROWTH,
        ),
        Mistake(
            "L",
            of_curvatures(lambda mu, L: L),
            "This is the largest curvature itself. What rate does it allow?",
            "A run converges while |1 - lr * c| < 1 for every curvature c.",
        ),
        Mistake(
            "2/mu",
            of_curvatures(lambda mu, L: 2 / mu),
            "This is the edge of the flattest axis. Beyond which rate does the first of the axes diverge?",
            "A run converges while |1 - lr * c| < 1 for every curvature c.",
        ),
        Mistake(
            "best",
            of_curvatures(lambda mu, L: 2 / (mu + L)),
            "This is the rate of the fastest run, not the last one that converges. What does your test compare?",
            GROWTH,
        ),
        Mistake(
            "never converges",
            lambda **_: 0.0,
            "The search ended at its lower end: no run was taken for a converging one. The minimum is not at 0 here. "
            "What becomes small at a minimum, wherever it lies?",
            GROWTH,
        ),
        Mistake(
            "never diverges",
            lambda **_: 1.0,
            "The search ended at its upper end: every run was taken for a converging one. Is it the right end that "
            "moves, and does a run that ends in inf or nan count as one that diverges?",
            GROWTH,
        ),
    ),
)


# gradient: of the mean squared error of a line


def draw_gradient(rng):
    N, D = int(rng.integers(11, 18)), 3
    return {"w": rng.normal(size=D), "x": rng.normal(size=(N, D)), "y": 5 + rng.normal(size=N)}


def mse_gradient(w, x, y):
    return 2 / len(y) * x.T @ (x @ w - y)  # (D,)


MEAN = "loss = 1/N * sum_n r_n^2 with r = x w - y, so d loss / d w_j = 1/N * sum_n 2 * r_n * x_nj."

GRADIENT = FunctionTask(
    title="5 The gradient of a mean loss",
    points=2,
    arguments=("w", "x", "y"),
    draw=draw_gradient,
    reference=mse_gradient,
    outputs=("the gradient",),
    hint=MEAN,
    mistakes=(
        Mistake(
            "no 2",
            lambda w, x, y: mse_gradient(w, x, y) / 2,
            "Every number is half of what it should be. What is the derivative of r squared?",
            MEAN,
        ),
        Mistake(
            "sum",
            lambda w, x, y: mse_gradient(w, x, y) * len(y),
            "Every number is N times too large: this is the gradient of the sum. The loss is a mean; what does that "
            "do to its gradient?",
            MEAN,
        ),
        Mistake(
            "sum without 2",
            lambda w, x, y: mse_gradient(w, x, y) * len(y) / 2,
            "Every number is N/2 times too large. Two factors are missing: one from the square, one from the mean.",
            MEAN,
        ),
        Mistake(
            "over D, too",
            lambda w, x, y: mse_gradient(w, x, y) / len(w),
            "Every number is D times too small. Over what does the loss average: over samples, or over all entries "
            "of x?",
            MEAN,
        ),
        Mistake(
            "sign",
            lambda w, x, y: -mse_gradient(w, x, y),
            "The sign is turned round: a step against this gradient raises the loss. Is the residual x w - y, or "
            "y - x w?",
            MEAN,
        ),
        Mistake(
            "residual lost",
            lambda w, x, y: 2 * x.mean(axis=0),
            "The residuals do not appear in the result. By what is each row of x multiplied, before the mean?",
            MEAN,
        ),
        Mistake(
            "target lost",
            lambda w, x, y: mse_gradient(w, x, 0 * y),
            "The gradient is as if y were 0. Where does y enter the loss?",
            MEAN,
        ),
        Mistake(
            "one for each sample",
            lambda w, x, y: 2 * x * (x @ w - y)[:, None],
            "There is one gradient for each sample, in rows. The loss is their mean; along which axis?",
            MEAN,
        ),
        Mistake(
            "mean over features",
            lambda w, x, y: (2 * x * (x @ w - y)[:, None]).mean(axis=1),
            "There is one number for each sample, and there should be one for each weight. Along which axis was the "
            "mean taken?",
            MEAN,
        ),
        Mistake(
            "all in one",
            lambda w, x, y: (2 * x * (x @ w - y)[:, None]).mean(),
            "A single number came back, the mean of everything. There should be one slope for each weight: along "
            "which axis is the mean taken?",
            MEAN,
        ),
    ),
)


# curvature: the largest one, from products alone


def draw_curvature(rng):
    largest = rng.uniform(3, 12)
    curvatures = largest * np.array([0.1, 0.2, 0.4, rng.uniform(0.4, 0.6), 1])
    return {"hessian": rotated(rng, curvatures), "start": rng.normal(size=5)}


def call_curvature(function, hessian, start):
    return function(counted(lambda v: hessian @ v), start)


def unit(v):
    return v / np.linalg.norm(v)


POWER = "v <- H v / |H v|, many times; then H v = L v, so L = |H v| for a v of length 1."

CURVATURE_TASK = FunctionTask(
    title="6 The largest curvature",
    points=3,
    arguments=("product", "start"),
    draw=draw_curvature,
    call=call_curvature,
    reference=of_curvatures(lambda mu, L: L),
    outputs=("the curvature",),
    rtol=1e-4,
    rtol32=1e-4,
    hint=POWER,
    mistakes=(
        Mistake(
            "length after scaling",
            lambda hessian, start: 1.0,
            "This is the length of a vector that was just scaled to length 1. By how much does the product lengthen "
            "it, before it is scaled again?",
            POWER,
        ),
        Mistake(
            "squared",
            lambda hessian, start: np.linalg.eigvalsh(hessian)[-1] ** 2,
            "This is the square of the curvature. Is it a length, or a length squared; one product, or two?",
            POWER,
        ),
        Mistake(
            "first product",
            lambda hessian, start: np.linalg.norm(hessian @ start),
            "This is the length of product(start). It depends on the start: what must be repeated until it no longer "
            "does?",
            POWER,
        ),
        Mistake(
            "first product of a unit vector",
            lambda hessian, start: np.linalg.norm(hessian @ unit(start)),
            "This is what a single product does to the length. In a random direction that is less than the largest "
            "curvature. What must be repeated?",
            POWER,
        ),
        Mistake(
            "smallest",
            lambda hessian, start: np.linalg.eigvalsh(hessian)[0],
            "This is the smallest curvature. Which direction wins when a product is applied again and again?",
            POWER,
        ),
        Mistake(
            "edge",
            lambda hessian, start: 2 / np.linalg.eigvalsh(hessian)[-1],
            "This is the edge, 2/L. The curvature itself is asked for.",
            POWER,
        ),
        Mistake(
            "direction",
            lambda hessian, start: _top(hessian, start),
            "This is the direction of the largest curvature, a vector. How large is the curvature along it?",
            POWER,
        ),
    ),
)


def _top(hessian, start):
    """Return the eigenvector of the largest eigenvalue, with the sign that power iteration from `start` finds."""
    v = np.linalg.eigh(hessian)[1][:, -1]
    return v * np.sign(v @ start)


# rates: mean against sum, on real digits


@functools.cache
def ink_curvatures():
    """Return the smallest and the largest curvature of the mean squared error of ink, given width, and N."""
    x, y = width_and_ink()
    return *np.linalg.eigvalsh(2 / len(y) * x.T @ x)[[0, -1]], len(y)


def of_ink(formula):
    return lambda: formula(*ink_curvatures())


EDGE_RULE = "edge = 2 / L, with L the largest curvature of the loss that is really used."
SUM_RULE = "sum = N * mean, so each second derivative of the sum is N times that of the mean."
BEST_RULE = "The best rate makes both factors equally large: 1 - lr * mu = -(1 - lr * L)."

RATES = ValueTask(
    title="7 Rates for real digits",
    points=3,
    parts=(
        Part(
            "edge_mean",
            of_ink(lambda mu, L, N: 2 / L),
            (
                Mistake(
                    "1/L",
                    of_ink(lambda mu, L, N: 1 / L),
                    "edge_mean is 1/L. That rate is safe; where does divergence start?",
                    EDGE_RULE,
                ),
                Mistake(
                    "L",
                    of_ink(lambda mu, L, N: L),
                    "edge_mean is the curvature itself. What rate does it allow?",
                    EDGE_RULE,
                ),
                Mistake(
                    "no 2 in H",
                    of_ink(lambda mu, L, N: 4 / L),
                    "edge_mean is twice too large. Is the 2 of the squared error in your matrix of second derivatives?",
                    "The second derivatives of the mean squared error are 2/N * x.T @ x.",
                ),
                Mistake(
                    "2/mu",
                    of_ink(lambda mu, L, N: 2 / mu),
                    "edge_mean belongs to the flattest axis. Which of the two curvatures sets the edge?",
                    EDGE_RULE,
                ),
                Mistake(
                    "of the sum",
                    of_ink(lambda mu, L, N: 2 / L / N),
                    "edge_mean is the edge of the sum. Was the 1/N left out of the matrix of second derivatives?",
                    "The second derivatives of the mean squared error are 2/N * x.T @ x.",
                ),
            ),
            EDGE_RULE,
        ),
        Part(
            "edge_sum",
            of_ink(lambda mu, L, N: 2 / L / N),
            (
                Mistake(
                    "as the mean's",
                    of_ink(lambda mu, L, N: 2 / L),
                    "edge_sum is the edge of the mean. The sum has the same minimum, but does it have the same slopes?",
                    SUM_RULE,
                ),
                Mistake(
                    "N times",
                    of_ink(lambda mu, L, N: 2 / L * N),
                    "edge_sum is larger than edge_mean. The sum is steeper: does that allow a larger rate?",
                    SUM_RULE,
                ),
                Mistake(
                    "1/L",
                    of_ink(lambda mu, L, N: 1 / L / N),
                    "edge_sum is 1/L of the sum. That rate is safe; where does divergence start?",
                    EDGE_RULE,
                ),
            ),
            SUM_RULE,
        ),
        Part(
            "best_mean",
            of_ink(lambda mu, L, N: 2 / (mu + L)),
            (
                Mistake(
                    "2/L",
                    of_ink(lambda mu, L, N: 2 / L),
                    "best_mean is the edge itself. There the steepest axis jumps for ever: how large is its factor?",
                    BEST_RULE,
                ),
                Mistake(
                    "1/L",
                    of_ink(lambda mu, L, N: 1 / L),
                    "best_mean is 1/L. It makes the factor of the steepest axis 0. Can the flat axis, which is the "
                    "slower one, gain from a larger rate?",
                    BEST_RULE,
                ),
                Mistake(
                    "1/(mu+L)",
                    of_ink(lambda mu, L, N: 1 / (mu + L)),
                    "best_mean is half of what it should be. At the best rate, one factor is positive and the other "
                    "negative, and both are equally large.",
                    BEST_RULE,
                ),
                Mistake(
                    "of the sum",
                    of_ink(lambda mu, L, N: 2 / (mu + L) / N),
                    "best_mean is the best rate of the sum. It is asked for the mean.",
                    BEST_RULE,
                ),
            ),
            BEST_RULE,
        ),
    ),
    rtol=2e-3,
)


# momentum: the other convention


def draw_momentum(rng):
    return {
        "hessian": rotated(rng, np.array([1.0, 5.0])),
        "minimum": rng.normal(size=2),
        "start": 3 + rng.normal(size=2),
        "lr": float(rng.uniform(0.02, 0.06)),
        "momentum": float(rng.uniform(0.6, 0.85)),
        "steps": 12,
    }


def call_momentum(function, hessian, minimum, start, lr, momentum, steps):
    return function(counted(bowl(hessian, minimum)), start, lr, momentum, steps)


def reference_momentum(hessian, minimum, start, lr, momentum, steps):
    gradient, ball, p = bowl(hessian, minimum), Momentum(lr, momentum), start.copy()
    points = [p.copy()]
    for _ in range(steps):
        ball.step([p], [gradient(p)])
        points.append(p.copy())
    return np.array(points)  # (steps + 1, D)


def averaged(rate=lambda lr, b: lr / (1 - b), share=lambda b: 1 - b, first=0, forgets=False, late=False, sign=-1):
    """Return a run with the averaging convention; the keywords are the places where it goes wrong."""

    def run(hessian, minimum, start, lr, momentum, steps):
        gradient, p = bowl(hessian, minimum), start.copy()
        points, v = [p], first * gradient(p)
        for _ in range(steps):
            old = 0 * v if forgets else v
            v = momentum * old + share(momentum) * gradient(p)
            p = p + sign * rate(lr, momentum) * (old if late else v)
            points.append(p)
        return np.array(points)  # (steps + 1, D)

    return run


AVERAGE = "v <- b * v + (1 - b) * g is (1 - b) times the chapter's v, if both start at 0."

MOMENTUM = FunctionTask(
    title="8 Momentum, the other way",
    points=3,
    arguments=("gradient", "start", "lr", "momentum", "steps"),
    draw=draw_momentum,
    call=call_momentum,
    reference=reference_momentum,
    outputs=("the path",),
    hint=AVERAGE,
    mistakes=(
        Mistake(
            "unconverted",
            averaged(rate=lambda lr, b: lr),
            "The path is the right kind, with steps (1 - b) times as long: lr was used as it is. How much smaller is "
            "this velocity than the chapter's, and what makes up for it?",
            AVERAGE,
        ),
        Mistake(
            "converted the wrong way",
            averaged(rate=lambda lr, b: lr * (1 - b)),
            "The steps are too short by (1 - b) twice. The velocity is smaller already: should the rate become "
            "smaller as well?",
            AVERAGE,
        ),
        Mistake(
            "converted, but summed",
            averaged(share=lambda b: 1),
            "The steps are 1/(1 - b) times too long. The rate is converted, but the velocity still adds up whole "
            "gradients: where does the (1 - b) stand?",
            AVERAGE,
        ),
        Mistake(
            "starts at the gradient",
            averaged(first=1),
            "The first step is as long as the later ones. What is the velocity before the first step?",
            "v_0 = 0, so v_1 = (1 - b) * g.",
        ),
        Mistake(
            "forgets",
            averaged(forgets=True),
            "The path is that of gradient descent without momentum. Is v set to 0 again in each round?",
            AVERAGE,
        ),
        Mistake(
            "late",
            averaged(late=True),
            "The first step does not move, and every step is one behind: p is changed with the old velocity. Which "
            "comes first?",
            "First v <- b * v + (1 - b) * g, then p <- p - rate * v with the new v.",
        ),
        Mistake(
            "uphill",
            averaged(sign=1),
            "The path goes uphill. With which sign does the velocity enter the step?",
            "p <- p - rate * v",
        ),
        Mistake(
            "start missing",
            lambda **inputs: reference_momentum(**inputs)[1:],
            "The path has one row too few: the first row is the start itself.",
            "A run visits one point more than it takes steps.",
        ),
        Mistake(
            "end only",
            lambda **inputs: reference_momentum(**inputs)[-1],
            "Only the last point came back. The whole path is asked for, one row for each point.",
            "A run visits one point more than it takes steps.",
        ),
        Mistake(
            "one array",
            lambda **inputs: np.tile(reference_momentum(**inputs)[-1], (inputs["steps"] + 1, 1)),
            "All rows are the last point. A list that holds the same array many times shows its last state many "
            "times: what must be stored in each round?",
            "Each row must be an array of its own, which later steps no longer change.",
        ),
    ),
)


# epoch: batches, paired and weighted


def draw_epoch(rng):
    N, batch_size = int(rng.integers(31, 60)), int(rng.integers(7, 10))
    N += N % batch_size == 0  # the last batch is always smaller
    x = np.stack([rng.permutation(N) + 0.5, rng.normal(size=N)], axis=1)  # (N, 2)
    return {"x": x, "y": x[:, 0] / 4 + rng.normal(size=N), "batch_size": batch_size, "seed": int(rng.integers(2**31))}


def call_epoch(function, x, y, batch_size, seed):
    """Call the learner's function with a loss that keeps what it was given."""
    keys, labels, sizes = [np.empty(0)], [np.empty(0)], []

    def loss(xb, yb):
        xb, yb = np.array(xb, float), np.array(yb, float)
        if xb.ndim != 2 or yb.ndim != 1 or len(xb) != len(yb):
            raise ValueError(f"loss wants xb of shape (B, D) and yb of shape (B,); got {xb.shape} and {yb.shape}")
        keys.append(xb[:, 0])
        labels.append(yb)
        sizes.append(len(yb))
        return np.mean((xb[:, 0] / 4 - yb) ** 2)

    value = function(loss, x, y, batch_size, np.random.default_rng(seed))
    return value, np.concatenate(keys), np.concatenate(labels), np.array(sizes, int)


def reference_epoch(x, y, batch_size, seed):
    """Return the mean loss, and the batches in one of the many right orders."""
    order = np.random.default_rng(seed).permutation(len(y))
    sizes = np.diff([*range(0, len(y), batch_size), len(y)])
    return np.mean((x[:, 0] / 4 - y) ** 2), x[order, 0], y[order], sizes


PAIRS = "One permutation of 0 ... N - 1 picks rows of x and entries of y: x[order], y[order]."
WEIGHTS = "mean over all samples = sum over batches of (batch's mean * batch's size) / N"


def judge_epoch(output, x, y, batch_size, seed):
    value, keys, labels, sizes = output
    return judge_batches(keys, labels, sizes, x, y, batch_size) or judge_mean(value, keys, labels, sizes, batch_size)


def judge_batches(keys, labels, sizes, x, y, batch_size):
    """Return what is wrong with the batches that the loss was given, or None."""
    N = len(y)
    if not len(sizes):
        return Mistake("no batch", None, "The loss was never called. Who gives it the batches?", WEIGHTS)
    if max(sizes) > batch_size or min(sizes) == 0:
        return Mistake(
            "size",
            None,
            f"The batch size is {batch_size}, and the loss was given batches of {min(sizes)} to {max(sizes)} samples. "
            "From where to where does each batch reach?",
            "Batch k holds the places k * batch_size up to, not including, (k + 1) * batch_size.",
        )
    if len(keys) == N // batch_size * batch_size:
        return Mistake(
            "dropped",
            None,
            f"The last batch is missing: of {N} samples the loss saw {len(keys)}. N is no multiple of the batch size; "
            "what becomes of the rest?",
            "There are N / batch_size batches, rounded up.",
        )
    if len(np.unique(keys)) < len(keys):
        return Mistake(
            "repeated",
            None,
            "Some samples came twice and others not at all: were they drawn anew each time? In an epoch each comes "
            "once.",
            PAIRS,
        )
    if len(keys) != N:
        return Mistake("count", None, f"Of {N} samples the loss saw {len(keys)}. Where are the others?", PAIRS)
    place = {key: n for n, key in enumerate(x[:, 0])}
    order = np.array([place.get(key, -1) for key in keys])
    if (order < 0).any() or not np.array_equal(y[order], labels):
        return Mistake(
            "apart",
            None,
            "Inputs and labels no longer belong together: they were shuffled apart. How can both be put into the "
            "same new order?",
            PAIRS,
        )
    if np.array_equal(order, np.arange(N)):
        return Mistake("unshuffled", None, "The samples come in their old order. Which line shuffles them?", PAIRS)
    if len(sizes) > -(-N // batch_size):
        return Mistake(
            "small",
            None,
            f"There are {len(sizes)} batches, more than needed. Only the last may be smaller than {batch_size}.",
            "There are N / batch_size batches, rounded up.",
        )
    return None


def judge_mean(value, keys, labels, sizes, batch_size):
    """Return what is wrong with the mean loss, or None."""
    losses = np.split((keys / 4 - labels) ** 2, np.cumsum(sizes)[:-1])
    means = np.array([np.mean(batch) for batch in losses])
    if np.ndim(value):
        return Mistake("shape", None, "The result is an array; the epoch has one mean loss.", WEIGHTS)

    def is_(number):
        return abs(value - number) <= 1e-6 * number

    if is_(means @ sizes / sum(sizes)):
        return None
    if is_(means.mean()):
        message = "This is the mean of the batches' means. The last batch is smaller; does it deserve the same weight?"
    elif is_(means.sum() * batch_size / sum(sizes)):
        message = "Every batch was weighted by the full batch size, the last one, too. How many samples does it hold?"
    elif is_(means @ sizes / (len(sizes) * batch_size)):
        message = (
            "The sum was divided by batches times batch size. The last batch is smaller: how many samples are there?"
        )
    elif is_(means.sum()):
        message = "This is the sum of the batches' means, and it grows with their number. What would make it a mean?"
    elif is_(means.sum() / sum(sizes)):
        message = (
            "Each batch's mean was divided by N, so N was divided by twice. What is a batch's mean times its size?"
        )
    elif is_(means @ sizes):
        message = "This is the sum over all samples. What is missing to make it a mean?"
    elif is_(means[-1]):
        message = "This is the loss of the last batch alone. Is something added up, or overwritten in each round?"
    else:
        message = "The batches are right, their mean is not right yet. What weight does each batch have?"
    return Mistake("mean", None, message, WEIGHTS)


EPOCH = FunctionTask(
    title="9 An epoch in batches",
    points=4,
    arguments=("loss", "x", "y", "batch_size", "rng"),
    draw=draw_epoch,
    call=call_epoch,
    reference=reference_epoch,
    judge=judge_epoch,
    outputs=("the mean loss", "inputs", "labels", "sizes"),
    hint=WEIGHTS,
)


# diagnose: what is wrong with a run, from its path

SIGN, RATE_TOO_LARGE, STALE, NORMALISED = CAUSES = (
    "wrong sign",
    "rate too large",
    "gradient taken once",
    "gradient normalised",
)


def runs(steps=6):
    """Return four faulty runs on a parabola of curvature 2 from x = 1, and what is wrong with each."""
    faults = {
        "A": (STALE, lambda x: x - 0.2 * 2),
        "B": (SIGN, lambda x: x + 0.2 * 2 * x),
        "C": (NORMALISED, lambda x: x - 0.3 * math.copysign(1, x)),
        "D": (RATE_TOO_LARGE, lambda x: x - 1.1 * 2 * x),
    }
    paths = {}
    for name, (cause, step) in faults.items():
        x = [1.0]
        for _ in range(steps):
            x.append(step(x[-1]))
        paths[name] = (cause, np.array(x))
    return paths


LOOK = {
    "A": "In run A, look at the differences between neighbours. How long is each step, and does it change?",
    "B": "In run B, look at the signs and at the quotient of neighbours. Does the run ever turn round?",
    "C": "In run C, look at the end: does the run still get closer, and how long are its steps there?",
    "D": "In run D, look at the quotient of neighbours: its sign, and whether it is larger than 1 in size.",
}
STEPS = (
    "The step of each: wrong sign, + lr * c * x; too large, - lr * c * x with lr * c > 2; taken once, - lr * c * x_0; "
    "normalised, - lr * sign(x)."
)

DIAGNOSE = ValueTask(
    title="10 What went wrong?",
    points=2,
    parts=tuple(
        Part(
            f"run_{name.lower()}",
            cause,
            tuple(Mistake(other, other, LOOK[name], STEPS) for other in CAUSES if other != cause),
            STEPS,
            options=CAUSES,
        )
        for name, (cause, _) in runs().items()
    ),
)


TASKS = {
    "step": STEP,
    "paper": PAPER,
    "descend": DESCEND,
    "edge": EDGE,
    "gradient": GRADIENT,
    "curvature": CURVATURE_TASK,
    "rates": RATES,
    "momentum": MOMENTUM,
    "epoch": EPOCH,
    "diagnose": DIAGNOSE,
}
