"""Pictures that move: each computes its runs with the engine, and moves on a plain page without a kernel."""

from nablab.widgets.learning_rate import LearningRate
from nablab.widgets.network_by_hand import NetworkByHand
from nablab.widgets.predict import Predict, Sketch

__all__ = ["LearningRate", "NetworkByHand", "Predict", "Sketch"]
