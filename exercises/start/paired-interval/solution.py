from statistics import NormalDist

import numpy as np


def paired_interval(correct_a, correct_b, level):
    """Accuracy of A minus B on the same rows: (difference, low, high)."""
    # BEGIN SOLUTION
    if len(correct_a) != len(correct_b):
        raise ValueError("correct_a and correct_b have different lengths; pair them row by row")
    per_row = np.subtract(correct_a, correct_b)
    error = np.std(per_row, ddof=1) / np.sqrt(len(per_row))
    reach = NormalDist().inv_cdf((1 + level) / 2) * error
    difference = np.mean(per_row)
    return difference, difference - reach, difference + reach
    # END SOLUTION
