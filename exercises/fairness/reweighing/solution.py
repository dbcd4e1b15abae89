import numpy as np


def reweighing(y, groups):
    """Weight of each row: P(group) P(label) / P(group, label)."""
    # BEGIN SOLUTION
    weights = np.zeros(len(y))
    for name in np.unique(groups):
        for label in np.unique(y):
            both = (groups == name) & (y == label)
            if not both.any():
                raise ValueError(f"group {name} has no row with label {label}")
            expected = np.sum(groups == name) * np.sum(y == label) / len(y)
            weights[both] = expected / both.sum()
    return weights
    # END SOLUTION


def label_gap(y, groups, weights):
    """Largest minus smallest weighted share of label 1 over the groups."""
    # BEGIN SOLUTION
    shares = [
        np.sum(weights[groups == name] * y[groups == name]) / np.sum(weights[groups == name])
        for name in np.unique(groups)
    ]
    return max(shares) - min(shares)
    # END SOLUTION
