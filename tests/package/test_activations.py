"""The engine's activations equal torch's, with their slopes, at every size of number and in both precisions."""

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nablab.engine import activations
from nablab.engine.gradcheck import GradientError, check_gradient

F = torch.nn.functional
TORCH = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": F.leaky_relu,
    "gelu": lambda z: F.gelu(z, approximate="tanh"),
    "silu": F.silu,
    "softplus": lambda z: torch.logaddexp(z, torch.zeros_like(z)),
}
EXACT = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "relu": lambda z: max(z, 0),
    "leaky_relu": lambda z: max(z, mpmath.mpf(0.01) * z),
    "gelu": lambda z: z / 2 * (1 + mpmath.tanh(mpmath.sqrt(2 / mpmath.pi) * (z + mpmath.mpf("0.044715") * z**3))),
    "silu": lambda z: z / (1 + mpmath.exp(-z)),
    "softplus": lambda z: mpmath.log1p(mpmath.exp(z)),
}
ROWS = {"softmax": lambda z: torch.softmax(z, -1), "log_softmax": lambda z: torch.log_softmax(z, -1)}
AWKWARD = [
    0.0,
    -0.0,
    5e-324,
    -5e-324,
    1e-310,
    1e-30,
    1.0,
    -1.0,
    18.99,
    36.7,
    50,
    -50,
    745,
    -745,
    1000,
    -1000,
    1e4,
    -1e4,
]
LARGEST = {np.float64: np.finfo(np.float64).max, np.float32: np.finfo(np.float32).max}
rng = np.random.default_rng(0)
numbers = arrays(np.float64, array_shapes(max_dims=3, max_side=4), elements=st.floats(-1e4, 1e4))


@pytest.mark.parametrize("name", TORCH)
@pytest.mark.parametrize("shape", [(), (1,), (7,), (1, 1), (300, 20), (2, 3, 4)])
def test_values_and_slopes_equal_torch(name, shape):
    z = np.array(4 * rng.normal(size=shape))
    theirs = torch.tensor(z, requires_grad=True)
    out = TORCH[name](theirs)
    out.sum().backward()
    np.testing.assert_allclose(getattr(activations, name)(z), out.detach().numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(getattr(activations, f"d_{name}")(z), theirs.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("name", TORCH)
@pytest.mark.parametrize("prefix", ["", "d_"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_awkward_numbers(name, prefix, dtype):
    z = np.array([*AWKWARD, LARGEST[dtype], -LARGEST[dtype]], dtype=dtype)
    got = getattr(activations, prefix + name)(z)
    assert got.dtype == dtype
    assert np.isfinite(got).all()
    # In float32 the reference is float64, which the same code was compared with torch for.
    wanted = getattr(activations, prefix + name)(np.array(z[:-2], dtype=np.float64))
    tolerance = {np.float64: 1e-14, np.float32: 5e-7}[dtype]
    np.testing.assert_allclose(got[:-2], wanted, rtol=tolerance, atol=tolerance)
    if prefix == "" and dtype is np.float64:
        theirs = TORCH[name](torch.tensor(z[:-2])).numpy()
        np.testing.assert_allclose(got[:-2], theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_limits_at_the_largest_floats(dtype):
    z = np.array([-LARGEST[dtype], LARGEST[dtype]], dtype=dtype)
    zero_or_itself = [0, z[1]]
    for name, wanted in {
        "sigmoid": [0, 1],
        "tanh": [-1, 1],
        "relu": zero_or_itself,
        "gelu": zero_or_itself,
        "silu": zero_or_itself,
        "softplus": zero_or_itself,
        "d_sigmoid": [0, 0],
        "d_tanh": [0, 0],
        "d_relu": [0, 1],
        "d_gelu": [0, 1],
        "d_silu": [0, 1],
        "d_softplus": [0, 1],
    }.items():
        assert getattr(activations, name)(z).tolist() == wanted, name
    assert activations.softmax(z).tolist() == [0, 1]
    assert activations.log_softmax(z).tolist() == [-np.inf, 0]


def test_digits_far_out():
    """Where 1 - sigma(z) is 0 to the last digit, the slope is not."""
    np.testing.assert_allclose(activations.d_sigmoid(np.array([50.0, -50.0])), np.exp(-50), rtol=1e-14)
    np.testing.assert_allclose(activations.softplus(np.array([-50.0])), np.exp(-50), rtol=1e-14)
    np.testing.assert_allclose(activations.log_softmax(np.array([0.0, 50.0]))[1], -np.exp(-50), atol=1e-16)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "leaky_relu", "gelu", "silu", "softplus"])
@pytest.mark.parametrize("prefix", ["", "d_"])
def test_errors_are_at_most_twelve_eps(prefix, name, dtype):
    """Against the formula in numbers of 80 digits; of values above 1 the error counts as a share."""
    z = np.concatenate([np.linspace(-40, 40, 641), rng.uniform(-9, 9, 200)]).astype(dtype)
    z = z[z != 0]  # off the kinks
    got = getattr(activations, prefix + name)(z)
    with mpmath.workdps(80):
        f = EXACT[name]
        wanted = [float(mpmath.diff(f, x) if prefix else f(x)) for x in map(mpmath.mpf, z.tolist())]
    wanted = np.array(wanted)
    assert (abs(got - wanted) <= 12 * np.finfo(dtype).eps * np.maximum(1, abs(wanted))).all()


def test_gelu_loses_its_digits_far_below_zero_as_its_module_says():
    assert activations.gelu(-8.0) == 0
    with mpmath.workdps(80):
        assert -4e-21 < EXACT["gelu"](mpmath.mpf(-8)) < -2e-21


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("shape", [(1,), (1, 1), (1, 5), (300, 10), (2, 3, 4), (0, 3)])
def test_rows_equal_torch(name, shape):
    for z in (4 * rng.normal(size=shape), 1000 * rng.normal(size=shape), np.zeros(shape)):
        wanted = ROWS[name](torch.tensor(z)).numpy()
        np.testing.assert_allclose(getattr(activations, name)(z), wanted, rtol=1e-12, atol=1e-14)
        got = getattr(activations, name)(z.astype(np.float32))
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, ROWS[name](torch.tensor(z.astype(np.float32))).numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", TORCH)
def test_gradient_check(name):
    z = rng.normal(size=(3, 4))
    z[abs(z) < 1e-3] = 0.5  # off the kink of relu
    function = getattr(activations, name)
    check_gradient(lambda z: function(z).sum(), getattr(activations, f"d_{name}"), z)


def test_at_the_kink_there_is_no_slope_to_measure():
    """On either side of 0 relu has the slopes 0 and 1; central differences find 1/2, which is neither."""
    with pytest.raises(GradientError, match=r"analytic 0, numeric 0\.5.*kink"):
        check_gradient(lambda z: activations.relu(z).sum(), activations.d_relu, np.zeros(1))
    assert activations.d_relu(np.array([0.0, -0.0])).tolist() == [0, 0]
    theirs = torch.zeros(1, requires_grad=True)
    theirs.relu().sum().backward()
    assert theirs.grad.tolist() == [0]


@given(numbers)
def test_sigmoid_is_symmetric(z):
    np.testing.assert_allclose(activations.sigmoid(-z), 1 - activations.sigmoid(z), rtol=0, atol=2e-16)
    np.testing.assert_allclose(activations.tanh(z / 2), 2 * activations.sigmoid(z) - 1, atol=1e-15)


@given(numbers)
def test_ranges(z):
    p = activations.sigmoid(z)
    assert ((p >= 0) & (p <= 1)).all()
    assert (activations.softplus(z) >= activations.relu(z)).all()
    assert (activations.leaky_relu(z, 0.0) == activations.relu(z)).all()


@given(numbers, st.floats(-1e3, 1e3))
def test_softmax_ignores_a_constant(z, constant):
    p = activations.softmax(z)
    np.testing.assert_allclose(activations.softmax(z + constant), p, rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-14)
    np.testing.assert_allclose(np.exp(activations.log_softmax(z)), p, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("name", TORCH)
def test_numbers_are_taken_too(name):
    for z in (2, -2.5, np.float64(0.5)):
        got = getattr(activations, name)(z)
        np.testing.assert_allclose(got, getattr(activations, name)(np.array([float(z)]))[0], rtol=1e-15)
