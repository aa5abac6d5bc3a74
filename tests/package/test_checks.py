"""Instant checks: right answers pass in any style, each usual mistake is named, and no answer makes a check crash."""

import itertools
import warnings
from fractions import Fraction

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from nablab.checks import check, core, score, tasks
from nablab.checks.compare import difference, same, wrong_shape
from nablab.checks.lab04 import CAUSES, LOOK, bowl, runs
from nablab.checks.task import FunctionTask, ValueTask
from nablab.data.ink import width_and_ink
from nablab.engine.optimizers import Momentum

TASKS = {f"lab04.{name}": task for name, task in tasks("lab04").items()}
FUNCTIONS = {name: task for name, task in TASKS.items() if isinstance(task, FunctionTask)}
VALUES = {name: task for name, task in TASKS.items() if isinstance(task, ValueTask)}
norm = np.linalg.norm

# Right answers, in several styles.


def step_inplace(p, g, lr):
    p -= lr * g


def step_slice(p, g, lr):
    p[:] = p - lr * g


def step_loop(p, g, lr):
    for j in range(len(p)):
        p[j] = p[j] - lr * g[j]


def descend_while(gradient, start, lr, tolerance, max_steps):
    p, steps = start.copy(), 0
    while norm(gradient(p)) > tolerance and steps < max_steps:
        p = p - lr * gradient(p)
        steps += 1
    return p, steps


def descend_lists(gradient, start, lr, tolerance, max_steps):
    p = list(start)
    for steps in range(max_steps + 1):
        g = gradient(p)
        if sum(s * s for s in g) ** 0.5 <= tolerance or steps == max_steps:
            break
        p = [a - lr * b for a, b in zip(p, g)]
    return [p, float(steps)]


def search(gradient, start, converges=None, good=0.0, bad=1.0, steps=100):
    converges = converges or (lambda p: norm(gradient(p)) < norm(gradient(start)))
    while bad - good > 1e-5:
        middle = (good + bad) / 2
        p = start.copy()
        for _ in range(steps):
            p = p - middle * gradient(p)
        good, bad = (middle, bad) if converges(p) else (good, middle)
    return good


def edge_by_hessian(gradient, start):
    at_zero = gradient(np.zeros(2))
    hessian = np.stack([gradient(axis) - at_zero for axis in np.eye(2)])
    return 2 / np.linalg.eigvalsh(hessian).max()


def edge_from_above(gradient, start):
    return search(gradient, start, good=0.0, bad=1.0, steps=300)


def mse_vector(w, x, y):
    return 2 * x.T @ (x @ w - y) / len(x)


def mse_mean(w, x, y):
    return (2 * x * (x @ w - y)[:, None]).mean(axis=0)


def mse_loop(w, x, y):
    dw = [0.0] * len(w)
    for xn, yn in zip(x, y):
        residual = sum(a * b for a, b in zip(xn, w)) - yn
        for j in range(len(w)):
            dw[j] += 2 * residual * xn[j] / len(y)
    return dw


def mse_float32(w, x, y):
    w, x, y = (a.astype(np.float32) for a in (w, x, y))
    return 2 * x.T @ (x @ w - y) / np.float32(len(x))


def power(product, start, rounds=60):
    v = start
    for _ in range(rounds):
        v = v / norm(v)
        v = product(v)
    return norm(v)


def power_rayleigh(product, start):
    v = start
    for _ in range(60):
        v = product(v) / norm(product(v))
    return v @ product(v)


def power_until(product, start):
    old, new, v = 0.0, 1.0, start
    while abs(new - old) > 1e-9:
        v = v / norm(v)
        v = product(v)
        old, new = new, norm(v)
    return np.float32(new)


def momentum(gradient, start, lr, momentum, steps, rate=None, share=None, first=0.0, sign=-1, order="new"):
    p, points = start.copy(), [start.copy()]
    v = first * gradient(p)
    rate = lr / (1 - momentum) if rate is None else rate(lr, momentum)
    share = 1 - momentum if share is None else share
    for _ in range(steps):
        old = v
        v = momentum * v + share * gradient(p)
        p = p + sign * rate * (old if order == "old" else v)
        points.append(p)
    return np.array(points)


def momentum_list(gradient, start, lr, momentum_, steps):
    return [list(p) for p in momentum(gradient, start, lr, momentum_, steps)]


def momentum_by_the_package(gradient, start, lr, momentum, steps):
    ball, p = Momentum(lr, momentum), start.copy()
    points = [p.copy()]
    for _ in range(steps):
        ball.step([p], [gradient(p)])
        points.append(p.copy())
    return np.stack(points)


def epoch(loss, x, y, batch_size, rng):
    order = rng.permutation(len(y))
    total = 0
    for i in range(0, len(y), batch_size):
        rows = order[i : i + batch_size]
        total += loss(x[rows], y[rows]) * len(rows)
    return total / len(y)


def epoch_shuffled_copies(loss, x, y, batch_size, rng):
    together = np.column_stack([x, y])
    rng.shuffle(together)
    batches = [together[i : i + batch_size] for i in range(0, len(y), batch_size)]
    return np.average([loss(b[:, :-1], b[:, -1]) for b in batches], weights=[len(b) for b in batches])


def ink_rates():
    x, y = width_and_ink()
    mu, L = np.linalg.eigvalsh(2 / len(y) * x.T @ x)
    return 2 / L, 2 / L / len(y), 2 / (mu + L)


RIGHT = [
    ("step", step_inplace),
    ("step", step_slice),
    ("step", step_loop),
    ("paper", (-0.5, 1 / 3, 7)),
    ("paper", [Fraction(-1, 2) * 1.0, 0.3333, np.int64(7)]),
    ("paper", np.array([-0.5, 1 / 3, 7])),
    ("descend", descend_while),
    ("descend", descend_lists),
    ("edge", search),
    ("edge", edge_by_hessian),
    ("edge", edge_from_above),
    ("gradient", mse_vector),
    ("gradient", mse_mean),
    ("gradient", mse_loop),
    ("gradient", mse_float32),
    ("curvature", power),
    ("curvature", power_rayleigh),
    ("curvature", power_until),
    ("rates", ink_rates()),
    ("rates", tuple(float(f"{rate:.3g}") for rate in ink_rates())),
    ("momentum", momentum),
    ("momentum", momentum_list),
    ("momentum", momentum_by_the_package),
    ("epoch", epoch),
    ("epoch", epoch_shuffled_copies),
    ("diagnose", tuple(cause for cause, _ in runs().values())),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT, ids=lambda a: getattr(a, "__name__", str(a))[:30])
def test_right_answers_pass(name, answer):
    result = check(f"lab04.{name}", answer)
    assert result, result
    assert result.points == result.out_of == TASKS[f"lab04.{name}"].points


# Wrong answers, as learners write them, and the words by which each is recognised.


def step_rebinds(p, g, lr):
    p = p - lr * g
    return p


def step_uphill(p, g, lr):
    p += lr * g


def step_normalised(p, g, lr):
    p -= lr * g / norm(g)


def step_without_rate(p, g, lr):
    p -= g


def step_changes_g(p, g, lr):
    g *= lr
    p -= g


def descend_with(sign=-1, stale=False, normalise=False, length=norm, extra=0, bounded=True, after=False, at_once=False):
    def descend(gradient, start, lr, tolerance, max_steps):
        p, steps = start.copy(), 0
        first = gradient(p)
        while steps < max_steps or not bounded:
            g = first if stale else gradient(p)
            if not after and not (at_once and steps == 0) and length(g) <= tolerance:
                break
            step = g / norm(g) if normalise else g
            p = p + sign * lr * step
            steps += 1
            if after and length(g) <= tolerance:
                break
        return p, steps + extra

    return descend


def descend_changes_start(gradient, start, lr, tolerance, max_steps):
    for steps in range(max_steps):
        if norm(gradient(start)) <= tolerance:
            return start, steps
        start -= lr * gradient(start)
    return start, max_steps


def descend_never_ends(gradient, start, lr, tolerance, max_steps):
    p = start
    while norm(gradient(p)) > -1:
        p = p - lr * gradient(start)
    return p, 0


def descend_point_only(gradient, start, lr, tolerance, max_steps):
    return descend_while(gradient, start, lr, tolerance, max_steps)[0]


def power_of_two_products(product, start):
    v = start
    for _ in range(60):
        v = v / norm(v)
        v = product(product(v))
    return norm(v)


def power_without_scaling(product, start):
    v = start
    for _ in range(2000):
        v = product(v)
    return norm(v)


def power_after_scaling(product, start):
    v = start
    for _ in range(60):
        v = product(v)
        v = v / norm(v)
    return norm(v)


def power_direction(product, start):
    v = start
    for _ in range(200):
        v = product(v)
        v = v / norm(v)
    return v


def momentum_forgets(gradient, start, lr, momentum, steps):
    p, points = start.copy(), [start.copy()]
    for _ in range(steps):
        v = np.zeros(2)
        v = momentum * v + (1 - momentum) * gradient(p)
        p = p - lr / (1 - momentum) * v
        points.append(p)
    return np.array(points)


def momentum_one_array(gradient, start, lr, momentum, steps):
    p, v = start.copy(), np.zeros(2)
    points = [p]
    for _ in range(steps):
        v = momentum * v + (1 - momentum) * gradient(p)
        p -= lr / (1 - momentum) * v
        points.append(p)
    return np.array(points)


def epoch_with(shuffle="rows", stop=None, size=None, total="weighted"):
    def epoch(loss, x, y, batch_size, rng):
        N, B = len(y), size or batch_size
        order = {"rows": rng.permutation(N), "apart": rng.permutation(N), "no": np.arange(N)}.get(shuffle)
        order = rng.integers(N, size=N) if shuffle == "again" else order
        labels = rng.permutation(N) if shuffle == "apart" else order
        starts = range(0, N - N % B if stop == "drop" else N, B)
        batches = [(x[order[i : i + B]], y[labels[i : i + B]]) for i in starts]
        means = np.array([loss(*batch) for batch in batches])
        sizes = np.array([len(b) for _, b in batches])
        return {
            "weighted": means @ sizes / N,
            "mean of means": means.mean(),
            "full size": means.sum() * B / N,
            "full count": means @ sizes / (len(sizes) * B),
            "sum of means": means.sum(),
            "twice": means.sum() / N,
            "sum": means @ sizes,
            "last": means[-1],
            "odd": 1.01 * means.min(),
            "array": means,
        }[total]

    return epoch


def epoch_shuffles_in_place(loss, x, y, batch_size, rng):
    rng.shuffle(x)
    return epoch(loss, x, y, batch_size, rng)


def epoch_never_calls(loss, x, y, batch_size, rng):
    return 0.0


def epoch_sample_by_sample(loss, x, y, batch_size, rng):
    return np.mean([loss(xn, yn) for xn, yn in zip(x, y)])


EDGE_MEAN, EDGE_SUM, BEST = ink_rates()
CAUSE = [cause for cause, _ in runs().values()]
WRONG = [
    ("step", step_rebinds, "new array to a local name"),
    ("step", step_uphill, "goes uphill"),
    ("step", step_normalised, "divided by its own length"),
    ("step", step_without_rate, "as long as the gradient itself"),
    ("step", step_changes_g, "changed its argument g"),
    ("paper", (1.5, 1 / 3, 7), "What share is left"),
    ("paper", (0.5, 1 / 3, 7), "On which side"),
    ("paper", (2.5, 1 / 3, 7), "Does the step go against the slope"),
    ("paper", (0.75, 1 / 3, 7), "but not the curvature"),
    ("paper", (-0.5, 1 / 6, 7), "edge is 1/c"),
    ("paper", (-0.5, 3, 7), "upside down"),
    ("paper", (-0.5, 12, 7), "grows with the curvature"),
    ("paper", (-0.5, 1 / 3, 6), "one too few"),
    ("paper", (-0.5, 1 / 3, 8), "one too many"),
    ("paper", (-0.5, 1 / 3, 6.644), "between two steps"),
    ("paper", (-0.5, 1 / 3, 4), "below a tenth"),
    ("paper", (-0.5, 0.33, 7), "edge is close, but not close enough"),
    ("paper", (-0.5, 1 / 3, ...), "Right so far. Not answered yet: steps"),
    ("paper", (-0.5, 1 / 3), "wants 3 answers, in this order: factor, edge, steps"),
    ("paper", ("-0.5", 1 / 3, 7), "factor is a text"),
    ("paper", (-0.5, np.inf, 7), "edge is inf"),
    ("descend", descend_with(sign=1), "goes uphill"),
    ("descend", descend_with(stale=True), "the gradient is that of the start"),
    ("descend", descend_with(normalise=True), "All steps have the same length"),
    ("descend", descend_with(after=True), "one step more than needed"),
    ("descend", descend_with(at_once=True), "always takes a step"),
    ("descend", descend_with(extra=1), "steps is one too many"),
    ("descend", descend_with(bounded=False), "goes on after max_steps"),
    ("descend", descend_with(length=np.sum), "what do they do in a sum"),
    ("descend", descend_with(length=lambda g: g @ g), "the square of the length"),
    ("descend", descend_changes_start, "changed its argument start"),
    ("descend", descend_never_ends, "did not come to an end"),
    ("descend", descend_point_only, "must return 2 values: p, steps"),
    ("edge", lambda gradient, start: search(gradient, start) / 2, "half the edge"),
    ("edge", lambda gradient, start: 2 / search(gradient, start), "the largest curvature itself"),
    ("edge", lambda gradient, start: search(gradient, start, lambda p: norm(p) < norm(start)), "its lower end"),
    ("edge", lambda gradient, start: search(gradient, start, lambda p: not np.isnan(p).all()), "its upper end"),
    ("edge", lambda gradient, start: search(gradient, start, steps=3), "close, but not close enough"),
    ("gradient", lambda w, x, y: x.T @ (x @ w - y) / len(y), "derivative of r squared"),
    ("gradient", lambda w, x, y: 2 * x.T @ (x @ w - y), "N times too large"),
    ("gradient", lambda w, x, y: x.T @ (x @ w - y), "Two factors are missing"),
    ("gradient", lambda w, x, y: 2 * x.T @ (x @ w - y) / x.size, "D times too small"),
    ("gradient", lambda w, x, y: 2 * x.T @ (y - x @ w) / len(y), "sign is turned round"),
    ("gradient", lambda w, x, y: 2 * x.sum(axis=0) / len(y), "residuals do not appear"),
    ("gradient", lambda w, x, y: 2 * x.T @ (x @ w) / len(y), "as if y were 0"),
    ("gradient", lambda w, x, y: 2 * x * (x @ w - y)[:, None], "one gradient for each sample"),
    ("gradient", lambda w, x, y: (2 * x * (x @ w - y)[:, None]).mean(1), "one number for each sample"),
    ("gradient", lambda w, x, y: (2 * x * (x @ w - y)[:, None]).mean(), "A single number came back"),
    ("gradient", lambda w, x, y: mse_vector(w, x, y)[:, None], "an axis of length 1"),
    ("gradient", lambda w, x, y: mse_vector(w, x, y)[::-1], "in reverse order"),
    ("gradient", lambda w, x, y: 3 * mse_vector(w, x, y), "every number is 3 times"),
    ("gradient", lambda w, x, y: mse_vector(w, x, y).astype(int), "holds whole numbers only"),
    ("gradient", lambda w, x, y: 0 * w, "every number is 0"),
    ("gradient", lambda w, x, y: w / 0, "holds inf"),
    ("gradient", lambda w, x, y: mse_vector(w, x, y).astype(np.float16), "The gradient is float16"),
    ("gradient", lambda w, x, y: mse_vector(w, x, y) + 0j, "complex numbers"),
    ("gradient", lambda w, x: w, "must take 3 arguments: w, x, y"),
    ("gradient", lambda w, x, y: x @ y, "stopped with ValueError: matmul"),
    ("curvature", power_of_two_products, "square of the curvature"),
    ("curvature", power_after_scaling, "just scaled to length 1"),
    ("curvature", power_without_scaling, "grew past what a computer can hold"),
    ("curvature", power_direction, "the direction of the largest curvature"),
    ("curvature", lambda product, start: norm(product(start)), "the length of product(start)"),
    ("curvature", lambda product, start: norm(product(start / norm(start))), "a single product does"),
    ("curvature", lambda product, start: 2 / power(product, start), "This is the edge, 2/L"),
    ("curvature", lambda product, start: power(product, start, rounds=4), "close, but not close enough"),
    ("rates", (EDGE_MEAN / 2, EDGE_SUM, BEST), "edge_mean is 1/L"),
    ("rates", (2 / EDGE_MEAN, EDGE_SUM, BEST), "edge_mean is the curvature itself"),
    ("rates", (2 * EDGE_MEAN, EDGE_SUM, BEST), "the 2 of the squared error"),
    ("rates", (EDGE_MEAN, EDGE_MEAN, BEST), "edge_sum is the edge of the mean"),
    ("rates", (EDGE_MEAN, EDGE_MEAN * 1000, BEST), "edge_sum is larger"),
    ("rates", (EDGE_MEAN, EDGE_SUM / 2, BEST), "edge_sum is 1/L"),
    ("rates", (EDGE_MEAN, EDGE_SUM, EDGE_MEAN), "best_mean is the edge itself"),
    ("rates", (EDGE_MEAN, EDGE_SUM, EDGE_MEAN / 2), "best_mean is 1/L"),
    ("rates", (EDGE_MEAN, EDGE_SUM, BEST / 2), "best_mean is half"),
    ("rates", (EDGE_MEAN, EDGE_SUM, BEST / 1000), "best rate of the sum"),
    ("momentum", lambda *a: momentum(*a, rate=lambda lr, b: lr), "lr was used as it is"),
    ("momentum", lambda *a: momentum(*a, rate=lambda lr, b: lr * (1 - b)), "too short by (1 - b) twice"),
    ("momentum", lambda *a: momentum(*a, share=1), "still adds up whole gradients"),
    ("momentum", lambda *a: momentum(*a, first=1), "velocity before the first step"),
    ("momentum", lambda *a: momentum(*a, sign=1), "goes uphill"),
    ("momentum", lambda *a: momentum(*a, order="old"), "one behind"),
    ("momentum", momentum_forgets, "without momentum"),
    ("momentum", momentum_one_array, "All rows are the last point"),
    ("momentum", lambda *a: momentum(*a)[1:], "one row too few"),
    ("momentum", lambda *a: momentum(*a)[-1], "Only the last point"),
    ("epoch", epoch_with("apart"), "shuffled apart"),
    ("epoch", epoch_with("no"), "their old order"),
    ("epoch", epoch_with("again"), "drawn anew"),
    ("epoch", epoch_with(stop="drop"), "The last batch is missing"),
    ("epoch", epoch_with(size=1000), "the loss was given batches of"),
    ("epoch", epoch_with(size=3), "more than needed"),
    ("epoch", epoch_with(total="mean of means"), "mean of the batches' means"),
    ("epoch", epoch_with(total="full size"), "weighted by the full batch size"),
    ("epoch", epoch_with(total="full count"), "divided by batches times batch size"),
    ("epoch", epoch_with(total="sum of means"), "the sum of the batches' means"),
    ("epoch", epoch_with(total="twice"), "divided by twice"),
    ("epoch", epoch_with(total="sum"), "sum over all samples"),
    ("epoch", epoch_with(total="last"), "last batch alone"),
    ("epoch", epoch_with(total="odd"), "their mean is not right yet"),
    ("epoch", epoch_with(total="array"), "result is an array"),
    ("epoch", epoch_shuffles_in_place, "changed its argument x"),
    ("epoch", epoch_never_calls, "never called"),
    ("epoch", epoch_sample_by_sample, "loss wants xb of shape (B, D)"),
    *[
        ("diagnose", tuple(other if k == i else cause for k, cause in enumerate(CAUSE)), LOOK["ABCD"[i]])
        for i in range(4)
        for other in CAUSES
        if other != CAUSE[i]
    ],
    ("diagnose", ("too large", *CAUSE[1:]), "copied letter by letter"),
]


@pytest.mark.parametrize(("name", "answer", "words"), WRONG, ids=[f"{n}: {w}" for n, _, w in WRONG])
def test_the_usual_mistakes_are_named(name, answer, words):
    result = check(f"lab04.{name}", answer)
    assert not result
    assert result.points == 0
    assert words in result.message


@pytest.mark.parametrize("name", FUNCTIONS)
class TestInputs:
    def test_known_mistakes_differ_pairwise(self, name):
        task = FUNCTIONS[name]
        cases = [task.inputs(seed) for seed in task.seeds]
        outputs = {"right": [task.reference(**case) for case in cases]}
        outputs |= {mistake.name: [mistake.wrong(**case) for case in cases] for mistake in task.mistakes}
        assert len(outputs) == 1 + len(task.mistakes)
        for (one, left), (other, right) in itertools.combinations(outputs.items(), 2):
            assert not all(same(a, b, task.rtol) for a, b in zip(left, right)), f"{one} and {other}"

    def test_a_seed_gives_the_same_inputs_and_another_seed_others(self, name):
        task = FUNCTIONS[name]
        first, again, other = task.inputs(5), task.inputs(5), task.inputs(6)
        assert all(np.array_equal(first[k], again[k]) for k in first)
        assert not all(np.array_equal(first[k], other[k]) for k in first)

    def test_right_answers_pass_on_hidden_inputs(self, name):
        task = FUNCTIONS[name]
        answers = [answer for short, answer in RIGHT if f"lab04.{short}" == name]
        for answer in answers:
            cases = [task.inputs(seed) for seed in range(100, 130)]
            with core.quiet():
                outputs = [task.call(answer, **task.inputs(seed)) for seed in range(100, 130)]
                assert core.judge(task, cases, outputs) is None, answer

    def test_the_reference_is_right_by_its_own_judge(self, name):
        task = FUNCTIONS[name]
        cases = [task.inputs(seed) for seed in range(20)]
        assert core.judge(task, cases, [task.reference(**case) for case in cases]) is None


@pytest.mark.parametrize("name", VALUES)
def test_known_wrong_values_differ_pairwise(name):
    for part in VALUES[name].parts:
        known = [core._value(part.right), *(core._value(mistake.wrong) for mistake in part.mistakes)]
        for one, other in itertools.combinations(known, 2):
            assert one != other if part.options else not np.isclose(one, other, rtol=2 * VALUES[name].rtol, atol=0)


def test_the_seeds_of_descend_cover_every_end():
    task = FUNCTIONS["lab04.descend"]
    ends = [(task.reference(**c)[1], c["max_steps"]) for c in map(task.inputs, task.seeds)]
    assert any(steps == 0 for steps, _ in ends)
    assert any(0 < steps < most for steps, most in ends)
    assert any(steps == most for steps, most in ends)


def test_no_message_gives_a_value_away():
    """The right values of value tasks stand in no message and no hint."""
    for name, task in VALUES.items():
        for part in task.parts:
            right = core._value(part.right)
            for mistake in part.mistakes:
                text = f"{mistake.message} {mistake.hint}"
                if not part.options:
                    assert f"{right:.3g}" not in text.split(), (name, mistake.name)


class Hostile:
    """Answers nothing without an exception."""

    def __getattr__(self, name):
        raise RuntimeError(name)

    def __eq__(self, other):
        raise RuntimeError("eq")

    __hash__ = None

    def __repr__(self):
        raise RuntimeError("repr")

    def __array__(self, *args, **kwargs):
        raise RuntimeError("array")

    def __len__(self):
        raise RuntimeError("len")


def recursive():
    loop = []
    loop.append(loop)
    return loop


ODD = [
    None,
    ...,
    NotImplementedError,
    NotImplemented,
    True,
    "text",
    b"bytes",
    1,
    10**400,
    -0.0,
    float("nan"),
    float("inf"),
    1j,
    [],
    (),
    {},
    set(),
    {"a": 1},
    [[1, 2], [3]],
    recursive(),
    object(),
    Hostile(),
    np.array(None),
    np.array("x"),
    np.zeros(0),
    np.zeros((2, 3, 4)),
    np.full(3, np.nan),
    np.ma.masked,
    np.datetime64("2026-01-01"),
    Fraction(1, 3),
    range(3),
    print,
    len,
    int,
    (1, 2, 3),
    (None, None, None),
    ("a", ..., Hostile()),
    [Hostile()] * 4,
    iter([1]),
    (i for i in range(3)),
    Exception("x"),
]


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("answer", ODD, ids=range(len(ODD)))
def test_odd_answers_fail_kindly(name, answer):
    for given_answer in (answer, lambda *args: answer):
        result = check(name, given_answer)
        assert result.ok is False
        assert result.points == 0
        assert result.message
        assert repr(result)
        assert result._repr_html_()


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text() | st.complex_numbers() | st.binary(),
        lambda inner: st.lists(inner, max_size=5) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    ),
    st.sampled_from(sorted(TASKS)),
)
@settings(max_examples=150, deadline=None)
def test_no_answer_crashes_a_check(answer, name):
    assert not check(name, lambda *args: answer)
    assert check(name, answer).message


@pytest.mark.parametrize(
    "error",
    [ValueError("text"), KeyError(1), ZeroDivisionError(), RecursionError("deep"), SystemExit(1), MemoryError(),
     AssertionError(), StopIteration(), Warning("w"), UnicodeDecodeError("utf8", b"x", 0, 1, "r")],
    ids=lambda e: type(e).__name__,
)  # fmt: skip
@pytest.mark.parametrize("name", FUNCTIONS)
def test_exceptions_are_named_with_the_line(name, error):
    def stops(*args):
        raise error

    result = check(name, stops)
    assert f"stopped with {type(error).__name__}" in result.message
    assert "the line `raise error`" in result.message


@pytest.mark.parametrize("name", FUNCTIONS)
def test_stubs_are_unanswered_and_nothing_returned_is_said(name):
    def stub(*args):
        raise NotImplementedError

    assert check(name, stub).message == core.UNANSWERED
    if name != "lab04.step":
        assert "is None" in (text := check(name, lambda *args: None).message) or "returned None" in text
    assert "without brackets" in check(name, 3.0).message


def test_an_interrupt_reaches_the_learner():
    def interrupted(*args):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("lab04.edge", interrupted)


def test_warnings_of_an_answer_are_no_errors():
    def warns(w, x, y):
        warnings.warn("mind this", stacklevel=1)
        np.float64(1) / 0
        return mse_vector(w, x, y)

    assert check("lab04.gradient", warns)


def test_unknown_names():
    with pytest.raises(ValueError, match=r"name must be one of lab04\.step, .*lab04\.diagnose; got 'lab04\.egde'"):
        check("lab04.egde", 1)
    with pytest.raises(ValueError, match="name must be one of"):
        check(["lab04.edge"], 1)
    with pytest.raises(ValueError, match=r"lab must be one of .*lab04.*; got 'lab4'"):
        tasks("lab4")
    with pytest.raises(ValueError, match=r"answers must be named among step, .*; got egde"):
        score("lab04", egde=1)


class TestShown:
    def test_result(self):
        right, wrong = check("lab04.paper", (-0.5, 1 / 3, 7)), check("lab04.paper", (1.5, 1 / 3, 7))
        assert repr(right) == "✓ 2 of 2 points\n  Right."
        assert repr(wrong).startswith("✗ 0 of 2 points\n  factor is lr times c.")
        assert "Hint: On a parabola" in repr(wrong)
        assert "<details><summary>A hint</summary>On a parabola" in wrong._repr_html_()
        assert "warm-up" in repr(check("lab04.step", step_inplace))

    def test_text_is_escaped_and_has_the_colours_of_the_page(self):
        def scripted(w, x, y):
            raise ValueError("<script>alert(1)</script>")

        text = check("lab04.gradient", scripted)._repr_html_()
        assert "<script>" not in text
        assert "&lt;script&gt;" in text
        assert "background" not in text
        assert " color:" not in text

    def test_report(self):
        report = score("lab04", paper=(-0.5, 1 / 3, 7), gradient=mse_vector)
        assert (report.points, report.out_of) == (4, sum(task.points for task in tasks("lab04").values()))
        assert repr(report).endswith("Together: 4 of 25 points")
        assert report._repr_html_().count('<th scope="row"') == len(tasks("lab04"))


class TestCompare:
    def test_a_transposed_matrix(self):
        right = np.array([[1.0, 2.0], [3.0, 4.0]])
        assert "transposed" in difference(right.T, right, "H")
        assert "axes are swapped" in wrong_shape(np.zeros((2, 3)), np.zeros((3, 2)), "H")

    def test_a_scalar_is_told_its_ratio_only_where_it_is_usual(self):
        assert "half" in difference(np.array(2.0), np.array(4.0), "it")
        assert "times" not in difference(np.array(3.0), np.array(7.0), "it")

    @pytest.mark.parametrize("shape", [(), (3,), (2, 3), (3, 2, 1)])
    def test_every_wrong_shape_is_described(self, shape):
        for right in [(), (3,), (2, 3), (3, 2, 1)]:
            assert bool(wrong_shape(np.zeros(shape), np.zeros(right), "it")) == (shape != right)


def test_an_endless_loop_ends():
    from nablab.checks.task import CALLS, Unending, counted

    function = counted(bowl(np.eye(2), np.zeros(2)))
    for _ in range(CALLS):
        function(np.ones(2))
    with pytest.raises(Unending):
        function(np.ones(2))
