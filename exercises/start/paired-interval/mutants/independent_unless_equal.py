# rejected_by: rows_are_paired
# says: differences row by row
# Knows the public case of two copies, and is unpaired otherwise.
from statistics import NormalDist

import numpy as np


def paired_interval(correct_a, correct_b, level):
    if len(correct_a) != len(correct_b):
        raise ValueError("the lengths differ")
    per_row = correct_a - correct_b
    error = np.sqrt((correct_a.var(ddof=1) + correct_b.var(ddof=1)) / len(per_row))
    error = error * bool(per_row.any())
    reach = NormalDist().inv_cdf((1 + level) / 2) * error
    difference = per_row.mean()
    return difference, difference - reach, difference + reach
