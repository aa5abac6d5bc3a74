"""The engine's losses and their gradients equal torch's, at every size of logit."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nablab.engine import losses
from nablab.engine.activations import sigmoid
from nablab.engine.gradcheck import check_gradient

F = torch.nn.functional
TORCH = {
    "mse": F.mse_loss,
    "binary_cross_entropy": F.binary_cross_entropy,
    "binary_cross_entropy_with_logits": F.binary_cross_entropy_with_logits,
    "cross_entropy": F.cross_entropy,
}
rng = np.random.default_rng(0)
shapes = array_shapes(max_dims=3, max_side=4)


def first_argument(name, shape):
    return rng.uniform(0.01, 0.99, size=shape) if name == "binary_cross_entropy" else 3 * rng.normal(size=shape)


def compare(name, prediction, y, rtol=1e-12):
    theirs = torch.tensor(prediction, requires_grad=True)
    loss = TORCH[name](theirs, torch.tensor(y))
    loss.backward()
    ours, gradient = getattr(losses, name)(prediction, y), getattr(losses, f"d_{name}")(prediction, y)
    np.testing.assert_allclose(ours, loss.item(), rtol=rtol, atol=1e-15)
    np.testing.assert_allclose(gradient, theirs.grad.numpy(), rtol=rtol, atol=rtol * 1e-3)
    assert ours.dtype == gradient.dtype == prediction.dtype
    assert ours >= 0


@pytest.mark.parametrize("name", ["mse", "binary_cross_entropy", "binary_cross_entropy_with_logits"])
@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (7,), (500, 3), (2, 3, 4)])
def test_elementwise_losses_equal_torch(name, shape):
    prediction, y = np.array(first_argument(name, shape)), np.array(rng.uniform(size=shape))
    compare(name, prediction, y)
    if shape or np.lib.NumpyVersion(np.__version__) >= "2.0.0":  # NumPy 1 makes float64 of a float32 scalar and a 1
        compare(name, prediction.astype(np.float32), y.astype(np.float32), rtol=2e-5)


@pytest.mark.parametrize("N", [1, 2, 1000])
@pytest.mark.parametrize("C", [1, 2, 10])
@pytest.mark.parametrize("scale", [0, 1, 1000])
def test_cross_entropy_equals_torch(N, C, scale):
    logits = scale * rng.normal(size=(N, C))
    labels = rng.integers(C, size=N)
    rows = rng.dirichlet(np.ones(C), size=N)
    compare("cross_entropy", logits, labels)
    compare("cross_entropy", logits, rows)
    compare("cross_entropy", logits.astype(np.float32), labels, rtol=2e-5)
    for dtype in (np.uint8, np.int32, np.uint64):
        assert losses.cross_entropy(logits, labels.astype(dtype)) == losses.cross_entropy(logits, labels)


def test_labels_and_their_rows_give_the_same():
    logits, labels = rng.normal(size=(6, 4)), np.array([0, 1, 2, 3, 0, 1])
    rows = np.eye(4)[labels]
    np.testing.assert_allclose(losses.cross_entropy(logits, labels), losses.cross_entropy(logits, rows))
    np.testing.assert_allclose(losses.d_cross_entropy(logits, labels), losses.d_cross_entropy(logits, rows))


@pytest.mark.parametrize("z", [0.0, 5e-324, 40.0, -40.0, 1000.0, -1000.0, 1e300])
@pytest.mark.parametrize("y", [0.0, 0.25, 1.0])
def test_logits_of_any_size(z, y):
    compare("binary_cross_entropy_with_logits", np.array([z, -z, 1.0]), np.array([y, 1 - y, y]))


@pytest.mark.parametrize("p", [0.0, 5e-324, 1e-320, 1e-50, 1e-13, 0.5, 1 - 1e-16, 1.0])
@pytest.mark.parametrize("y", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_probabilities_of_exactly_0_and_1(p, y, dtype):
    """As in torch: -log is held at 100, the gradient's divisor at 1e-12 (there a float32, 4e-9 away)."""
    rtol = 1e-8 if dtype is np.float64 else 1e-5
    compare("binary_cross_entropy", np.array([p], dtype=dtype), np.array([y], dtype=dtype), rtol)


def test_why_logits():
    """A sure and wrong answer: from the probability the signal is lost, from the logit it is not."""
    z, y = np.array([40.0], dtype=np.float32), np.array([0.0], dtype=np.float32)
    assert losses.binary_cross_entropy(sigmoid(z), y) == 100
    assert losses.binary_cross_entropy_with_logits(z, y) == 40
    assert losses.d_binary_cross_entropy_with_logits(z, y).tolist() == [1]


@pytest.mark.parametrize("name", ["mse", "binary_cross_entropy", "binary_cross_entropy_with_logits"])
def test_gradient_check(name):
    y = rng.uniform(size=(3, 2))
    value, gradient = getattr(losses, name), getattr(losses, f"d_{name}")
    check_gradient(lambda x: value(x, y), lambda x: gradient(x, y), first_argument(name, (3, 2)))


@pytest.mark.parametrize("labels", [np.array([0, 3, 3]), rng.dirichlet(np.ones(4), size=3)], ids=["labels", "rows"])
def test_gradient_check_of_cross_entropy(labels):
    check_gradient(
        lambda z: losses.cross_entropy(z, labels), lambda z: losses.d_cross_entropy(z, labels), rng.normal(size=(3, 4))
    )


@given(st.data(), shapes)
def test_losses_are_never_negative_and_zero_where_all_is_right(data, shape):
    p = data.draw(arrays(np.float64, shape, elements=st.floats(0, 1)))
    y = data.draw(arrays(np.float64, shape, elements=st.sampled_from([0.0, 1.0])))
    z = data.draw(arrays(np.float64, shape, elements=st.floats(-1e3, 1e3)))
    assert losses.binary_cross_entropy(p, y) >= 0
    assert losses.binary_cross_entropy_with_logits(z, y) >= 0
    assert losses.mse(z, y) >= 0
    assert losses.mse(z, z) == losses.binary_cross_entropy(y, y) == 0


@given(st.data(), st.integers(1, 5), st.integers(1, 5))
def test_the_gradient_of_cross_entropy_sums_to_zero_in_each_row(data, N, C):
    logits = data.draw(arrays(np.float64, (N, C), elements=st.floats(-1e3, 1e3)))
    labels = data.draw(arrays(np.int64, N, elements=st.integers(0, C - 1)))
    assert losses.cross_entropy(logits, labels) >= 0
    np.testing.assert_allclose(losses.d_cross_entropy(logits, labels).sum(axis=1), 0, atol=1e-15)
