# rejected_by: no_price_is_an_error
# says: a default that costs nothing
# Takes any ratio.
import numpy as np


def mean_cost(y_true, refused, ratio):
    missed = (y_true == 1) & (refused == 0)
    away = (y_true == 0) & (refused == 1)
    return np.mean(ratio * missed + away)


def cheapest(y_true, score, ratio):
    cuts = np.append(score, -1.0)
    return cuts[np.argmin([mean_cost(y_true, score > cut, ratio) for cut in cuts])]
