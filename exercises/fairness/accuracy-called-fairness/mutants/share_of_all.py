# rejected_by: rates_of_the_example
# says: each rate is a mean over its own rows
# Divides by all rows of the group.
import numpy as np


def rates(y_true, y_pred, groups):
    names = np.unique(groups)
    if len(names) < 2:
        raise ValueError("a comparison needs two groups")
    found = np.zeros((len(names), 3))
    for row, name in enumerate(names):
        mine = groups == name
        for column, rows in enumerate((mine, mine & (y_true == 1), mine & (y_true == 0))):
            if not rows.any():
                raise ValueError("nobody")
            found[row, column] = y_pred[rows].sum() / mine.sum()
    return found


def gaps(y_true, y_pred, groups):
    selected, hits, false = np.ptp(rates(y_true, y_pred, groups), axis=0)
    return selected, max(hits, false)
