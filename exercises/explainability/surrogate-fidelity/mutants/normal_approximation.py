# rejected_by: full_agreement_is_not_certainty
# says: still has a width
# The normal approximation shrinks to a point at 0 and 1.
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
    return share - half, share + half
