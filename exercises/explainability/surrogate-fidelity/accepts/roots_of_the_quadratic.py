# The interval's ends solve (p - share)^2 = z^2 p(1 - p) / n; returned as an array.
from statistics import NormalDist

import numpy as np


def fidelity(score, surrogate, label, held_out, threshold):
    if not held_out.any():
        raise ValueError("held_out selects no row")
    return 1 - np.mean((score >= threshold)[held_out] != (surrogate >= threshold)[held_out])


def fidelity_interval(agreeing, n, level):
    z2 = NormalDist().inv_cdf(0.5 + level / 2) ** 2
    share = agreeing / n
    b, c = 2 * share + z2 / n, share**2
    root = np.sqrt(max(b * b - 4 * (1 + z2 / n) * c, 0))
    return np.array([b - root, b + root]) / (2 * (1 + z2 / n))
