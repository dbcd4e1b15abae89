# rejected_by: threshold_of_the_example
# says: one refused payer of four
# Forgets the price.
import numpy as np


def mean_cost(y_true, refused, ratio):
    if not ratio > 0:
        raise ValueError("no price")
    missed = (y_true == 1) & (refused == 0)
    away = (y_true == 0) & (refused == 1)
    return np.mean(ratio * missed + away)


def cheapest(y_true, score, ratio):
    return 0.5
