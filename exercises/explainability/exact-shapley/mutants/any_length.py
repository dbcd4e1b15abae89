# rejected_by: impossible_games_are_errors
# says: number of sets
# Cuts what does not fit.
from math import factorial

import numpy as np


def shapley_values(worth):
    features = len(worth).bit_length() - 1
    features = max(features, 0)
    worth = worth[: 2**features]
    values = np.zeros(features)
    for feature in range(features):
        for members in range(len(worth)):
            if (members >> feature) & 1:
                continue
            size = members.bit_count()
            weight = factorial(size) * factorial(features - size - 1) / factorial(features)
            values[feature] += weight * (worth[members | (1 << feature)] - worth[members])
    return values


def from_orders(worth, orders):
    added = np.zeros(orders.shape)
    for row, order in enumerate(orders):
        members = 0
        for feature in order:
            grown = members | (1 << int(feature))
            added[row, feature] = worth[grown] - worth[members]
            members = grown
    return added.mean(axis=0)


def completeness_error(worth, values):
    return float(worth[-1] - worth[0] - np.sum(values))
