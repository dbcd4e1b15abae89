"""Metrics, intervals, calibration and controls: what every page measures with.

scikit-learn and scipy are loaded by the functions that need them, so this import is cheap.

>>> from lablib import evaluation
>>> evaluation.accuracy([0, 1], [0, 1])
1.0
"""

from lablib.evaluation.calibration import (
    ReliabilityBins,
    expected_calibration_error,
    reliability_bins,
)
from lablib.evaluation.controls import majority_class, same_model_twice, shuffled_labels
from lablib.evaluation.intervals import (
    Estimate,
    Interval,
    across_seeds,
    bootstrap,
    clopper_pearson,
    paired_bootstrap_difference,
    proportion,
    wilson,
)
from lablib.evaluation.metrics import accuracy, balanced_accuracy, brier_score, log_loss, roc_auc
from lablib.evaluation.splits import over_splits

__all__ = [
    "Estimate",
    "Interval",
    "ReliabilityBins",
    "accuracy",
    "across_seeds",
    "balanced_accuracy",
    "bootstrap",
    "brier_score",
    "clopper_pearson",
    "expected_calibration_error",
    "log_loss",
    "majority_class",
    "over_splits",
    "paired_bootstrap_difference",
    "proportion",
    "reliability_bins",
    "roc_auc",
    "same_model_twice",
    "shuffled_labels",
    "wilson",
]
