# rejected_by: lengths_must_match
# says: must not be spread
# Subtraction fails for most lengths, but spreads a single row over all.
from statistics import NormalDist

import numpy as np


def paired_interval(correct_a, correct_b, level):
    per_row = correct_a - correct_b
    error = per_row.std(ddof=1) / np.sqrt(len(per_row))
    reach = NormalDist().inv_cdf((1 + level) / 2) * error
    difference = per_row.mean()
    return difference, difference - reach, difference + reach
