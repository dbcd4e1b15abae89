import numpy as np


def shapley_values(worth):
    """Shapley values (F,) from the worth of all 2**F sets of features."""
    # BEGIN SOLUTION
    from math import factorial

    features = len(worth).bit_length() - 1
    if features < 1 or len(worth) != 2**features:
        raise ValueError(f"worth has {len(worth)} entries; there are 2, 4, 8, ... sets")
    values = np.zeros(features)
    for feature in range(features):
        for members in range(len(worth)):
            if (members >> feature) & 1:
                continue
            size = members.bit_count()
            weight = factorial(size) * factorial(features - size - 1) / factorial(features)
            values[feature] += weight * (worth[members | (1 << feature)] - worth[members])
    return values
    # END SOLUTION


def from_orders(worth, orders):
    """Mean of what each feature adds on arrival (F,), over the given orders (M, F)."""
    # BEGIN SOLUTION
    added = np.zeros(orders.shape)
    for row, order in enumerate(orders):
        members = 0
        for feature in order:
            grown = members | (1 << int(feature))
            added[row, feature] = worth[grown] - worth[members]
            members = grown
    return added.mean(axis=0)
    # END SOLUTION


def completeness_error(worth, values):
    # BEGIN SOLUTION
    return float(worth[-1] - worth[0] - np.sum(values))
    # END SOLUTION
