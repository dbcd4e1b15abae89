# rejected_by: worked_example
# says: ends of the example
# Leaves all that the level leaves out on each side.
import numpy as np
from scipy.special import betaincinv


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
    n, k, tail = len(right), int(right.sum()), 1 - level
    low = betaincinv(k, n - k + 1, tail) if k > 0 else 0.0
    high = betaincinv(k + 1, n - k, 1 - tail) if k < n else 1.0
    frequent = int(np.mean(defaulted[~held_out]) > 0.5)
    constant = np.mean(defaulted[held_out] == frequent)
    return k / n, float(low), float(high), float(constant)
