"""Values, gradients and second derivatives agree with finite differences and with torch."""

import numpy as np
import pytest
import torch

from nablab.engine.gradcheck import check_gradient
from nablab.engine.landscapes import Quadratic, Rosenbrock

LANDSCAPES = {
    "bowl": (Quadratic([1, 4]), 2),
    "saddle": (Quadratic([1, -0.5]), 2),
    "line": (Quadratic([3]), 1),
    "six": (Quadratic([1, 2, 3, 4, 5, 100]), 6),
    "rosenbrock": (Rosenbrock(), 2),
}


def by_torch(landscape):
    if isinstance(landscape, Quadratic):
        c = torch.tensor(landscape.curvatures)
        return lambda p: 0.5 * (c * p * p).sum()
    return lambda p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


@pytest.mark.parametrize(("landscape", "D"), LANDSCAPES.values(), ids=LANDSCAPES)
class TestLandscape:
    def test_agrees_with_torch(self, landscape, D):
        f = by_torch(landscape)
        for p in np.random.default_rng(0).normal(size=(20, D)):
            q = torch.tensor(p, requires_grad=True)
            (slope,) = torch.autograd.grad(f(q), q)
            np.testing.assert_allclose(landscape.value(p), f(q).item(), rtol=1e-12)
            np.testing.assert_allclose(landscape.gradient(p), slope, rtol=1e-10, atol=1e-12)
            np.testing.assert_allclose(
                landscape.hessian(p), torch.autograd.functional.hessian(f, q), rtol=1e-10, atol=1e-12
            )

    def test_gradient_passes_the_check(self, landscape, D):
        p = np.random.default_rng(1).normal(size=(3, D))
        check_gradient(lambda p: landscape.value(p).sum(), landscape.gradient, p)

    def test_takes_any_number_of_points(self, landscape, D):
        p = np.random.default_rng(2).normal(size=(4, 3, D))
        assert landscape.value(p).shape == (4, 3)
        assert landscape.gradient(p).shape == (4, 3, D)
        assert landscape.hessian(p).shape == (4, 3, D, D)
        np.testing.assert_array_equal(landscape.gradient(p)[2, 1], landscape.gradient(p[2, 1]))
        np.testing.assert_array_equal(landscape.hessian(p)[2, 1], landscape.hessian(p[2, 1]))

    @pytest.mark.parametrize("method", ["value", "gradient", "hessian"])
    def test_refuses_other_points(self, landscape, D, method):
        with pytest.raises(ValueError, match=rf"p must have shape \(\.\.\., {D}\); got \(7,\)"):
            getattr(landscape, method)(np.ones(7))
        with pytest.raises(TypeError, match="p must hold real numbers; got dtype complex128"):
            getattr(landscape, method)(np.ones(D) * 1j)


def test_rosenbrock_minimum():
    valley = Rosenbrock()
    assert valley.value([1, 1]) == 0
    assert valley.gradient([1, 1]).tolist() == [0, 0]
    assert np.linalg.eigvalsh(valley.hessian([1, 1])) == pytest.approx([0.3994, 1001.6], rel=1e-3)


@pytest.mark.parametrize("curvatures", [[], [[1, 2]], 3, [1, np.nan], [np.inf]])
def test_curvatures_of_the_wrong_shape_or_size(curvatures):
    with pytest.raises(ValueError, match="curvatures must "):
        Quadratic(curvatures)


@pytest.mark.parametrize("curvatures", ["12", ["1"], [1j], None, [[1], [1, 2]]])
def test_curvatures_that_are_no_numbers(curvatures):
    with pytest.raises(TypeError, match="curvatures must hold real numbers; got "):
        Quadratic(curvatures)
