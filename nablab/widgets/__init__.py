"""Pictures that move: each computes its runs with the engine, and moves on a plain page without a kernel."""

from nablab.widgets.capacity_and_data import CapacityAndData
from nablab.widgets.learning_rate import LearningRate
from nablab.widgets.predict import Predict, Sketch

__all__ = ["CapacityAndData", "LearningRate", "Predict", "Sketch"]
