# rejected_by: rates_of_the_example
# says: each rate is a mean over its own rows
# Conditions on the decision instead of the truth.
import numpy as np


def rates(y_true, y_pred, groups):
    names = np.unique(groups)
    if len(names) < 2:
        raise ValueError('a comparison needs two groups')
    found = np.zeros((len(names), 3))
    for row, name in enumerate(names):
        mine = groups == name
        if len(np.unique(y_true[mine])) < 2:
            raise ValueError('nobody')
        yes, no = mine & (y_pred == 1), mine & (y_pred == 0)
        found[row] = y_pred[mine].mean(), y_true[yes].mean() if yes.any() else 0, y_true[no].mean() if no.any() else 0
    return found


def gaps(y_true, y_pred, groups):
    selected, hits, false = np.ptp(rates(y_true, y_pred, groups), axis=0)
    return selected, max(hits, false)
