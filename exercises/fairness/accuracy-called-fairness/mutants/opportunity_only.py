# rejected_by: odds_of_other_people
# says: the larger of two gaps
# Forgets the false positives.
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
    selected, hits, _ = np.ptp(rates(y_true, y_pred, groups), axis=0)
    return selected, hits
