# rejected_by: gaps_of_other_people
# says: the largest and the smallest of all groups
# Compares two groups only.
import numpy as np


def reweighing(y, groups):
    weights = np.zeros(len(y))
    for name in np.unique(groups):
        for label in np.unique(y):
            both = (groups == name) & (y == label)
            if not both.any():
                raise ValueError("no row")
            weights[both] = np.sum(groups == name) * np.sum(y == label) / len(y) / both.sum()
    return weights


def label_gap(y, groups, weights):
    shares = [np.average(y[groups == g], weights=weights[groups == g]) for g in np.unique(groups)]
    return abs(shares[0] - shares[1])
