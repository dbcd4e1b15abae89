# rejected_by: more_rows_narrow_it
# says: half as wide
# Takes the standard deviation of a row for the error of the mean.
from statistics import NormalDist

import numpy as np


def paired_interval(correct_a, correct_b, level):
    if len(correct_a) != len(correct_b):
        raise ValueError("the lengths differ")
    per_row = correct_a - correct_b
    error = per_row.std(ddof=1)
    reach = NormalDist().inv_cdf((1 + level) / 2) * error
    difference = per_row.mean()
    return difference, difference - reach, difference + reach
