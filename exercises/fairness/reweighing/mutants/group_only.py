# rejected_by: weights_of_the_example
# says: what is rare in a group weighs more
# Makes groups equally large and leaves the labels alone.
import numpy as np


def reweighing(y, groups):
    weights = np.zeros(len(y))
    names = np.unique(groups)
    for name in names:
        mine = groups == name
        if len(np.unique(y[mine])) < len(np.unique(y)):
            raise ValueError("no row")
        weights[mine] = len(y) / len(names) / mine.sum()
    return weights


def label_gap(y, groups, weights):
    shares = [np.average(y[groups == g], weights=weights[groups == g]) for g in np.unique(groups)]
    return max(shares) - min(shares)
