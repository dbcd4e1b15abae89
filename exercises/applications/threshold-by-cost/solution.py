import numpy as np


def mean_cost(y_true, refused, ratio):
    """Mean of 1 for each refused payer and `ratio` for each accepted default."""
    # BEGIN SOLUTION
    if not ratio > 0:
        raise ValueError("a default must cost something")
    missed = (y_true == 1) & (refused == 0)
    turned_away = (y_true == 0) & (refused == 1)
    return np.mean(ratio * missed + turned_away)
    # END SOLUTION


def cheapest(y_true, score, ratio):
    """Threshold with the least mean cost; refused is whose score is above it."""
    # BEGIN SOLUTION
    thresholds = np.append(score, -1.0)
    costs = [mean_cost(y_true, score > threshold, ratio) for threshold in thresholds]
    return thresholds[np.argmin(costs)]
    # END SOLUTION
