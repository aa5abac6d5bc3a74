"""Loss surfaces to descend: a value, a gradient and a matrix of second derivatives at every point."""

import numpy as np

from nablab.engine import validate


class Quadratic:
    r"""A bowl, a valley or a saddle along the axes, with its stationary point at the origin.

    f(p) = 1/2 sum_j c_j p_j^2,   df/dp_j = c_j p_j,   d2f/dp_j2 = c_j

    Parameters
    ----------
    curvatures : sequence of D numbers
        The second derivative c_j along each axis: all positive is a bowl, mixed signs a saddle.

    Every method takes points `p` of shape (..., D). Raises TypeError or ValueError for other input.

    >>> valley = Quadratic([1, 100])
    >>> print(valley.value([1.0, 1.0]))
    50.5
    >>> valley.gradient([1.0, 1.0])
    array([  1., 100.])

    Source: LeCun, Bottou, Orr and Müller (1998), equation 36.
    """

    def __init__(self, curvatures):
        validate.finite_vector(curvatures=curvatures)
        self.curvatures = np.array(curvatures, dtype=float)  # (D,)

    def value(self, p):
        """Return f(p), shape (...)."""
        validate.points(p, len(self.curvatures))
        return 0.5 * (self.curvatures * np.square(p)).sum(axis=-1)

    def gradient(self, p):
        """Return the gradient at p, shape (..., D)."""
        validate.points(p, len(self.curvatures))
        return self.curvatures * p

    def hessian(self, p):
        """Return the matrix of second derivatives at p, shape (..., D, D)."""
        validate.points(p, len(self.curvatures))
        shape = np.shape(p) + self.curvatures.shape
        return np.broadcast_to(np.diag(self.curvatures), shape)


class Rosenbrock:
    r"""A curved valley with a flat floor; the minimum is 0 at (1, 1).

    f(x, y) = (1 - x)^2 + 100 (y - x^2)^2

    Every method takes points `p` of shape (..., 2). Raises TypeError or ValueError for other input.

    >>> print(Rosenbrock().value([1.0, 1.0]))
    0.0

    Source: Rosenbrock (1960).
    """

    def value(self, p):
        """Return f(p), shape (...)."""
        validate.points(p, 2)
        x, y = np.moveaxis(np.asarray(p, dtype=float), -1, 0)
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def gradient(self, p):
        """Return the gradient at p, shape (..., 2)."""
        validate.points(p, 2)
        x, y = np.moveaxis(np.asarray(p, dtype=float), -1, 0)
        dx = -2 * (1 - x) - 400 * x * (y - x**2)
        dy = 200 * (y - x**2)
        return np.stack([dx, dy], axis=-1)  # (..., 2)

    def hessian(self, p):
        """Return the matrix of second derivatives at p, shape (..., 2, 2)."""
        validate.points(p, 2)
        x, y = np.moveaxis(np.asarray(p, dtype=float), -1, 0)
        dxx = 2 - 400 * (y - 3 * x**2)
        dxy = -400 * x
        dyy = np.full_like(x, 200.0)
        return np.stack([np.stack([dxx, dxy], -1), np.stack([dxy, dyy], -1)], -2)  # (..., 2, 2)
