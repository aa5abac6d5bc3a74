"""Pictures that move: each computes its runs with the engine, and moves on a plain page without a kernel."""

from nablab.widgets.backprop import Backprop
from nablab.widgets.capacity_and_data import CapacityAndData
from nablab.widgets.convolution_window import ConvolutionWindow
from nablab.widgets.diagnostic import Diagnostic, Question
from nablab.widgets.learning_rate import LearningRate
from nablab.widgets.network_by_hand import NetworkByHand
from nablab.widgets.predict import Predict, Sketch
from nablab.widgets.training_run import TrainingRun
from nablab.widgets.two_rates import TwoRates

__all__ = [
    "Backprop",
    "CapacityAndData",
    "ConvolutionWindow",
    "Diagnostic",
    "LearningRate",
    "NetworkByHand",
    "Predict",
    "Question",
    "Sketch",
    "TrainingRun",
    "TwoRates",
]
