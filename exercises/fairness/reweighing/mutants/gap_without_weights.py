# rejected_by: gap_of_the_example
# says: sums of weights
# Measures the rows as they are.
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
    shares = [np.mean(y[groups == g]) for g in np.unique(groups)]
    return max(shares) - min(shares)
