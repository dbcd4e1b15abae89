# Right, but noisy: it prints, warns and changes its inputs.
import warnings
from statistics import NormalDist

import numpy as np


def fidelity(score, surrogate, label, held_out, threshold):
    print("rows", len(score))
    warnings.warn("comparing decisions", stacklevel=2)
    if held_out.sum() == 0:
        raise ValueError("held_out is empty")
    score -= threshold
    surrogate -= threshold
    return np.mean((score >= 0)[held_out] == (surrogate >= 0)[held_out])


def fidelity_interval(agreeing, n, level):
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = agreeing / n, z * z / n
    centre = (share + weight / 2) / (1 + weight)
    half = z * np.sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    return centre - half, centre + half
