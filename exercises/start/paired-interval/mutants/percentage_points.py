# rejected_by: worked_example
# says: is a share
# Returns 20 instead of 0.2.
from statistics import NormalDist

import numpy as np


def paired_interval(correct_a, correct_b, level):
    if len(correct_a) != len(correct_b):
        raise ValueError("the lengths differ")
    per_row = 100 * (correct_a - correct_b)
    error = per_row.std(ddof=1) / np.sqrt(len(per_row))
    reach = NormalDist().inv_cdf((1 + level) / 2) * error
    difference = per_row.mean()
    return difference, difference - reach, difference + reach
