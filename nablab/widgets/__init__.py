"""Pictures that move: each computes its runs with the engine, and moves on a plain page without a kernel."""

from nablab.widgets.backprop import Backprop
from nablab.widgets.learning_rate import LearningRate
from nablab.widgets.predict import Predict, Sketch

__all__ = ["Backprop", "LearningRate", "Predict", "Sketch"]
