"""Recourse for some refused rows: what could be different so that the model answers otherwise.

Values are copied from similar held rows that the model accepts (`attribution.recourse`). Distances
count in shares of people: for a number, the share of reference rows that lie between the two
values, for a class 1 if it differs. So money, months and classes add up in one unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lablib.evaluation import Estimate, bootstrap, proportion
from lablib.explainability.attribution import recourse
from lablib.explainability.report.coding import Coding, Floats
from lablib.explainability.report.parts import ReportRows
from lablib.explainability.report.settings import ReportSettings
from lablib.explainability.report.subject import Subject, match

DONORS = 5  # accepted rows tried for each refused one
NEAR, FRESH = 2000, 200  # reference and held-out rows that say what is plausible
LEAST_GROUP = 10


@dataclass(frozen=True, eq=False)
class GroupChanges:
    """Recourse of one group: rows asked for, share that can get out, mean distance of these."""

    name: str
    asked: int
    valid: Estimate
    distance: Estimate | None


@dataclass(frozen=True, eq=False)
class Changes:
    """Recourse of `asked` of `refused` held-out rows, and of copies of random rows, the control.

    `before` has shape (N, F); `plausible` and `random_plausible` are shares of the valid changes;
    `difference` is that of the mean distances of the two largest groups, first minus second.
    """

    refused: int
    leaves: Any
    before: Floats
    found: recourse.Recourse
    random: recourse.Recourse
    plausible: float
    random_plausible: float
    actionable: tuple[str, ...]
    groups: tuple[GroupChanges, ...]
    difference: tuple[str, str, Estimate] | None


def rank_distance(coding: Coding, reference: Floats) -> recourse.Distance:
    """Distance of coded rows (..., F) in shares of the reference rows (R, F), summed over columns.

    A missing number is as far from any number as one class from another, and 0 from a missing one.

    Parameters
    ----------
    coding, reference
        Which columns are numbers, and the rows to count.
    """
    numbers = [place for place, c in enumerate(coding.columns) if c.classes is None]
    known = {p: np.sort(reference[:, p][~np.isnan(reference[:, p])]) for p in numbers}

    def rank(place: int, values: Floats) -> Floats:
        if place not in known or not len(known[place]):
            return values
        below = [np.searchsorted(known[place], values, side=side) for side in ("left", "right")]
        return np.where(np.isnan(values), np.nan, (below[0] + below[1]) / 2 / len(known[place]))

    def distance(one: Floats, other: Floats) -> Floats:
        one, other = np.broadcast_arrays(one, other)
        total = np.zeros(one.shape[:-1])
        for place in range(one.shape[-1]):
            first, second = rank(place, one[..., place]), rank(place, other[..., place])
            gone = np.isnan(first) | np.isnan(second)
            unequal = np.where(gone, np.isnan(first) != np.isnan(second), first != second).astype(
                float
            )
            between = np.abs(first - second) if place in known else unequal
            total += np.where(gone, unequal, between)
        return total

    return distance


def find(subject: Subject, parts: ReportRows, settings: ReportSettings) -> Changes | None:
    """Recourse for refused held-out rows; None if the model refuses or accepts nobody.

    Parameters
    ----------
    subject, parts, settings
        Of the report.
    """
    coding = subject.coding
    leaves = (
        subject.positive
        if settings.refused is None
        else match(settings.refused, [subject.negative, subject.positive])
    )
    actionable = _actionable(coding, settings)
    sign, threshold = 1.0, settings.threshold
    if leaves != subject.positive:  # refused below the threshold: turn the scale around
        sign, threshold = -1.0, float(np.nextafter(-settings.threshold, np.inf))

    def score(rows: Floats) -> Floats:
        return sign * subject.probability(rows)

    refused = np.flatnonzero(score(parts.held) >= threshold)
    pool = parts.reference[score(parts.reference) < threshold]
    if not len(refused) or not len(pool):
        return None
    rng = np.random.default_rng(settings.seed)
    chosen = _drawn(rng.permutation(refused), parts.groups, settings.recourse_rows)
    before, distance = parts.held[chosen], rank_distance(coding, parts.reference)
    places = [coding.names.index(name) for name in actionable]
    found = recourse.from_accepted(
        score, before, pool, threshold=threshold, actionable=places, donors=DONORS,
        distance=distance,
    )  # fmt: skip
    drawn = before.copy()
    drawn[:, places] = pool[rng.integers(len(pool), size=len(before))][:, places]
    control = recourse.measure(score, before, drawn, threshold=threshold, distance=distance)
    usual = parts.reference[rng.permutation(len(parts.reference))[:NEAR]]
    fresh = parts.held[rng.permutation(len(parts.held))[:FRESH]]
    near = [
        float(recourse.plausible(way.rows[way.valid], usual, fresh, distance=distance).mean())
        if way.valid.any() else 0.0
        for way in (found, control)
    ]  # fmt: skip
    groups = None if parts.groups is None else parts.groups[chosen]
    return Changes(
        len(refused), leaves, before, found, control, near[0], near[1], actionable,
        _by_group(found, groups, settings), _difference(found, groups, settings),
    )  # fmt: skip


def _actionable(coding: Coding, settings: ReportSettings) -> tuple[str, ...]:
    names = settings.actionable or tuple(n for n in coding.names if n != settings.group)
    if unknown := [name for name in names if name not in coding.names]:
        raise ValueError(
            f"actionable names {unknown[0]!r}; the model takes {', '.join(coding.names)}"
        )
    return names


def _drawn(order: NDArray[np.int64], groups: NDArray[Any] | None, most: int) -> NDArray[np.int64]:
    """At most `most` of the rows, the same number of each of the larger groups if possible."""
    if groups is None:
        return order[:most]
    names, counts = np.unique(groups[order], return_counts=True)
    larger = names[np.argsort(-counts, kind="stable")][:4]
    each = max(1, most // len(larger))
    return np.concatenate([order[groups[order] == name][:each] for name in larger])


def _by_group(
    found: recourse.Recourse, groups: NDArray[Any] | None, settings: ReportSettings
) -> tuple[GroupChanges, ...]:
    if groups is None:
        return ()
    rows = []
    for name in np.unique(groups):
        mine = groups == name
        far = found.distance[mine & found.valid]
        mean = (
            bootstrap(np.mean, far, seed=settings.seed, n_resamples=1000, vectorized=True)
            if len(far) >= LEAST_GROUP
            else None
        )
        rows.append(GroupChanges(str(name), int(mine.sum()), proportion(found.valid[mine]), mean))
    return tuple(rows)


def _difference(
    found: recourse.Recourse, groups: NDArray[Any] | None, settings: ReportSettings
) -> tuple[str, str, Estimate] | None:
    if groups is None:
        return None
    far, own = found.distance[found.valid], groups[found.valid]
    names, counts = np.unique(own, return_counts=True)
    if len(names) < 2 or np.sort(counts)[-2] < LEAST_GROUP:
        return None
    one, two = names[np.argsort(-counts, kind="stable")][:2]
    return str(one), str(two), bootstrap(
        lambda d, g: float(d[g == one].mean() - d[g == two].mean()), far, own,
        seed=settings.seed, n_resamples=1000,
    )  # fmt: skip
