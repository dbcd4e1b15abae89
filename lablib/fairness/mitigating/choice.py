"""Choose on validation rows, then look at test rows, in this order and in one place.

A candidate is a way to decide that has been fitted already. Its test decisions are computed only
after it was chosen, so that no choice can have seen them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.evaluation.groups import (
    demographic_parity_difference,
    equal_opportunity_difference,
    equalized_odds_difference,
)
from lablib.fairness.tables import GroupedRows

MARGIN = 0.75
"""A gap of validation rows may use up so much of the target; the rest is for other people."""

Decide = Callable[[GroupedRows], NDArray[np.int64]]


@dataclass(frozen=True)
class Quality:
    """Share of right decisions, and three gaps between the groups, each from 0 to 1."""

    accuracy: float
    dpd: float
    eod: float
    eop: float


@dataclass(frozen=True)
class Candidate:
    """One setting of a method: `knob` says which, `decide` gives decisions (N,) for rows."""

    knob: float
    decide: Decide


def quality(rows: GroupedRows, decided: ArrayLike) -> Quality:
    """Accuracy and gaps of decisions (N,) on rows whose labels are known."""
    decisions = np.asarray(decided)
    gaps = [
        gap(rows.y, decisions, groups=rows.groups)
        for gap in (
            demographic_parity_difference,
            equalized_odds_difference,
            equal_opportunity_difference,
        )
    ]
    return Quality(float((decisions == rows.y).mean()), *gaps)


def choose(
    candidates: Sequence[Candidate],
    validation: GroupedRows,
    *,
    criterion: str,
    targets: Sequence[float],
) -> dict[float, Candidate]:
    """For each target the most accurate candidate whose gap on validation rows is small enough.

    Small enough is `MARGIN` of the target. If no candidate is, the one with the least gap.

    Parameters
    ----------
    candidates : sequence of Candidate
        At least one.
    validation : GroupedRows
        Not the rows that a result is reported on.
    criterion : {"dpd", "eod"}
        The gap that is held; fields of `Quality`.
    targets : sequence of float
        Largest gaps to aim at.
    """
    if not candidates:
        raise ValueError("candidates is empty; fit at least one setting of the method")
    seen = [(one, quality(validation, one.decide(validation))) for one in candidates]
    found = {}
    for target in targets:
        fit = [(q.accuracy, -place) for place, (_, q) in enumerate(seen)
               if getattr(q, criterion) <= MARGIN * target]  # fmt: skip
        if fit:
            found[target] = seen[-max(fit)[1]][0]
        else:
            found[target] = min(seen, key=lambda pair: getattr(pair[1], criterion))[0]
    return found


def front(points: ArrayLike) -> NDArray[np.int64]:
    """Places of the points (gap, accuracy) that no other beats in both, by rising gap.

    >>> front([(0.1, 0.8), (0.0, 0.7), (0.2, 0.75), (0.1, 0.7)]).tolist()
    [1, 0]
    """
    pairs = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    kept, best = [], -np.inf
    for place in np.lexsort((-pairs[:, 1], pairs[:, 0])):
        if pairs[place, 1] > best:
            kept.append(int(place))
            best = float(pairs[place, 1])
    return np.array(kept, dtype=np.int64)


def area_under_front(points: ArrayLike, *, most_gap: float, least_accuracy: float) -> float:
    """Area that the front dominates within gap <= `most_gap` and accuracy >= `least_accuracy`.

    Divided by `most_gap`, it is the mean over allowed gaps of the accuracy that can be had beyond
    `least_accuracy`: larger is better, 0 is no better than that.

    Parameters
    ----------
    points : array_like, shape (K, 2)
        Pairs (gap, accuracy).
    most_gap, least_accuracy : float
        The corner that everything is compared with, such as the plain model's gap and the
        accuracy of a constant answer.

    >>> round(area_under_front([(0.0, 0.8)], most_gap=0.5, least_accuracy=0.7), 3)
    0.1
    """
    pairs = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    total = 0.0
    steps = [pairs[place] for place in front(pairs) if pairs[place, 0] < most_gap]
    for step, (gap, accuracy) in enumerate(steps):
        end = steps[step + 1][0] if step + 1 < len(steps) else most_gap
        total += (end - gap) * max(accuracy - least_accuracy, 0.0)
    return float(total / most_gap)
