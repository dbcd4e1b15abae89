# rejected_by: lengths_must_match
# says: have no partner
# Silently drops the rows without a partner.
from statistics import NormalDist

import numpy as np


def paired_interval(correct_a, correct_b, level):
    n = min(len(correct_a), len(correct_b))
    correct_a, correct_b = correct_a[:n], correct_b[:n]
    per_row = correct_a - correct_b
    error = per_row.std(ddof=1) / np.sqrt(len(per_row))
    reach = NormalDist().inv_cdf((1 + level) / 2) * error
    difference = per_row.mean()
    return difference, difference - reach, difference + reach
