# rejected_by: no_held_out_row_is_an_error
# says: a ValueError says it
# Returns 0 when no row is held out.
from statistics import NormalDist

import numpy as np


def fidelity(score, surrogate, label, held_out, threshold):
    if not held_out.any():
        return 0.0
    return float(np.mean((score >= threshold)[held_out] == (surrogate >= threshold)[held_out]))


def fidelity_interval(agreeing, n, level):
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = agreeing / n, z * z / n
    centre = (share + weight / 2) / (1 + weight)
    half = z * np.sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    return centre - half, centre + half
