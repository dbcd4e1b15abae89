"""One training loop for the whole course: every topic brings a model, a loss and data to it.

Read `loop.py` first; each of the other modules holds one idea that it uses.
"""

from lablib.training.config import TrainingConfig
from lablib.training.loop import FitResult, fit
from lablib.training.predict import predict
from lablib.training.state import EpochSummary

__all__ = ["EpochSummary", "FitResult", "TrainingConfig", "fit", "predict"]
