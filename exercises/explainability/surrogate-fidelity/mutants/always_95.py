# rejected_by: the_level_sets_the_width
# says: `level` is an input
# Uses 1.96 at every level.
from statistics import NormalDist

import numpy as np


def fidelity(score, surrogate, label, held_out, threshold):
    if not held_out.any():
        raise ValueError("held_out selects no row")
    return float(np.mean((score >= threshold)[held_out] == (surrogate >= threshold)[held_out]))


def fidelity_interval(agreeing, n, level):
    z = 1.959963984540054
    share, weight = agreeing / n, z * z / n
    centre = (share + weight / 2) / (1 + weight)
    half = z * np.sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    return centre - half, centre + half
