# rejected_by: equal_scores
# says: equal scores are decided alike
# Counts prefixes of the sorted scores as if equal ones could be told apart.
import numpy as np


def mean_cost(y_true, refused, ratio):
    if not ratio > 0:
        raise ValueError("no price")
    missed = (y_true == 1) & (refused == 0)
    away = (y_true == 0) & (refused == 1)
    return np.mean(ratio * missed + away)


def cheapest(y_true, score, ratio):
    order = np.lexsort((y_true, score))
    y, s = y_true[order], score[order]
    costs = [ratio * y[:k].sum() + (1 - y[k:]).sum() for k in range(len(y) + 1)]
    best = int(np.argmin(costs))
    return -1.0 if best == 0 else s[best - 1]
