"""Before training: give rows weights, so that the training table shows no link that it should not.

Reweighing (Kamiran and Calders, 2012) makes group and label independent; balancing gives each
cell of group and label the same weight. Both change what a model is fitted to and nothing else.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.evaluation.groups import group_codes, group_counts

Ints = NDArray[np.int64]


def reweighing(y: ArrayLike, groups: ArrayLike, *, strength: float = 1.0) -> NDArray[np.float64]:
    """Weight (N,) of each row: P(group) P(label) / P(group, label).

    Under these weights the label's share is the same in every group, and both shares are what
    they were; the mean weight is 1 (Kamiran and Calders, 2012, section 4.2).

    Parameters
    ----------
    y : array_like of 0/1, shape (N,)
    groups : array_like, shape (N,)
    strength : float
        0 leaves all weights at 1, 1 is the published method; between and beyond, the distance
        from 1 is scaled, never below 0.

    Raises
    ------
    ValueError
        If a group has no row of a label: no weight can then make the two independent.

    >>> reweighing([1, 1, 0, 1, 0, 0], ["a", "a", "a", "b", "b", "b"]).tolist()
    [0.75, 0.75, 1.5, 1.5, 0.75, 0.75]
    """
    cells, code, label = _cells(y, groups)
    total = cells.sum()
    expected = cells.sum(axis=1, keepdims=True) * cells.sum(axis=0, keepdims=True) / total
    weight = 1 + strength * (expected / cells - 1)
    return np.asarray(np.maximum(weight, 0)[code, label])


def balancing(y: ArrayLike, groups: ArrayLike) -> NDArray[np.float64]:
    """Weight (N,) with which every cell of group and label counts the same; their mean is 1.

    It makes the groups equally large and both labels equally frequent. A model fitted to that
    expects half of the people to be positive, which costs accuracy wherever they are not.

    Parameters
    ----------
    y : array_like of 0/1, shape (N,)
    groups : array_like, shape (N,)

    Raises
    ------
    ValueError
        If a group has no row of a label.

    >>> balancing([1, 1, 0, 1, 0, 0], ["a", "a", "a", "b", "b", "b"]).tolist()
    [0.75, 0.75, 1.5, 1.5, 0.75, 0.75]
    """
    cells, code, label = _cells(y, groups)
    return np.asarray((cells.sum() / cells.size / cells)[code, label])


def _cells(y: ArrayLike, groups: ArrayLike) -> tuple[NDArray[np.float64], Ints, Ints]:
    """Rows by group and label (G, 2), and each row's group code and label."""
    label = np.asarray(y, dtype=np.int64)
    table = group_counts(label, label, groups=groups)
    cells = np.asarray(table.counts.sum(axis=2), dtype=np.float64)
    if (cells == 0).any():
        empty = table.names[int(np.argwhere(cells == 0)[0, 0])]
        raise ValueError(
            f"group {empty!r} has no row of one of the labels; no weight makes group and label "
            "independent there, so merge it with another group or leave it out"
        )
    return cells, group_codes(groups)[1], label
