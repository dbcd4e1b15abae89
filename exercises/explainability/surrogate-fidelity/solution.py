from statistics import NormalDist

import numpy as np


def fidelity(score, surrogate, label, held_out, threshold):
    """Share of the held-out rows on which both models decide alike."""
    # BEGIN SOLUTION
    if not held_out.any():
        raise ValueError("held_out selects no row; fidelity is measured on held-out rows")
    black_box_says = score[held_out] >= threshold
    surrogate_says = surrogate[held_out] >= threshold
    return float(np.mean(black_box_says == surrogate_says))
    # END SOLUTION


def fidelity_interval(agreeing, n, level):
    """Wilson interval (low, high) of a share after `agreeing` of `n` rows."""
    # BEGIN SOLUTION
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, weight = agreeing / n, z * z / n
    centre = (share + weight / 2) / (1 + weight)
    half_width = z * np.sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    return centre - half_width, centre + half_width
    # END SOLUTION
