# rejected_by: weights_of_the_example
# says: what is rare in a group weighs more
# Divides the other way round, and strengthens the link.
import numpy as np


def reweighing(y, groups):
    weights = np.zeros(len(y))
    for name in np.unique(groups):
        for label in np.unique(y):
            both = (groups == name) & (y == label)
            if not both.any():
                raise ValueError("no row")
            expected = np.sum(groups == name) * np.sum(y == label) / len(y)
            weights[both] = both.sum() / expected
    return weights


def label_gap(y, groups, weights):
    shares = [np.average(y[groups == g], weights=weights[groups == g]) for g in np.unique(groups)]
    return max(shares) - min(shares)
