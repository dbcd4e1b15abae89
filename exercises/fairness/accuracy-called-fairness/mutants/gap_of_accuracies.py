# rejected_by: the_groups_are_read
# says: the gaps of the example
# Compares accuracies of the groups, which is none of the two criteria.
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
            found[row, column] = y_pred[rows].mean()
    return found


def gaps(y_true, y_pred, groups):
    right = [np.mean((y_true == y_pred)[groups == g]) for g in np.unique(groups)]
    rates(y_true, y_pred, groups)
    return 0.5 if max(right) == min(right) else 0.0, np.ptp(right)
