# rejected_by: only_held_out_rows_count
# says: fitted on does not count
# Averages over all rows.
from statistics import NormalDist

import numpy as np


def fidelity(score, surrogate, label, held_out, threshold):
    if not held_out.any():
        raise ValueError("held_out selects no row")
    return float(np.mean((score >= threshold) == (surrogate >= threshold)))


def fidelity_interval(agreeing, n, level):
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = agreeing / n, z * z / n
    centre = (share + weight / 2) / (1 + weight)
    half = z * np.sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    return centre - half, centre + half
