# The upper end of right answers is one minus the lower end of wrong ones; warns on small tests.
import warnings

import numpy as np
from scipy.special import betaincinv


def grow(x, y):
    order = np.unique(x)
    share = np.array([np.mean(y[x == value]) for value in order])
    return order, (share > 0.5).astype(int)


def decide(tree, x):
    order, answers = tree
    left = np.clip(np.searchsorted(order, x), 0, len(order) - 1)
    before = np.clip(left - 1, 0, None)
    nearer = np.abs(order[left] - x) < np.abs(order[before] - x)
    return np.where(nearer, answers[left], answers[before])


def lower_end(k, n, tail):
    return 0.0 if k == 0 else betaincinv(k, n - k + 1, tail)


def evaluate(months_late, defaulted, held_out, level):
    n = np.count_nonzero(held_out)
    if n in (0, len(held_out)):
        raise ValueError("nothing to score or nothing to grow on")
    if n < 10:
        warnings.warn("a small test set", stacklevel=2)
    rest = np.logical_not(held_out)
    tree = grow(months_late[rest], defaulted[rest])
    wrong = np.count_nonzero(decide(tree, months_late[held_out]) != defaulted[held_out])
    tail = 0.5 - level / 2
    low, high = lower_end(n - wrong, n, tail), 1 - lower_end(wrong, n, tail)
    ones = defaulted[rest].mean() > 0.5
    constant = defaulted[held_out].mean() if ones else 1 - defaulted[held_out].mean()
    return 1 - wrong / n, low, high, constant
