"""What a report says, as numbers: rates of each group, gaps with intervals, what luck gives.

Groups with fewer than `SMALL` rows are shown and left out of gaps, since one person would move
them; of groups with fewer than `FEW` rows only that is said, so that nobody is singled out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.evaluation import Estimate, proportion
from lablib.evaluation._inputs import Ints, labels, probabilities, same_length
from lablib.evaluation.group_intervals import (
    GroupCalibration,
    calibration_by_group,
    group_gap_interval,
    random_group_gaps,
)

SMALL, FEW = 30, 5
DIFFERENCES = {
    "demographic_parity_difference": "Demographic parity: share decided positive",
    "equal_opportunity_difference": "Equal opportunity: true-positive rate",
    "equalized_odds_difference": "Equalised odds: true- and false-positive rate",
}
RATIOS = {"demographic_parity_ratio": "Demographic parity as a ratio (1 is parity)"}


@dataclass(frozen=True)
class GroupCell:
    """One group: `n` rows, shares with exact intervals; None where there are too few rows.

    `selected` of all, `true_positive` of those truly positive, `false_positive` of the others,
    `right` of all. `calibration` if scores were given.
    """

    name: str
    n: int
    selected: Estimate | None
    true_positive: Estimate | None
    false_positive: Estimate | None
    right: Estimate | None
    calibration: GroupCalibration | None = None

    @property
    def small(self) -> bool:
        """Whether the group is left out of gaps."""
        return self.n < SMALL


@dataclass(frozen=True)
class Gap:
    """One criterion: its `estimate`, and the gap that 95 of 100 random groupings stay below.

    `problem` says why there is no estimate. For a ratio, `luck` is what 95 of 100 lie above.
    """

    name: str
    title: str
    estimate: Estimate | None = None
    luck: float | None = None
    problem: str = ""

    @property
    def beyond_luck(self) -> bool:
        """Whether the gap is larger than luck makes it, for groups of these sizes."""
        if self.estimate is None or self.luck is None:
            return False
        value = self.estimate.value
        return value < self.luck if self.name in RATIOS else value > self.luck


@dataclass(frozen=True)
class Comparison:
    """Groups by one column, or by several at once: cells, gaps, and what was left out."""

    name: str
    cells: tuple[GroupCell, ...]
    gaps: tuple[Gap, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """Everything the report shows; `warnings` are sentences to read first."""

    n: int
    accuracy: Estimate
    majority: float
    comparisons: tuple[Comparison, ...]
    warnings: tuple[str, ...] = field(default=())


def audit(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    groups: Mapping[str, ArrayLike],
    *,
    score: ArrayLike | None = None,
    seed: int = 0,
) -> Audit:
    """Compare groups of people by the decisions about them.

    Parameters
    ----------
    y_true, y_pred : array_like of 0/1, shape (N,)
        What turned out, and what was decided.
    groups : mapping of str to array_like, shape (N,)
        Name of each column to the group of each row; with two or more, their combinations are
        compared too. Missing values become the group "unknown".
    score : array_like, shape (N,), optional
        Probability of class 1, for calibration within groups.
    seed : int
        Of resamples and random groups.

    Raises
    ------
    ValueError
        If lengths differ, a label is not 0 or 1, or `groups` names no column.
    """
    if not isinstance(groups, Mapping):
        raise ValueError(
            f"groups is a {type(groups).__name__}; name each column of groups, as in "
            '{"sex": groups}'
        )
    truth, decided = labels("y_true", y_true), labels("y_pred", y_pred)
    same_length(y_true=truth, y_pred=decided)
    chance = None if score is None else probabilities("score", score)
    if not groups:
        raise ValueError("groups is empty; name at least one column of groups to compare")
    columns = {name: _named(name, values, len(truth)) for name, values in groups.items()}
    if len(columns) > 1:
        joined = " × ".join(columns)
        columns[joined] = np.array(
            [" × ".join(parts) for parts in zip(*columns.values(), strict=True)]
        )
    comparisons = tuple(
        _compare(name, truth, decided, column, chance, seed) for name, column in columns.items()
    )
    share = float(truth.mean())
    return Audit(
        len(truth), proportion(truth == decided), max(share, 1 - share), comparisons,
        tuple(_warnings(truth, decided, comparisons)),
    )  # fmt: skip


def _named(name: str, values: ArrayLike, n: int) -> NDArray[np.str_]:
    import pandas as pd

    column = np.asarray(values, dtype=object)
    if column.shape != (n,):
        raise ValueError(
            f"groups[{name!r}] has shape {column.shape}; give one group for each of the {n} rows"
        )
    return np.array(["unknown" if pd.isna(value) else str(value) for value in column])


def _compare(
    name: str,
    truth: Ints,
    decided: Ints,
    groups: NDArray[np.str_],
    score: NDArray[np.float64] | None,
    seed: int,
) -> Comparison:
    names, sizes = np.unique(groups, return_counts=True)
    calibrated = {}
    if score is not None and len(names) > 1:
        calibrated = calibration_by_group(truth, score, groups=groups)
    cells = tuple(
        _cell(str(one), truth[groups == one], decided[groups == one], calibrated.get(str(one)))
        for one in names
    )
    small = tuple(str(one) for one, size in zip(names, sizes, strict=True) if size < SMALL)
    kept = ~np.isin(groups, small)
    gaps = tuple(
        _gap(key, title, truth[kept], decided[kept], groups[kept], seed)
        for key, title in {**DIFFERENCES, **RATIOS}.items()
    )
    return Comparison(name, cells, gaps, small)


def _cell(name: str, truth: Ints, decided: Ints, calibration: GroupCalibration | None) -> GroupCell:
    def share(flags: NDArray[np.bool_]) -> Estimate | None:
        return proportion(flags) if len(flags) >= FEW and len(truth) >= FEW else None

    return GroupCell(
        name, len(truth), share(decided == 1), share(decided[truth == 1] == 1),
        share(decided[truth == 0] == 1), share(decided == truth),
        calibration if len(truth) >= SMALL else None,
    )  # fmt: skip


def _gap(
    name: str, title: str, truth: Ints, decided: Ints, groups: NDArray[np.str_], seed: int
) -> Gap:
    if len(np.unique(groups)) < 2:
        return Gap(name, title, problem=f"fewer than two groups have {SMALL} rows or more")
    try:
        estimate = group_gap_interval(name, truth, decided, groups=groups, seed=seed)
    except ValueError as reason:
        return Gap(name, title, problem=str(reason))
    drawn = random_group_gaps(name, truth, decided, groups=groups, seed=seed, draws=500)
    if np.isnan(drawn).any():
        return Gap(name, title, estimate)
    luck = float(np.quantile(drawn, 0.05 if name in RATIOS else 0.95))
    return Gap(name, title, estimate, luck)


def _warnings(truth: Ints, decided: Ints, comparisons: tuple[Comparison, ...]) -> list[str]:
    found = []
    for what, values in (("true label", truth), ("decision", decided)):
        if values.min() == values.max():
            found.append(f"Every {what} is {values[0]}: nothing can be compared by it.")
    for one in comparisons:
        if one.left_out:
            found.append(
                f"{one.name}: {', '.join(one.left_out)} left out of gaps, with fewer than {SMALL} "
                "rows each. That is a limit of this file, not a sign that they are treated well."
            )
        within = [
            gap.title
            for gap in one.gaps
            if gap.name in DIFFERENCES and gap.luck is not None and not gap.beyond_luck
        ]
        if within:
            found.append(
                f"{one.name}: no larger than luck makes it with groups of these sizes: "
                + "; ".join(within)
                + ". Too few rows to see a gap is not the absence of one."
            )
    return found
