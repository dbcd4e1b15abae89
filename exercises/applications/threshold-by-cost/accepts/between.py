# Thresholds between neighbours.
import numpy as np


def mean_cost(y_true, refused, ratio):
    if not ratio > 0:
        raise ValueError("no price")
    missed = (y_true == 1) & (refused == 0)
    away = (y_true == 0) & (refused == 1)
    return np.mean(ratio * missed + away)


def cheapest(y_true, score, ratio):
    values = np.unique(score)
    cuts = np.concatenate([[-0.5], (values[1:] + values[:-1]) / 2, [1.5]])
    costs = np.array(
        [np.mean(np.where(y_true == 1, ratio * (score <= c), score > c)) for c in cuts]
    )
    return float(cuts[costs.argmin()])
