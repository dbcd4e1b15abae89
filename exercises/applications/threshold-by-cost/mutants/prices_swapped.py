# rejected_by: cost_of_any_decisions
# says: defaults cost the ratio
# The ratio multiplies the wrong error.
import numpy as np


def mean_cost(y_true, refused, ratio):
    if not ratio > 0:
        raise ValueError("no price")
    missed = (y_true == 1) & (refused == 0)
    away = (y_true == 0) & (refused == 1)
    return np.mean(missed + ratio * away)


def cheapest(y_true, score, ratio):
    cuts = np.append(score, -1.0)
    return cuts[np.argmin([mean_cost(y_true, score > cut, ratio) for cut in cuts])]
