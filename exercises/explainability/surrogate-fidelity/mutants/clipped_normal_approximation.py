# rejected_by: interval_of_the_example
# says: half of the remaining
# The normal approximation, cut at 0 and 1.
from statistics import NormalDist

import numpy as np


def fidelity(score, surrogate, label, held_out, threshold):
    if not held_out.any():
        raise ValueError("held_out selects no row")
    return float(np.mean((score >= threshold)[held_out] == (surrogate >= threshold)[held_out]))


def fidelity_interval(agreeing, n, level):
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = agreeing / n
    half = z * np.sqrt(share * (1 - share) / n)
    return max(0.0, share - half), min(1.0, share + half)
