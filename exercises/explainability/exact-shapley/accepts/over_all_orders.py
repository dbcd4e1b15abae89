# The mean over all orders of arrival, slow and right; returns lists.
from itertools import permutations

import numpy as np


def shapley_values(worth):
    features = 0
    while 2**features < len(worth):
        features += 1
    if features == 0 or 2**features != len(worth):
        raise ValueError("not a game")
    return list(from_orders(worth, np.array(list(permutations(range(features))))))


def from_orders(worth, orders):
    total = [0.0] * orders.shape[1]
    for order in orders.tolist():
        for place, feature in enumerate(order):
            before = sum(1 << other for other in order[:place])
            total[feature] += worth[before + (1 << feature)] - worth[before]
    return [value / len(orders) for value in total]


def completeness_error(worth, values):
    return (worth[-1] - worth[0]) - sum(values)
