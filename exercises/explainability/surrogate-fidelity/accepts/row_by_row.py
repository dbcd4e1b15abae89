# One row at a time, the interval in counts.
from statistics import NormalDist

import numpy as np


def fidelity(score, surrogate, label, held_out, threshold):
    rows = [i for i in range(len(score)) if held_out[i]]
    if len(rows) == 0:
        raise ValueError("no held-out row")
    same = 0
    for i in rows:
        if (score[i] >= threshold) == (surrogate[i] >= threshold):
            same += 1
    return same / len(rows)


def fidelity_interval(agreeing, n, level):
    z = NormalDist().inv_cdf(1 - (1 - level) / 2)
    middle = agreeing + z**2 / 2
    reach = z * np.sqrt(agreeing * (n - agreeing) / n + z**2 / 4)
    return [(middle - reach) / (n + z**2), (middle + reach) / (n + z**2)]
