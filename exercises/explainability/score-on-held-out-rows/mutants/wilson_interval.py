# rejected_by: the_interval_is_exact
# says: quantiles of the beta
# A good interval, but another one than was asked for.
import numpy as np
from scipy.special import ndtri


def tree_says(x, y, asked):
    """Grow a full tree on the rows (x, y); its answers, 0 or 1, for the numbers `asked`."""
    values = np.unique(x)
    answers = np.array([int(np.mean(y[x == value]) > 0.5) for value in values])
    return answers[np.searchsorted((values[1:] + values[:-1]) / 2, asked)]


def evaluate(months_late, defaulted, held_out, level):
    """Held-out accuracy of the tree, its exact interval, and the constant answer's accuracy."""
    if held_out.all() or not held_out.any():
        raise ValueError("held_out must leave rows on both sides: to grow the tree and to score it")
    right = tree_says(months_late[~held_out], defaulted[~held_out], months_late[held_out]) == defaulted[held_out]
    n, k, tail = len(right), int(right.sum()), (1 - level) / 2
    z = ndtri(1 - tail)
    centre, shrink = k / n + z**2 / 2 / n, 1 + z**2 / n
    reach = z * np.sqrt(k / n * (1 - k / n) / n + z**2 / 4 / n**2)
    low, high = (centre - reach) / shrink, (centre + reach) / shrink
    frequent = int(np.mean(defaulted[~held_out]) > 0.5)
    constant = np.mean(defaulted[held_out] == frequent)
    return k / n, float(low), float(high), float(constant)
