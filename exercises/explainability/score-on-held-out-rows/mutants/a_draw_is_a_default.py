# rejected_by: the_constant_answer_is_chosen_before_the_test
# says: the constant answer is 0
# Answers 1 when both answers are equally frequent.
import numpy as np
from scipy.special import betaincinv


def grow(x, y):
    """A full tree on one feature: sorted cuts, and one answer for each piece between them."""
    values = np.unique(x)
    answers = np.array([int(y[x == value].mean() > 0.5) for value in values])
    turns = np.flatnonzero(np.diff(answers))
    return (values[turns] + values[turns + 1]) / 2, np.append(answers[turns], answers[-1])


def decide(tree, x):
    """The tree's answer, 0 or 1, for every row of `x`."""
    cuts, answers = tree
    return answers[np.searchsorted(cuts, x)]


def evaluate(months_late, defaulted, held_out, level):
    """Held-out accuracy of the tree, its exact interval, and the constant answer's accuracy."""
    if held_out.all() or not held_out.any():
        raise ValueError("held_out must leave rows on both sides: to grow the tree and to score it")
    tree = grow(months_late[~held_out], defaulted[~held_out])
    right = decide(tree, months_late[held_out]) == defaulted[held_out]
    n, k, tail = len(right), int(right.sum()), (1 - level) / 2
    low = betaincinv(k, n - k + 1, tail) if k > 0 else 0.0
    high = betaincinv(k + 1, n - k, 1 - tail) if k < n else 1.0
    frequent = int(np.mean(defaulted[~held_out]) >= 0.5)
    constant = np.mean(defaulted[held_out] == frequent)
    return k / n, float(low), float(high), float(constant)
