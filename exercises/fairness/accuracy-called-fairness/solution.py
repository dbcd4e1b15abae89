import numpy as np


def rates(y_true, y_pred, groups):
    """Share decided 1 of all, of the truly 1 and of the truly 0, one row a group."""
    # BEGIN SOLUTION
    names = np.unique(groups)
    if len(names) < 2:
        raise ValueError("a comparison needs two groups")
    found = np.zeros((len(names), 3))
    for row, name in enumerate(names):
        mine = groups == name
        for column, rows in enumerate((mine, mine & (y_true == 1), mine & (y_true == 0))):
            if not rows.any():
                raise ValueError(f"group {name} has nobody under rate {column}")
            found[row, column] = y_pred[rows].mean()
    return found
    # END SOLUTION


def gaps(y_true, y_pred, groups):
    """Demographic-parity difference and equalised-odds difference."""
    # BEGIN SOLUTION
    selected, hits, false = np.ptp(rates(y_true, y_pred, groups), axis=0)
    return selected, max(hits, false)
    # END SOLUTION
