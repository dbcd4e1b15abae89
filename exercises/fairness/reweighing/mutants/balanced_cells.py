# rejected_by: weights_of_other_people
# says: the share that independence would give
# Balancing: every pair weighs the same, which changes how frequent groups and labels are.
import numpy as np


def reweighing(y, groups):
    weights = np.zeros(len(y))
    names, labels = np.unique(groups), np.unique(y)
    for name in names:
        for label in labels:
            both = (groups == name) & (y == label)
            if not both.any():
                raise ValueError("no row")
            weights[both] = len(y) / (len(names) * len(labels)) / both.sum()
    return weights


def label_gap(y, groups, weights):
    shares = [np.average(y[groups == g], weights=weights[groups == g]) for g in np.unique(groups)]
    return max(shares) - min(shares)
