"""Turn bad input into sentences: each names the argument, the value it had and what is wanted.

Formulas call these as statements, so that a formula without its checks is still the whole formula.
"""

import math

import numpy as np

FLOATS = (np.float32, np.float64)


def positive(**numbers):
    """Raise unless every keyword argument is a finite real number above zero."""
    for name, value in numbers.items():
        _real(name, value)
        if not value > 0:
            raise ValueError(f"{name} must be a finite number above 0; got {value!r}")


def fraction(**numbers):
    """Raise unless every keyword argument is a real number in [0, 1)."""
    for name, value in numbers.items():
        _real(name, value)
        if not 0 <= value < 1:
            raise ValueError(f"{name} must be at least 0 and below 1; got {value!r}")


def within(low, high, **numbers):
    """Raise unless every keyword argument is a finite real number from `low` to `high`."""
    for name, value in numbers.items():
        _real(name, value)
        if not low <= value <= high:
            limits = f"at least {low}" if high == math.inf else f"from {low} to {high}"
            raise ValueError(f"{name} must be a finite number, {limits}; got {value!r}")


def whole(**numbers):
    """Raise unless every keyword argument is a whole number of at least 1."""
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
            raise TypeError(f"{name} must be a whole number; got {value!r}")
        if value < 1:
            raise ValueError(f"{name} must be at least 1; got {value!r}")


def one_cycle(step, steps, warmup):
    """Raise unless the three make a cycle: warmup below 1, at least one step to rise, a step within."""
    whole(steps=steps)
    fraction(warmup=warmup)
    if not 1 < warmup * steps < steps - 1e-9:
        raise ValueError(f"steps must be so many that warmup * steps exceeds 1; got {steps!r} steps, warmup {warmup!r}")
    within(0, steps - 1, step=step)


def finite(**arrays):
    """Raise unless every keyword argument is a finite float, or an array of finite floats."""
    for name, value in arrays.items():
        if isinstance(value, np.ndarray):
            _floats(name, value)
        else:
            within(-math.inf, math.inf, **{name: value})


def rows(**arrays):
    """Raise unless every keyword argument is an array of finite floats with one axis or more, the last not empty."""
    for name, value in arrays.items():
        _floats(name, value)
        if value.ndim == 0 or value.shape[-1] == 0:
            raise ValueError(f"{name} must have shape (..., C) with C >= 1; got {value.shape}")


def alike(**arrays):
    """Raise unless the keyword arguments are arrays of finite floats of one shape, not empty, and one dtype."""
    for name, value in arrays.items():
        _floats(name, value)
    (a, first), (b, second) = arrays.items()
    if first.shape != second.shape:
        raise ValueError(f"{a} and {b} must have the same shape; got {first.shape} and {second.shape}")
    if first.size == 0:
        raise ValueError(f"{a} and {b} must not be empty; got shape {first.shape}")
    if first.dtype != second.dtype:
        raise TypeError(
            f"{a} and {b} must have the same dtype; got {first.dtype} and {second.dtype}. "
            f"Convert one with .astype({a}.dtype)"
        )


def probabilities(**arrays):
    """Raise unless every keyword argument (arrays of floats) holds numbers from 0 to 1."""
    for name, value in arrays.items():
        if not (value.min() >= 0 and value.max() <= 1):
            raise ValueError(f"{name} must lie in [0, 1]; got values from {value.min()} to {value.max()}")


def classes(logits, labels):
    """Raise unless `logits` are (N, C) floats and `labels` (N,) integers below C or (N, C) rows of probabilities."""
    _floats("logits", logits)
    if logits.ndim != 2 or logits.size == 0:
        raise ValueError(f"logits must have shape (N, C) with N >= 1 and C >= 1; got {logits.shape}")
    N, C = logits.shape
    if not isinstance(labels, np.ndarray):
        raise TypeError(f"labels must be a NumPy array; got {type(labels).__name__}")
    if labels.shape == logits.shape:
        alike(logits=logits, labels=labels)
        probabilities(labels=labels)
        sums = labels.sum(axis=1)
        if abs(sums - 1).max() > 1e-5:
            raise ValueError(f"each row of labels must sum to 1; got sums from {sums.min()} to {sums.max()}")
        return
    if labels.shape != (N,):
        raise ValueError(
            f"labels must have shape ({N},) or ({N}, {C}), as logits have {logits.shape}; got {labels.shape}"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels of shape (N,) must be integers; got dtype {labels.dtype}")
    if labels.min() < 0 or labels.max() >= C:
        raise ValueError(f"labels must lie from 0 to {C - 1}; got values from {labels.min()} to {labels.max()}")


def finite_vector(**vectors):
    """Raise unless every keyword argument is a non-empty one-dimensional list of finite numbers."""
    for name, values in vectors.items():
        array = _numeric(name, values)
        if array.ndim != 1 or array.size == 0:
            raise ValueError(f"{name} must have shape (D,) with D >= 1; got shape {array.shape}")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} must hold finite numbers; got {values!r}")


def points(p, dimensions):
    """Raise unless `p` is an array of real numbers with shape (..., dimensions)."""
    array = _numeric("p", p)
    if array.ndim == 0 or array.shape[-1] != dimensions:
        raise ValueError(f"p must have shape (..., {dimensions}); got {array.shape}")


def updatable(params, grads):
    """Raise unless `params` can be updated in place by `grads`: writable float arrays, shape for shape."""
    for name, arrays in (("params", params), ("grads", grads)):
        if not isinstance(arrays, (list, tuple)):
            raise TypeError(f"{name} must be a list of NumPy arrays; got {type(arrays).__name__}")
    if len(params) != len(grads):
        raise ValueError(f"params and grads must have the same length; got {len(params)} params and {len(grads)} grads")
    for i, (p, g) in enumerate(zip(params, grads)):
        _writable(f"params[{i}]", p)
        if g is None:
            raise ValueError(f"grads[{i}] is None: run backward before the step")
        _real_array(f"grads[{i}]", g)
        if p.shape != g.shape:
            raise ValueError(f"params[{i}] and grads[{i}] must have the same shape; got {p.shape} and {g.shape}")


def in_place(written, **arrays):
    """Raise unless the arrays have one shape and the first `written` of them can be written to."""
    first = next(iter(arrays))
    for i, (name, array) in enumerate(arrays.items()):
        (_writable if i < written else _real_array)(name, array)
        if array.shape != arrays[first].shape:
            raise ValueError(
                f"{first} and {name} must have the same shape; got {arrays[first].shape} and {array.shape}"
            )


def same_params(state, params):
    """Raise unless an optimiser's `state` (None before its first step) was made for arrays of these shapes."""
    if state is None:
        return
    seen, now = [s.shape for s in state], [p.shape for p in params]
    if seen != now:
        raise ValueError(
            f"params must keep their shapes between steps; this optimiser began with {seen} and now got {now}. "
            "Make a new optimiser for other parameters"
        )


def options(wanted, **names):
    """Raise unless every keyword argument is one of the texts in `wanted`."""
    for name, value in names.items():
        if not isinstance(value, str) or value not in wanted:
            raise ValueError(f"{name} must be one of {', '.join(map(repr, wanted))}; got {value!r}")


def float_type(dtype):
    """Raise unless `dtype` is float32 or float64."""
    if not any(dtype is kind or (isinstance(dtype, np.dtype) and dtype == kind) for kind in (*FLOATS, float)):
        raise TypeError(f"dtype must be np.float32 or np.float64; got {dtype!r}")


def generator(**generators):
    """Raise unless every keyword argument is a NumPy random generator."""
    for name, value in generators.items():
        if not isinstance(value, np.random.Generator):
            raise TypeError(f"{name} must be a generator, such as np.random.default_rng(0); got {value!r}")


def seed(seed):
    """Raise unless `seed` is a whole number of at least 0."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise TypeError(f"seed must be a whole number; got {seed!r}")
    if seed < 0:
        raise ValueError(f"seed must be at least 0; got {seed!r}")


def flags(**flags):
    """Raise unless every keyword argument is True or False."""
    for name, value in flags.items():
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(f"{name} must be True or False; got {value!r}")


def functions(**functions):
    """Raise unless every keyword argument can be called."""
    for name, value in functions.items():
        if not callable(value):
            raise TypeError(f"{name} must be a function; got {value!r}")


def layers(layers):
    """Raise unless `layers` is a list of objects, at least one, that go forward and backward."""
    if not isinstance(layers, (list, tuple)) or not layers:
        raise TypeError(f"layers must be a list of at least one layer; got {layers!r}")
    for i, layer in enumerate(layers):
        if isinstance(layer, type):
            raise TypeError(f"layers[{i}] must be a layer; got the class {layer.__name__}: call it to make one")
        methods(f"layers[{i}]", layer, "forward", "backward")


def methods(name, value, *wanted):
    """Raise unless `value` has every method in `wanted`."""
    for method in wanted:
        if isinstance(value, type) or not callable(getattr(value, method, None)):
            raise TypeError(f"{name} must have a method {method}; got {value!r}")


def batch(shape, dtype=None, **arrays):
    """Raise unless every keyword argument is an array of finite floats of `shape`, with at least one sample.

    Entries of `shape` that are texts, such as "N", stand for any length; `...` for any axes.
    """
    for name, value in arrays.items():
        _floats(name, value)
        fits = value.ndim >= 1 if shape[-1] is ... else value.ndim == len(shape)
        fits = fits and all(isinstance(want, str) or want is ... or want == n for want, n in zip(shape, value.shape))
        if not fits:
            wanted = ", ".join("..." if want is ... else str(want) for want in shape)
            raise ValueError(f"{name} must have shape ({wanted}{',' * (len(shape) == 1)}); got {value.shape}")
        if value.size == 0:
            raise ValueError(f"{name} must not be empty; got shape {value.shape}")
        _same_dtype(name, value, dtype)


def weights(shape, init, rng, dtype):
    """Raise unless these describe the weights of a dense layer, (in, out), or a convolution, (out, in, k, k)."""
    if not isinstance(shape, tuple) or len(shape) not in (2, 4):
        raise ValueError(f"shape must be (in, out) or (out, in, k, k); got {shape!r}")
    for i, n in enumerate(shape):
        whole(**{f"shape[{i}]": n})
    options(("xavier", "he", "constant"), init=init)
    generator(rng=rng)
    float_type(dtype)


def covers(x, height, width):
    """Raise unless the images `x` (N, C, H, W) are at least as large as a kernel."""
    if x.shape[2] < height or x.shape[3] < width:
        raise ValueError(f"x must hold images of at least {height} x {width}, the kernel's size; got shape {x.shape}")


def images_and_kernels(x, W, padding):
    """Raise unless kernels `W` (O, C, k, l) fit on images `x` (N, C, H, W) with that padding."""
    if isinstance(padding, bool) or not isinstance(padding, (int, np.integer)) or padding < 0:
        raise ValueError(f"padding must be a whole number of at least 0; got {padding!r}")
    batch(("N", "C", "H", "W"), x=x)
    batch(("O", x.shape[1], "k", "l"), x.dtype, W=W)
    covers(x, W.shape[2] - 2 * padding, W.shape[3] - 2 * padding)


def convolved(x, W):
    """Return the shape of a convolution of images `x` (N, C, H, W) with kernels `W` (O, C, k, l)."""
    return (len(x), len(W), x.shape[2] - W.shape[2] + 1, x.shape[3] - W.shape[3] + 1)


def spread(x, n):
    """Raise unless there is more than one number a channel, without which there is no variance."""
    if n < 2:
        raise ValueError(f"x must hold more than one number a channel to train on; got shape {x.shape}")


def backward(x, shape_of, **gradients):
    """Raise unless forward has run (`x` is what it was given) and the gradient has the shape `shape_of(x)`."""
    if x is None:
        raise ValueError("backward must follow forward: this layer has not seen an input yet")
    for name, value in gradients.items():
        _floats(name, value)
        if value.shape != shape_of(x):
            raise ValueError(f"{name} must have the shape of the layer's output, {shape_of(x)}; got {value.shape}")
        _same_dtype(name, value, x.dtype)


def bounded(layer, values):
    """Raise FloatingPointError where what a layer computed is no longer finite."""
    if isinstance(values, np.ndarray) and values.dtype.kind == "f" and not np.isfinite(values).all():
        raise FloatingPointError(
            f"the layer {type(layer).__name__} gave values that are not finite: "
            "in training this is a divergence, and a lower lr is the first remedy"
        )


def converging(loss):
    """Raise TypeError unless the loss is a number, FloatingPointError unless it is finite."""
    if not isinstance(loss, (int, float, np.integer, np.floating)):
        raise TypeError(f"loss must return a number; got {loss!r}")
    if not np.isfinite(loss):
        raise FloatingPointError(f"the loss is {loss}: the training diverged; lower lr")


def samples(x, y):
    """Raise unless `x` and `y` are arrays of one length, at least 1."""
    for name, value in (("x", x), ("y", y)):
        if not isinstance(value, np.ndarray) or value.ndim == 0:
            raise TypeError(f"{name} must be a NumPy array of shape (N, ...); got {value!r}")
    if len(x) != len(y) or len(x) == 0:
        raise ValueError(f"x and y must have the same length, at least 1; got shapes {x.shape} and {y.shape}")
    _floats("x", x)


def integer_labels(labels):
    """Raise unless `labels`, classes as in `classes`, are integers."""
    if labels.ndim != 1:
        raise ValueError(f"labels must have shape (N,), a class for each sample; got {labels.shape}")


def loss_pair(loss):
    """Raise unless `loss` is a loss and its gradient."""
    if not isinstance(loss, tuple) or len(loss) != 2 or not all(map(callable, loss)):
        raise TypeError(f"loss must be a pair of functions, such as (mse, d_mse); got {loss!r}")


def trainable(network, loss, optimizer, batches):
    """Raise unless these four can train."""
    methods("network", network, "forward", "backward", "train")
    loss_pair(loss)
    methods("optimizer", optimizer, "step")
    pairs = isinstance(batches, (list, tuple)) and all(isinstance(b, tuple) and len(b) == 2 for b in batches)
    if not (hasattr(batches, "batch_size") or (pairs and batches)):
        raise TypeError(f"batches must be Batches, or a list of pairs of arrays (x, y), not empty; got {batches!r}")


def measurable(network, loss, x, y):
    """Raise unless a network can be measured on x and y."""
    methods("network", network, "forward", "train")
    loss_pair(loss)
    samples(x, y)


def after_each_epoch(validation, callback):
    """Raise unless `validation` is None or a pair of arrays, and `callback` None or a function."""
    if validation is not None:
        if not isinstance(validation, tuple) or len(validation) != 2:
            raise TypeError(f"validation must be a pair of arrays, (x, y); got {validation!r}")
        samples(*validation)
    if callback is not None:
        functions(callback=callback)


def real_arrays(inputs):
    """Raise unless there is at least one input and each holds real numbers."""
    if not inputs:
        raise TypeError("check_gradient needs at least one input; got none")
    for k, x in enumerate(inputs):
        if not np.isfinite(_numeric(f"input {k}", x)).all():
            raise ValueError(f"input {k} must hold finite numbers; got {x!r}")


def measurable_inputs(inputs, k):
    """Raise unless input `k` is a float64 array that can be moved up and down."""
    if not isinstance(inputs, (list, tuple)) or isinstance(k, bool) or not isinstance(k, int):
        raise TypeError(f"inputs must be a list of arrays and k a whole number; got {inputs!r} and {k!r}")
    if not 0 <= k < len(inputs):
        raise ValueError(f"k must be the place of one of {len(inputs)} inputs, from 0; got {k}")
    x = inputs[k]
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        raise TypeError(f"inputs[{k}] must be a float64 array; got {getattr(x, 'dtype', type(x).__name__)}")
    if not x.flags.writeable:
        raise ValueError(f"inputs[{k}] is read-only; pass a copy")


def loss_value(loss):
    """Raise unless what a function returned is one finite real number."""
    try:
        array = np.asarray(loss)
    except (TypeError, ValueError):
        array = np.empty(0)
    if array.shape != () or array.dtype.kind not in "fiu":
        raise ValueError(f"the function must return a real number (a loss); got shape {array.shape}, {array.dtype}")
    if not np.isfinite(array):
        raise ValueError(f"the function must be finite where it is checked; got {loss}")


def one_each(gradients, inputs):
    """Raise unless there are as many gradients as inputs, each of real numbers."""
    if len(gradients) != len(inputs):
        raise ValueError(f"gradient must return {len(inputs)} arrays, one an input; got {len(gradients)}")
    for k, slopes in enumerate(gradients):
        _numeric(f"the gradient of input {k}", slopes)


def gradients_to_compare(what, analytic, numeric, loss):
    """Raise unless two gradients, arrays of real numbers, have the same shape, and the loss is a number."""
    for name, slopes in (("analytic", analytic), ("numeric", numeric)):
        _real_array(name, slopes)
    _real("loss", loss[()] if isinstance(loss, np.ndarray) and loss.ndim == 0 else loss)
    if analytic.shape != numeric.shape:
        raise ValueError(f"{what} must have that input's shape, {numeric.shape}; got {analytic.shape}")


def _real(name, value):
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{name} must be a number; got {value!r}")
    try:
        finite = math.isfinite(value)
    except OverflowError:  # a whole number past the largest float
        finite = False
    if not finite:
        raise ValueError(f"{name} must be a finite number; got {value!r}")


def _numeric(name, value):
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):  # rows of different lengths
        raise TypeError(f"{name} must hold real numbers; got {value!r}") from None
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} must hold real numbers; got dtype {array.dtype}")
    return array


def _writable(name, array):
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a NumPy array; got {type(array).__name__}")
    if array.dtype.kind != "f":
        raise TypeError(
            f"{name} must hold floating-point numbers; got dtype {array.dtype}, which would round every step. "
            f"Convert it with {name}.astype(float)"
        )
    if not array.flags.writeable:
        raise ValueError(f"{name} is read-only and cannot be updated in place; pass {name}.copy()")


def _real_array(name, array):
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a NumPy array; got {type(array).__name__}")
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name} must hold real numbers; got dtype {array.dtype}")


def _floats(name, array):
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a NumPy array; got {type(array).__name__}")
    if array.dtype not in FLOATS:
        raise TypeError(
            f"{name} must hold float32 or float64 numbers; got dtype {array.dtype}. Convert it with .astype(float)"
        )
    if not np.isfinite(array).all():
        index = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name} must hold finite numbers; got {array[index]} at index {index}")


def _same_dtype(name, array, dtype):
    if dtype is not None and array.dtype != dtype:
        raise TypeError(f"{name} must have the layer's dtype, {dtype}; got {array.dtype}. Convert it with .astype")
