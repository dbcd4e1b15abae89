# One pass over the sorted scores.
import numpy as np


def mean_cost(y_true, refused, ratio):
    if ratio <= 0:
        raise ValueError("ratio must be positive")
    total = 0.0
    for truth, no in zip(y_true, refused, strict=True):
        total += ratio if truth and not no else float(no and not truth)
    return total / len(y_true)


def cheapest(y_true, score, ratio):
    order = np.argsort(score)
    y, s = y_true[order], score[order]
    cost = np.sum(1 - y)
    best, cut = cost, -1.0
    for place in range(len(y)):
        cost = cost + (ratio if y[place] else -1)
        if (place + 1 == len(y) or s[place + 1] > s[place]) and cost < best:
            best, cut = cost, s[place]
    return cut
