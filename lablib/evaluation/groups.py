"""Gaps between groups of people: demographic parity, equalised odds, equal opportunity.

Each criterion is a function of a small table: how many rows of each group, true label and decision
there are. So a resample of rows is one draw of that table, and intervals cost next to nothing.
Names, signs and arithmetic are those of fairlearn (Weerts et al., 2023). Left out on purpose:
weights, and comparisons with the overall rate instead of between groups.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.evaluation._inputs import Floats, Ints, labels, same_length


@dataclass(frozen=True, eq=False)
class GroupCounts:
    """Rows by group, true label and decision.

    `names` of the G groups, sorted; `counts` (G, 2, 2), where ``counts[g, t, d]`` rows of group g
    have the true label t and the decision d.
    """

    names: tuple[str, ...]
    counts: Ints

    @property
    def sizes(self) -> Ints:
        """Rows of each group, (G,)."""
        return np.asarray(self.counts.sum(axis=(1, 2)), dtype=np.int64)


def group_counts(y_true: ArrayLike, y_pred: ArrayLike, *, groups: ArrayLike) -> GroupCounts:
    """Count rows by group, true label and decision.

    Parameters
    ----------
    y_true, y_pred : array_like of 0/1, shape (N,)
    groups : array_like, shape (N,)
        Which group each row belongs to; any values that print, none missing.

    Raises
    ------
    ValueError
        If lengths differ, a value is missing, or there are fewer than two groups.

    >>> group_counts([1, 0, 1, 0], [1, 0, 0, 0], groups=["a", "a", "b", "b"]).counts.tolist()
    [[[1, 0], [0, 1]], [[1, 0], [1, 0]]]
    """
    truth, decided = labels("y_true", y_true), labels("y_pred", y_pred)
    names, code = group_codes(groups)
    same_length(y_true=truth, y_pred=decided, groups=code)
    cells = np.bincount(4 * code + 2 * truth + decided, minlength=4 * len(names))
    return GroupCounts(names, cells.reshape(len(names), 2, 2))


def group_codes(groups: ArrayLike) -> tuple[tuple[str, ...], Ints]:
    """Sorted names of the groups, and for each row the place of its name, (N,)."""
    import pandas as pd

    values = np.asarray(groups)
    if values.ndim != 1 or pd.isna(values).any():
        raise ValueError(
            f"groups has shape {values.shape} and {int(pd.isna(values).sum())} missing values; "
            "give one group for each row, and a name such as 'unknown' to those without one"
        )
    names, code = np.unique(values.astype(str), return_inverse=True)
    if len(names) < 2:
        raise ValueError(
            f"groups holds only {', '.join(names) or 'nothing'}; a comparison needs two groups"
        )
    return tuple(str(name) for name in names), code.astype(np.int64)


def selection_rates(counts: NDArray[Any]) -> Floats:
    """Share decided positive in each group, (..., G), from counts (..., G, 2, 2)."""
    return _share(counts[..., 1].sum(axis=-1), counts.sum(axis=(-2, -1)))


def true_positive_rates(counts: NDArray[Any]) -> Floats:
    """Share of true positives decided positive; NaN where a group has no true positive."""
    return _share(counts[..., 1, 1], counts[..., 1, :].sum(axis=-1))


def false_positive_rates(counts: NDArray[Any]) -> Floats:
    """Share of true negatives decided positive; NaN where a group has no true negative."""
    return _share(counts[..., 0, 1], counts[..., 0, :].sum(axis=-1))


def demographic_parity_difference(
    y_true: ArrayLike, y_pred: ArrayLike, *, groups: ArrayLike
) -> float:
    """Largest minus smallest share decided positive: max_a P(D=1 | A=a) - min_a P(D=1 | A=a).

    0 means that all groups are selected equally often, 1 that one group always is and another
    never. The true labels do not enter; they are taken so that all criteria are called alike.

    Parameters
    ----------
    y_true, y_pred, groups : array_like, shape (N,)
        As in `group_counts`.

    >>> demographic_parity_difference([1, 0, 1, 0], [1, 0, 0, 0], groups=["a", "a", "b", "b"])
    0.5
    """
    return group_gap("demographic_parity_difference", y_true, y_pred, groups=groups)


def demographic_parity_ratio(y_true: ArrayLike, y_pred: ArrayLike, *, groups: ArrayLike) -> float:
    """Smallest divided by largest share decided positive: 1 is parity, 0 the extreme.

    Parameters
    ----------
    y_true, y_pred, groups : array_like, shape (N,)
        As in `group_counts`.
    """
    return group_gap("demographic_parity_ratio", y_true, y_pred, groups=groups)


def equal_opportunity_difference(
    y_true: ArrayLike, y_pred: ArrayLike, *, groups: ArrayLike
) -> float:
    """Largest minus smallest true-positive rate (Hardt et al., 2016); 0 means equal rates.

    Parameters
    ----------
    y_true, y_pred, groups : array_like, shape (N,)
        As in `group_counts`.
    """
    return group_gap("equal_opportunity_difference", y_true, y_pred, groups=groups)


def equalized_odds_difference(y_true: ArrayLike, y_pred: ArrayLike, *, groups: ArrayLike) -> float:
    """The larger of the true- and the false-positive rates' gaps between groups.

    0 means that, given the true label, the decision says nothing about the group (Hardt et al.,
    2016); 1 that one of the rates is 0 in a group and 1 in another.

    Parameters
    ----------
    y_true, y_pred, groups : array_like, shape (N,)
        As in `group_counts`.

    >>> equalized_odds_difference([1, 0, 1, 0], [1, 0, 0, 0], groups=["a", "a", "b", "b"])
    1.0
    """
    return group_gap("equalized_odds_difference", y_true, y_pred, groups=groups)


def equalized_odds_ratio(y_true: ArrayLike, y_pred: ArrayLike, *, groups: ArrayLike) -> float:
    """The smaller of the true- and the false-positive rates' ratios, smallest to largest group.

    Parameters
    ----------
    y_true, y_pred, groups : array_like, shape (N,)
        As in `group_counts`.
    """
    return group_gap("equalized_odds_ratio", y_true, y_pred, groups=groups)


def group_gap(name: str, y_true: ArrayLike, y_pred: ArrayLike, *, groups: ArrayLike) -> float:
    """The criterion `name` of `GAPS`.

    Parameters
    ----------
    name : str
        A key of `GAPS`.
    y_true, y_pred, groups : array_like, shape (N,)
        As in `group_counts`.

    Raises
    ------
    ValueError
        If a rate has no rows under it. fairlearn counts such a rate as 0, which turns "nobody
        was there" into the largest gap that there can be, or hides one.
    """
    table = group_counts(y_true, y_pred, groups=groups)
    value = float(criterion(name)(table.counts))
    if not np.isfinite(value):
        raise ValueError(
            f"{name} is not defined here: of the groups {', '.join(table.names)} one has no rows "
            "with the true label that a rate needs (merge it or leave it out), or a rate is 0 in "
            "every group and has no ratio (use the difference)"
        )
    return value


def _share(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """Part / whole, NaN where there is no whole."""
    out = np.full(np.shape(whole), np.nan)
    return np.asarray(np.divide(part, whole, out=out, where=np.asarray(whole) > 0))


def _difference(*rates: Callable[[NDArray[Any]], Floats]) -> Callable[[NDArray[Any]], Floats]:
    def gap(counts: NDArray[Any]) -> Floats:
        return np.asarray(np.max([np.ptp(rate(counts), axis=-1) for rate in rates], axis=0))

    return gap


def _ratio(*rates: Callable[[NDArray[Any]], Floats]) -> Callable[[NDArray[Any]], Floats]:
    def gap(counts: NDArray[Any]) -> Floats:
        found = [rate(counts) for rate in rates]
        return np.asarray(np.min([_share(r.min(-1), r.max(-1)) for r in found], axis=0))

    return gap


def criterion(name: str) -> Callable[[NDArray[Any]], Floats]:
    """`GAPS[name]`; ValueError lists the known names."""
    if name not in GAPS:
        raise ValueError(f"criterion {name!r} is unknown; use one of {', '.join(GAPS)}")
    return GAPS[name]


GAPS: dict[str, Callable[[NDArray[Any]], Floats]] = {
    "demographic_parity_difference": _difference(selection_rates),
    "demographic_parity_ratio": _ratio(selection_rates),
    "equal_opportunity_difference": _difference(true_positive_rates),
    "equalized_odds_difference": _difference(true_positive_rates, false_positive_rates),
    "equalized_odds_ratio": _ratio(true_positive_rates, false_positive_rates),
}
"""Criterion to its value (...) from counts (..., G, 2, 2); a difference of 0 or a ratio of 1 is
parity, NaN means undefined."""
