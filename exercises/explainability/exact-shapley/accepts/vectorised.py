# All sets at once, with binomial coefficients for the weights.
from math import comb

import numpy as np


def shapley_values(worth):
    worth = np.asarray(worth, dtype=float)
    features = int(np.round(np.log2(max(1, worth.size))))
    if features < 1 or worth.size != 1 << features:
        raise ValueError("worth must have 2, 4, 8, ... entries")
    sets = np.arange(worth.size)
    size = ((sets[:, None] >> np.arange(features)) & 1).sum(1)
    weight = np.array([1 / (features * comb(features - 1, k)) for k in range(features)] + [0.0])
    return np.array(
        [
            (weight[size] * (worth[sets | 1 << i] - worth[sets]) * ((sets >> i & 1) == 0)).sum()
            for i in range(features)
        ]
    )


def from_orders(worth, orders):
    bits = 1 << orders
    after = np.cumsum(bits, axis=1)
    gains = worth[after] - worth[after - bits]
    added = np.empty(orders.shape)
    np.put_along_axis(added, orders, gains, axis=1)
    return np.average(added, axis=0)


def completeness_error(worth, values):
    return np.float64(np.subtract(worth[-1], worth[0]) - np.asarray(values).sum())
