# Counts in a table, weights looked up in it.
import numpy as np


def reweighing(y, groups):
    labels, y_place = np.unique(y, return_inverse=True)
    names, g_place = np.unique(groups, return_inverse=True)
    table = np.zeros((len(names), len(labels)))
    np.add.at(table, (g_place, y_place), 1)
    if (table == 0).any():
        raise ValueError("a pair of group and label does not occur")
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    return (expected / table)[g_place, y_place]


def label_gap(y, groups, weights):
    found = [np.average(y[groups == g], weights=weights[groups == g]) for g in set(groups.tolist())]
    return np.ptp(found)
