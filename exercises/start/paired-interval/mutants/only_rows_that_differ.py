# rejected_by: rows_are_paired
# says: differences row by row
# Averages over the rows on which the models differ.
from statistics import NormalDist

import numpy as np


def paired_interval(correct_a, correct_b, level):
    if len(correct_a) != len(correct_b):
        raise ValueError("the lengths differ")
    per_row = correct_a - correct_b
    per_row = per_row[per_row != 0] if per_row.any() else per_row
    error = per_row.std(ddof=1) / np.sqrt(len(per_row))
    reach = NormalDist().inv_cdf((1 + level) / 2) * error
    difference = per_row.mean()
    return difference, difference - reach, difference + reach
