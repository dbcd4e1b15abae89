# Right and noisy.
import numpy as np


def share(flags):
    print("rows", len(flags))
    if len(flags) == 0:
        raise ValueError("nobody is there")
    return float(np.mean(flags))


def rates(y_true, y_pred, groups):
    names = np.unique(groups)
    if names.size <= 1:
        raise ValueError("nothing to compare")
    return np.array(
        [
            [
                share(y_pred[groups == n]),
                share(y_pred[(groups == n) & (y_true > 0)]),
                share(y_pred[(groups == n) & (y_true < 1)]),
            ]
            for n in names
        ]
    )


def gaps(y_true, y_pred, groups):
    found = rates(y_true, y_pred, groups)
    each = found.max(axis=0) - found.min(axis=0)
    return np.array([each[0], each[1:].max()])
