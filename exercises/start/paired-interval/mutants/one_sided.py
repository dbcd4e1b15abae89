# rejected_by: the_level_sets_the_width
# says: split between both sides
# Uses the quantile of a one-sided interval.
from statistics import NormalDist

import numpy as np


def paired_interval(correct_a, correct_b, level):
    if len(correct_a) != len(correct_b):
        raise ValueError("the lengths differ")
    per_row = correct_a - correct_b
    error = per_row.std(ddof=1) / np.sqrt(len(per_row))
    reach = NormalDist().inv_cdf(level) * error
    difference = per_row.mean()
    return difference, difference - reach, difference + reach
