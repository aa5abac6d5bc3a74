"""A network of layers, and what trains it: mini-batches, an epoch, a history."""

import numpy as np

from nablab.engine import validate
from nablab.engine.layers import Layer


class Network(Layer):
    r"""Layers one after the other: what one returns, the next one takes.

    a_0 = x,   a_l = layer_l(a_{l-1});   backward from the last layer to the first

    Parameters
    ----------
    layers : list of layers

    forward takes a batch x (N, ...) and returns what the last layer computes, such as logits (N, C);
    backward takes the gradient with respect to that, returns the one of x, and leaves those of all
    parameters in `grads`, in the order of `params`. Raises TypeError or ValueError for bad input,
    FloatingPointError where a layer's numbers stop being finite.

    >>> from nablab.engine.activations import d_relu, relu
    >>> from nablab.engine.layers import Dense, Elementwise
    >>> rng = np.random.default_rng(0)
    >>> network = Network([Dense(4, 8, rng=rng), Elementwise(relu, d_relu), Dense(8, 3, rng=rng)])
    >>> network.forward(np.ones((5, 4))).shape, network.backward(np.ones((5, 3))).shape
    ((5, 3), (5, 4))
    >>> [g.shape for g in network.grads]
    [(4, 8), (8,), (8, 3), (3,)]

    Source: Rumelhart, Hinton and Williams (1986).
    """

    def __init__(self, layers):
        validate.layers(layers)
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
            validate.bounded(layer, x)
        return x

    def backward(self, dz):
        for layer in reversed(self.layers):
            dz = layer.backward(dz)
            validate.bounded(layer, dz)
        return dz


class Batches:
    """Samples in mini-batches: each time they are gone through, every sample comes once, in an order drawn anew.

    Parameters
    ----------
    x, y : arrays (N, ...) and (N, ...)
        Training data: inputs, and what is wanted for them.
    batch_size : int
        The last batch is smaller where N is no multiple of it.
    seed : int
        The same seed gives the same orders.

    Raises TypeError or ValueError for other input.

    >>> for x, y in Batches(np.arange(5.0), np.arange(5), batch_size=2, seed=0):
    ...     print(x, y)
    [2. 4.] [2 4]
    [3. 0.] [3 0]
    [1.] [1]

    Source: Goodfellow, Bengio and Courville (2016), section 8.1.3, who find one shuffle at the beginning usually
    enough.
    """

    def __init__(self, x, y, batch_size, seed):
        validate.samples(x, y)
        validate.whole(batch_size=batch_size)
        validate.seed(seed)
        self.x, self.y, self.batch_size = x, y, batch_size
        self.rng = np.random.default_rng(seed)

    def __iter__(self):
        order = self.rng.permutation(len(self.x))
        for start in range(0, len(order), self.batch_size):
            batch = order[start : start + self.batch_size]
            yield self.x[batch], self.y[batch]


def accuracy(logits, labels):
    """Return the share of samples whose largest logit, of equal ones the first, is that of the right class.

    Takes logits (N, C) and labels (N,), integers, as `cross_entropy` does, and returns a float from 0
    to 1. Raises TypeError or ValueError for other input.

    >>> accuracy(np.array([[1.0, 2.0], [3.0, 1.0]]), np.array([1, 1]))
    0.5
    """
    validate.classes(logits, labels)
    validate.integer_labels(labels)
    return float(np.mean(logits.argmax(axis=1) == labels))


def train_epoch(network, loss, optimizer, batches):
    """Go once through the training data, one step of the optimiser for each batch.

    Parameters
    ----------
    network : Network
    loss : pair of functions
        A loss and its gradient, such as (cross_entropy, d_cross_entropy).
    optimizer : such as Adam
    batches : Batches

    Returns the mean loss over the samples, each as its batch was met, for a loss that is itself a mean over
    its batch. Raises FloatingPointError where the training diverges: where the loss, or what a layer computes,
    stops being finite.

    >>> from nablab.engine.layers import Dense
    >>> from nablab.engine.losses import d_mse, mse
    >>> from nablab.engine.optimizers import GradientDescent
    >>> network = Network([Dense(1, 1, init="constant", rng=np.random.default_rng(0))])
    >>> batches = Batches(np.array([[1.0], [2.0]]), np.array([[3.0], [6.0]]), batch_size=2, seed=0)
    >>> train_epoch(network, (mse, d_mse), GradientDescent(lr=0.1), batches)
    10.0
    """
    validate.trainable(network, loss, optimizer, batches)
    total, count = 0.0, 0
    with np.errstate(over="ignore", invalid="ignore"):  # a divergence is reported below, in words
        for x, y in batches:
            y_hat = network.forward(x)
            value = loss[0](y_hat, y)
            validate.converging(value)
            network.backward(loss[1](y_hat, y))
            optimizer.step(network.params, network.grads)
            total += float(value) * len(x)
            count += len(x)
    return total / count


def evaluate(network, loss, x, y):
    """Measure a network, in evaluation mode, on data that it is not trained on.

    `network` and `loss` as in `train_epoch`; x and y as in `Batches`. Returns a dict: `loss`, and for
    integer labels `accuracy`, too. The network's mode is put back, in all its layers: one that was in another
    mode than the network takes the network's. Raises as `train_epoch` does.

    >>> from nablab.engine.layers import Dense
    >>> from nablab.engine.losses import cross_entropy, d_cross_entropy
    >>> network = Network([Dense(2, 2, init="constant", rng=np.random.default_rng(0))])
    >>> evaluate(network, (cross_entropy, d_cross_entropy), np.ones((4, 2)), np.array([0, 0, 0, 1]))
    {'loss': 0.6931471805599453, 'accuracy': 0.75}
    """
    validate.measurable(network, loss, x, y)
    mode = network.training
    network.train(False)
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # as in train_epoch
            y_hat = network.forward(x)
            measured = {"loss": float(loss[0](y_hat, y))}
    finally:
        network.train(mode)
    validate.converging(measured["loss"])
    if y.dtype.kind in "iu":
        measured["accuracy"] = accuracy(y_hat, y)
    return measured


def fit(network, loss, optimizer, batches, epochs, validation=None, callback=None):
    """Train a network for some epochs and return the history of its losses.

    Parameters
    ----------
    network, loss, optimizer, batches : as in `train_epoch`
    epochs : int
        How often to go through the training data.
    validation : pair of arrays, optional
        x and y that are measured after each epoch and never trained on. Test data have no place here.
    callback : function, optional
        Called after each epoch with the epoch (from 0), the network and the history, to draw or to print.

    Returns a dict of lists with one number an epoch: `loss`, and with `validation` also `val_loss` and,
    for integer labels, `val_accuracy`. Raises TypeError or ValueError for bad input, FloatingPointError
    where the training diverges.

    >>> from nablab.engine.layers import Dense
    >>> from nablab.engine.losses import d_mse, mse
    >>> from nablab.engine.optimizers import GradientDescent
    >>> network = Network([Dense(1, 1, init="constant", rng=np.random.default_rng(0))])
    >>> batches = Batches(np.array([[1.0], [2.0]]), np.array([[3.0], [6.0]]), batch_size=2, seed=0)
    >>> history = fit(network, (mse, d_mse), GradientDescent(lr=0.1), batches, epochs=3)
    >>> [round(number, 3) for number in history["loss"]]
    [10.0, 1.06, 0.173]
    """
    validate.whole(epochs=epochs)
    validate.after_each_epoch(validation, callback)
    history = {"loss": []}
    for epoch in range(epochs):
        history["loss"].append(train_epoch(network, loss, optimizer, batches))
        if validation is not None:
            for name, number in evaluate(network, loss, *validation).items():
                history.setdefault(f"val_{name}", []).append(number)
        if callback is not None:
            callback(epoch, network, history)
    return history
