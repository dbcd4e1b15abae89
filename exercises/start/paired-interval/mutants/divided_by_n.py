# rejected_by: few_rows
# says: divided by N - 1
# Divides the sum of squares by N.
from statistics import NormalDist

import numpy as np


def paired_interval(correct_a, correct_b, level):
    if len(correct_a) != len(correct_b):
        raise ValueError("the lengths differ")
    per_row = correct_a - correct_b
    error = per_row.std(ddof=0) / np.sqrt(len(per_row))
    reach = NormalDist().inv_cdf((1 + level) / 2) * error
    difference = per_row.mean()
    return difference, difference - reach, difference + reach
