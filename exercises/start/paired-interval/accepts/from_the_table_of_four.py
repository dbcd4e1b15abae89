# Counts of rows that only A or only B got right, as in McNemar's test.
from statistics import NormalDist

import numpy as np


def paired_interval(correct_a, correct_b, level):
    if correct_a.shape != correct_b.shape:
        raise ValueError("unequal")
    n = len(correct_a)
    only_a = ((correct_a == 1) & (correct_b == 0)).sum()
    only_b = ((correct_a == 0) & (correct_b == 1)).sum()
    difference = (only_a - only_b) / n
    variance = (only_a + only_b - n * difference**2) / (n - 1)
    reach = NormalDist().inv_cdf(0.5 + level / 2) * np.sqrt(variance / n)
    return np.array([difference, difference - reach, difference + reach])
