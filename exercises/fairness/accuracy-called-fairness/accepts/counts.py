# From counts of the eight cells.
import numpy as np


def rates(y_true, y_pred, groups):
    names = sorted(set(groups.tolist()))
    if len(names) == 1:
        raise ValueError("one group")
    lines = []
    for name in names:
        cell = np.zeros((2, 2))
        for t, d, g in zip(y_true, y_pred, groups, strict=False):
            cell[t, d] += g == name
        if (cell.sum(1) == 0).any():
            raise ValueError("nobody")
        lines.append(
            [cell[:, 1].sum() / cell.sum(), cell[1, 1] / cell[1].sum(), cell[0, 1] / cell[0].sum()]
        )
    return lines


def gaps(y_true, y_pred, groups):
    one, two, three = (
        max(column) - min(column) for column in zip(*rates(y_true, y_pred, groups), strict=False)
    )
    return [one, two if two > three else three]
