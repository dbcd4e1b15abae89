# rejected_by: rows_are_paired
# says: not of two separate samples
# Resamples the rows of A and of B separately.
from statistics import NormalDist

import numpy as np


def paired_interval(correct_a, correct_b, level):
    if len(correct_a) != len(correct_b):
        raise ValueError("the lengths differ")
    rng, n = np.random.default_rng(0), len(correct_a)
    drawn_a = rng.choice(correct_a, (500, n)).mean(axis=1)
    drawn_b = rng.choice(correct_b, (500, n)).mean(axis=1)
    low, high = np.quantile(drawn_a - drawn_b, [(1 - level) / 2, (1 + level) / 2])
    return correct_a.mean() - correct_b.mean(), low, high
