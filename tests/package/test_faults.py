"""Deliberate faults in the engine: each one, put into the source, turns a compact check red.

A test that cannot fail proves nothing. Here each fault is one change of the text that stands once in its
module; the module so changed is run in memory, and its check, green on the original, must fail.
"""

import importlib
import inspect
import types

import numpy as np
import pytest
import torch
from torch import nn

F = nn.functional


def near(a, b):
    np.testing.assert_allclose(a, np.asarray(b), rtol=1e-8, atol=1e-10)


def check_activations(m):
    z = np.array([-30.0, -2.0, -0.5, 0.0, 0.7, 3.0, 30.0])
    for name, f in {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "leaky_relu": F.leaky_relu,
        "gelu": lambda z: F.gelu(z, approximate="tanh"),
        "silu": F.silu,
        "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),
    }.items():
        theirs = torch.tensor(z, requires_grad=True)
        f(theirs).sum().backward()
        near(getattr(m, name)(z), f(theirs).detach())
        near(getattr(m, f"d_{name}")(z), theirs.grad)
    assert abs(m.sigmoid(np.array([-1e4, 1e4])) - [0, 1]).max() == 0
    rows = np.array([[1.0, 2.0, -1.0], [1000.0, 0.0, 999.0]])
    near(m.softmax(rows), torch.softmax(torch.tensor(rows), 1))
    near(m.log_softmax(rows), torch.log_softmax(torch.tensor(rows), 1))


def check_losses(m):
    rng = np.random.default_rng(0)
    for name, f, first, y in [
        ("mse", F.mse_loss, rng.normal(size=(4, 3)), rng.normal(size=(4, 3))),
        ("binary_cross_entropy", F.binary_cross_entropy, np.array([0.2, 0.7, 0.0]), np.array([1.0, 0.3, 1.0])),
        (
            "binary_cross_entropy_with_logits",
            F.binary_cross_entropy_with_logits,
            np.array([1000.0, -1000.0, 2.0]),
            np.array([0.0, 1.0, 0.3]),
        ),
        ("cross_entropy", F.cross_entropy, rng.normal(size=(4, 3)), np.array([0, 2, 1, 1])),
        ("cross_entropy", F.cross_entropy, rng.normal(size=(4, 3)), rng.dirichlet(np.ones(3), size=4)),
    ]:
        theirs = torch.tensor(first, requires_grad=True)
        loss = f(theirs, torch.tensor(y))
        loss.backward()
        near(getattr(m, name)(first, y), loss.item())
        np.testing.assert_allclose(getattr(m, f"d_{name}")(first, y), theirs.grad.numpy(), rtol=1e-7)


def check_layers(m):
    rng = np.random.default_rng(0)
    draw = np.random.default_rng(0)
    assert m.initial_weights((400, 100), "he", draw).var() == pytest.approx(2 / 400, rel=0.05)
    assert m.initial_weights((400, 100), "xavier", draw).var() == pytest.approx(2 / 500, rel=0.05)
    assert m.initial_weights((40, 20, 5, 5), "he", draw).var() == pytest.approx(2 / 500, rel=0.05)
    assert (m.initial_weights((4, 3), "constant", draw) == 0.25).all()
    dense, conv, norm = m.Dense(3, 3, rng=draw), m.Conv2d(2, 3, 2, rng=draw), m.BatchNorm(2)
    for layer, theirs, shape in [
        (dense, nn.Linear(3, 3), (4, 3)),
        (m.Elementwise(np.tanh, lambda z: 1 - np.tanh(z) ** 2), nn.Tanh(), (4, 3)),
        (m.Flatten(), nn.Flatten(), (2, 3, 4)),
        (conv, nn.Conv2d(2, 3, 2), (2, 2, 4, 5)),
        (m.MaxPool2d(2), nn.MaxPool2d(2), (2, 2, 4, 5)),
        (norm, nn.BatchNorm2d(2), (3, 2, 2, 2)),
    ]:
        theirs.double()
        for p, q in zip(layer.params, theirs.parameters()):
            p += rng.normal(size=p.shape)
            q.data = torch.tensor(p.T.copy() if p.ndim == 2 else p.reshape(q.shape))
        x = rng.integers(3, size=shape).astype(float)
        x_theirs = torch.tensor(x, requires_grad=True)
        z, z_theirs = layer.forward(x), theirs(x_theirs)
        near(z, z_theirs.detach())
        dz = rng.normal(size=z.shape)
        z_theirs.backward(torch.tensor(dz))
        near(layer.backward(dz), x_theirs.grad)
        for g, q in zip(layer.grads, theirs.parameters()):
            wanted = q.grad.numpy()
            near(g.reshape(q.shape) if g.ndim != 2 else g.T, wanted)
    near(norm.running.mean.ravel(), theirs.running_mean)
    near(norm.running.var.ravel(), theirs.running_var)
    layer.train(False)
    theirs.eval()
    near(layer.forward(x), theirs(torch.tensor(x)).detach())


def check_optimizers(m):
    for ours, theirs in [
        (m.GradientDescent(0.1), lambda p: torch.optim.SGD(p, lr=0.1)),
        (m.Momentum(0.1, 0.9), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9)),
        (m.Nesterov(0.1, 0.9), lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)),
        (m.RMSProp(0.01, 0.9, 0.1), lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=0.1)),
        (m.Adam(0.01, 0.8, 0.9, 0.1), lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.9), eps=0.1)),
        (m.AdamW(0.01, 0.1, eps=0.1), lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1, eps=0.1)),
    ]:
        p, q = np.array([1.0, -2.0]), torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
        reference = theirs([q])
        for _ in range(5):
            ours.step([p], [np.sin(p)])
            q.grad = torch.sin(q.detach())
            reference.step()
        near(p, q.detach())


def check_landscapes(m):
    p = np.array([0.3, -1.2])
    for landscape, f in [
        (m.Quadratic([1, -4]), lambda q: 0.5 * q[0] ** 2 - 2 * q[1] ** 2),
        (m.Rosenbrock(), lambda q: (1 - q[0]) ** 2 + 100 * (q[1] - q[0] ** 2) ** 2),
    ]:
        q = torch.tensor(p, requires_grad=True)
        near(landscape.value(p), f(q).item())
        near(landscape.gradient(p), torch.autograd.grad(f(q), q)[0])
        near(landscape.hessian(p), torch.autograd.functional.hessian(f, q))


def check_schedules(m):
    near([m.step_decay(t, 1.0, 2, 0.5) for t in range(5)], [1, 1, 0.5, 0.5, 0.25])
    near([m.cosine(t, 1.0, 2, 0.2) for t in range(3)], [1, 0.6, 0.2])
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, total_steps=10)
    for t in range(10):
        near(m.one_cycle(t, 1.0, 10), optimizer.param_groups[0]["lr"])
        optimizer.step()
        if t < 9:
            scheduler.step()


def check_network(m):
    from nablab.engine.layers import Dense
    from nablab.engine.losses import d_mse, mse
    from nablab.engine.optimizers import GradientDescent

    x, y = np.arange(1.0, 4).reshape(3, 1), np.zeros((3, 1))
    network = m.Network([Dense(1, 2, rng=np.random.default_rng(0)), Dense(2, 1, rng=np.random.default_rng(1))])
    near(network.forward(x), network.layers[1].forward(network.layers[0].forward(x)))
    near(network.backward(np.ones((3, 1))), np.ones((3, 1)) * network.forward(np.ones((1, 1))))
    batches = m.Batches(x, 10 * x, 2, seed=0)
    orders = [[(a, b) for a, b in batches] for _ in range(5)]
    assert all(sorted(np.concatenate([a for a, _ in order]).ravel()) == [1, 2, 3] for order in orders)
    assert all((10 * a == b).all() for order in orders for a, b in order)
    assert len({str(order) for order in orders}) > 1
    line = m.Network([Dense(1, 1, rng=np.random.default_rng(0), init="constant")])
    modes = []
    line.train = modes.append
    history = m.fit(line, (mse, d_mse), GradientDescent(1e-30), m.Batches(x, y, 2, 0), 2, (x[:2], y[:2]))
    assert history == {"loss": pytest.approx([14 / 3] * 2), "val_loss": [2.5] * 2}
    assert modes == [False, True] * 2
    assert m.accuracy(np.array([[0.0, 1.0], [2.0, 1.0]]), np.array([1, 0])) == 1


def check_gradcheck(m):
    def cube(x):
        return (x**3).sum()

    x = np.array([1.0, -2.0, 0.1])
    near(m.numeric_gradient(cube, [x], 0), 3 * x**2)
    m.check_gradient(cube, lambda x: 3 * x**2, x)
    for wrong in (lambda x: -3 * x**2, lambda x: 3 * x**2 * (1 + 1e-4), lambda x: 3 * x**2 * [1, 1, np.nan]):
        with pytest.raises(m.GradientError):
            m.check_gradient(cube, wrong, x)
    with pytest.raises(m.GradientError):
        m.check_gradient(lambda x, y: (x * y).sum(), lambda x, y: (y, y), x, x + 1)


FAULTS = {
    "activations": [
        ("np.exp(-np.abs(z))  # exp(-z)", "np.exp(np.abs(z))  # exp(-z)", "sign in the exponent"),
        ("np.where(z >= 0, 1, e)", "np.where(z <= 0, 1, e)", "branches swapped"),
        ("sigmoid(z) * sigmoid(-z)", "sigmoid(z) * sigmoid(z)", "slope of sigmoid: sign"),
        ("return 4 * e / (1 + e) ** 2", "return 4 * e / (1 + e)", "slope of tanh: no square"),
        ("return np.sign(np.maximum(z, 0))", "return np.sign(z)", "slope of relu: -1 below 0"),
        ("return np.maximum(z, slope * z)", "return np.maximum(z, -slope * z)", "leaky relu: sign"),
        ("np.maximum(np.sign(z), slope)", "np.maximum(np.sign(z), 0)", "slope of leaky relu forgotten"),
        ("(u + 0.044715 * u**3)", "(u + 0.44715 * u**3)", "gelu: a digit"),
        ("c * (1 + 0.134145 * z**2)", "c * (1 + 0.044715 * z**2)", "slope of gelu: factor 3 forgotten"),
        ("(1 + z * sigmoid(-z))", "(1 + z * sigmoid(z))", "slope of silu: sign"),
        ("np.maximum(z, 0) + np.log1p", "np.maximum(-z, 0) + np.log1p", "softplus: sign"),
        ("e = np.exp(z - z.max(axis=-1, keepdims=True))", "e = np.exp(z)", "softmax: shift by the maximum missing"),
        ("e.sum(axis=-1", "e.sum(axis=0", "softmax: axes swapped"),
        ("return z - np.log(", "return z + np.log(", "log-softmax: sign"),
    ],
    "losses": [
        ("return 2 * (y_hat - y) / y.size", "return 2 * (y_hat - y)", "mse: missing 1/n"),
        ("return 2 * (y_hat - y) / y.size", "return (y_hat - y) / y.size", "mse: missing 2"),
        ("np.mean((y_hat - y) ** 2)", "np.sum((y_hat - y) ** 2)", "mse: sum"),
        ("-np.log(p), 100)", "-np.log(p), 10)", "clamp"),
        ("y * yes + (1 - y) * no", "y * no + (1 - y) * yes", "yes and no swapped"),
        ("(p - y) / np.maximum", "(y - p) / np.maximum", "bce: sign of the gradient"),
        ("np.maximum(z, 0) - z * y", "np.maximum(z, 0) + z * y", "bce from logits: sign"),
        ("(sigmoid(logits) - y) / y.size", "(sigmoid(logits) - y)", "bce from logits: missing 1/n"),
        ("labels] -= 1", "labels] += 1", "cross-entropy: sign of the gradient"),
        ("return dlogits / len(labels)", "return dlogits / labels.size * 1.0 if labels.ndim > 1 else dlogits", "1/N"),
        ("(labels * log_p).sum(axis=1)", "(labels * log_p).mean(axis=1)", "cross-entropy: mean over classes"),
    ],
    "layers": [
        ("else 2 / fan_in", "else 1 / fan_in", "he: missing 2"),
        ("2 / (fan_in + fan_out) if", "2 / fan_out if", "xavier: fans"),
        ("math.sqrt(variance)", "variance", "variance for standard deviation"),
        ("return x @ self.W + self.b  #", "return x @ self.W - self.b  #", "dense: sign"),
        ("self.dW = self.x.T @ dz", "self.dW = dz.T @ self.x", "dense: dW transposed"),
        ("self.db = dz.sum(axis=0)", "self.db = dz.mean(axis=0)", "dense: db averaged"),
        ("dz @ self.W.T if", "dz @ self.W if", "dense: no transpose"),
        (
            "return da * self.derivative(self.x)",
            "return da * self.derivative(self.function(self.x))",
            "slope at a",
        ),
        ("dz.reshape(self.x.shape)", "dz.reshape(self.x.shape[::-1]).T", "flatten: order"),
        ("axes=([1, 4, 5], [1, 2, 3])", "axes=([1, 5, 4], [1, 2, 3])", "convolution: kernel transposed"),
        ("[:, :, ::-1, ::-1]", "[:, :, ::1, ::1]", "convolution: dx with an unflipped kernel"),
        ("self.db = dz.sum(axis=(0, 2, 3))", "self.db = dz.sum(axis=(0, 2))[:, 0]", "convolution: db unsummed"),
        ("tiles.argmax(axis=-1)", "tiles.argmin(axis=-1)", "pooling: gradient to the least"),
        ("return tiles.max(axis=-1)", "return tiles.mean(axis=-1)", "pooling: mean"),
        ("(n / (n - 1) * var - self.var)", "(var - self.var)", "norm: running variance biased"),
        ("self.mean += 0.1 *", "self.mean += 0.9 *", "norm: shares swapped"),
        ("np.sqrt(var + 1e-5)", "(np.sqrt(var) + 1e-5)", "norm: eps outside the root"),
        ("self.x_hat * self.dgamma) / self.n", "self.x_hat * self.dgamma)", "norm: missing 1/n"),
        ("- (self.dbeta + self.x_hat", "- (self.x_hat", "norm: mean's share of the gradient missing"),
    ],
    "landscapes": [
        ("return 0.5 * (self", "return (self", "bowl: missing half"),
        ("return self.curvatures * p", "return self.curvatures", "bowl: slope forgets the place"),
        ("dx = -2 * (1 - x)", "dx = 2 * (1 - x)", "valley: sign"),
        ("200 * (y - x**2)\n", "100 * (y - x**2)\n", "valley: missing 2"),
        ("2 - 400 * (y - 3 * x**2)", "2 - 400 * (y - x**2)", "valley: a term of the second derivative lost"),
    ],
    "optimizers": [
        ("            p -= self.lr * g\n", "            p += self.lr * g\n", "descent: uphill"),
        ("            p -= self.lr * v\n", "            p += self.lr * v\n", "momentum: sign"),
        ("(g + self.momentum * v)", "(g - self.momentum * v)", "nesterov: sign"),
        ("(g + self.momentum * v)", "(self.momentum * v)", "nesterov: gradient forgotten"),
        ("mean *= beta\n", "mean *= 1 - beta\n", "mean: shares swapped"),
        ("    mean += np.multiply(1 - beta, value", "    mean += np.multiply(1, value", "mean: missing 1 - beta"),
        (
            "    np.sqrt(v, out=scratch)\n    scratch += eps\n",
            "    np.sqrt(v + eps, out=scratch)\n",
            "eps inside",
        ),
        ("    p -= scratch\n", "    p += scratch\n", "step: sign"),
        ("update_mean(m, self.beta1, g, s)", "update_mean(m, self.beta2, g, s)", "adam: betas swapped"),
        ("c1 = 1 - self.beta1**self.t if", "c1 = 1 if", "adam: bias correction of m missing"),
        ("c2 = 1 - self.beta2**self.t if", "c2 = 1 if", "adam: bias correction of v missing"),
        ("        self.t += 1\n", "", "adam: step not counted"),
        ("self.eps * c2**0.5", "self.eps", "adam: eps not scaled"),
        ("p *= 1 - self.lr * self.weight_decay", "p *= 1 - self.weight_decay", "decay: lr missing"),
    ],
    "schedules": [
        ("(step // every)", "(step / every)", "decay at every step"),
        ("math.cos(math.pi", "math.cos(2 * math.pi", "a whole wave"),
        ("return lr_end + (lr - lr_end)", "return lr * 0 + (lr - lr_end)", "end forgotten"),
        ("peak = warmup * steps - 1", "peak = warmup * steps", "peak one step late"),
        ("lr / 25e4", "lr / 25", "end of the cycle"),
    ],
    "network": [
        ("in reversed(self.layers)", "in self.layers", "backward in forward order"),
        ("self.rng.permutation(len(self.x))", "self.rng.integers(len(self.x), size=len(self.x))", "with replacement"),
        (
            "yield self.x[batch], self.y[batch]",
            "yield self.x[batch], self.y[: len(batch)]",
            "answers not shuffled",
        ),
        ("float(value) * len(x)", "float(value)", "mean of batches, not of samples"),
        ("network.train(False)", "network.train(True)", "measured in training mode"),
        ("logits.argmax(axis=1)", "logits.argmin(axis=1)", "accuracy of the least likely"),
    ],
    "gradcheck": [
        ("x[index] = here - h\n", "x[index] = here\n", "one-sided difference"),
        ("/ (2 * h)", "/ h", "missing 2"),
        ("        x[index] = here\n", "", "input not restored"),
        ("wrong = ~(excess <= 0)", "wrong = excess > 0", "NaN passes"),
        ("+ 1e-6 * np", "+ 1e-3 * np", "tolerance too wide"),
        (
            "numeric_gradient(function, inputs, k)\n",
            "numeric_gradient(function, inputs, 0)\n",
            "first input only",
        ),
    ],
}
CASES = [(module, *fault) for module, faults in FAULTS.items() for fault in faults]


def mutant(name, old, new):
    """The module of that name with `old`, which must stand in it once, replaced by `new`."""
    source = inspect.getsource(importlib.import_module(f"nablab.engine.{name}"))
    assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {name}"
    module = types.ModuleType(f"nablab.engine.{name}")
    exec(compile(source.replace(old, new), f"<{name} with a fault>", "exec"), module.__dict__)
    return module


@pytest.mark.parametrize("name", FAULTS)
def test_the_engine_as_it_is_passes(name):
    globals()[f"check_{name}"](importlib.import_module(f"nablab.engine.{name}"))


@pytest.mark.parametrize(("name", "old", "new"), [case[:3] for case in CASES], ids=[f"{c[0]}: {c[3]}" for c in CASES])
def test_a_fault_turns_the_check_red(name, old, new):
    faulty = mutant(name, old, new)
    with pytest.raises((AssertionError, ValueError, RuntimeWarning, ZeroDivisionError, pytest.fail.Exception)):
        globals()[f"check_{name}"](faulty)
