# rejected_by: labels_play_no_part
# says: when only the labels change
# Compares the surrogate with the labels: that is its accuracy.
from statistics import NormalDist

import numpy as np


def fidelity(score, surrogate, label, held_out, threshold):
    if not held_out.any():
        raise ValueError("held_out selects no row")
    return float(np.mean(label[held_out] == (surrogate >= threshold)[held_out]))


def fidelity_interval(agreeing, n, level):
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = agreeing / n, z * z / n
    centre = (share + weight / 2) / (1 + weight)
    half = z * np.sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    return centre - half, centre + half
