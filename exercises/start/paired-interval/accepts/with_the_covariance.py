# Both variances and the covariance; warns on equal models.
import warnings
from statistics import NormalDist

import numpy as np


def paired_interval(correct_a, correct_b, level):
    if len(correct_a) != len(correct_b):
        raise ValueError("unequal")
    table = np.cov(correct_a, correct_b)
    variance = table[0, 0] + table[1, 1] - 2 * table[0, 1]
    if variance < 1e-12:
        warnings.warn("the models are the same", stacklevel=2)
        variance = 0.0
    reach = NormalDist().inv_cdf((1 + level) / 2) * np.sqrt(variance / len(correct_a))
    difference = np.mean(correct_a) - np.mean(correct_b)
    return difference, difference - reach, difference + reach
