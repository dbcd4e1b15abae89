# rejected_by: a_missing_pair_is_an_error
# says: has no weight for it
# Skips what is not there.
import numpy as np


def reweighing(y, groups):
    weights = np.zeros(len(y))
    for name in np.unique(groups):
        for label in np.unique(y):
            both = (groups == name) & (y == label)
            if both.any():
                weights[both] = np.sum(groups == name) * np.sum(y == label) / len(y) / both.sum()
    return weights


def label_gap(y, groups, weights):
    shares = [np.average(y[groups == g], weights=weights[groups == g]) for g in np.unique(groups)]
    return max(shares) - min(shares)
