"""After training: a threshold for each group, with lots where one threshold cannot hit the aim.

Every threshold of a group is a point of a curve; mixing two of them by lot reaches the straight
line between, so the upper hull of the curve can be had (Hardt, Price and Srebro, 2016). Arithmetic
is that of fairlearn's ThresholdOptimizer. The group must be known when a person is decided on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.evaluation._inputs import labels, same_length, vector
from lablib.evaluation.groups import group_codes
from lablib.fairness.mitigating import _inputs

Floats = NDArray[np.float64]
GRID = 1000


@dataclass(frozen=True)
class ThresholdRule:
    """How one group is decided on.

    Positive with probability `mix` if the score is above `high`, plus `1 - mix` if it is above
    `low`; with probability `ignore` the score is not read and `constant` is the chance instead.
    """

    high: float
    low: float
    mix: float
    ignore: float = 0.0
    constant: float = 0.0

    def probability(self, scores: Floats) -> Floats:
        """Chance of a positive decision (N,)."""
        read = self.mix * (scores > self.high) + (1 - self.mix) * (scores > self.low)
        return np.asarray(self.ignore * self.constant + (1 - self.ignore) * read)


@dataclass(frozen=True)
class GroupThresholds:
    """A rule for each group's name."""

    rules: Mapping[str, ThresholdRule]

    def probability(self, scores: ArrayLike, groups: ArrayLike) -> Floats:
        """Chance (N,) of a positive decision; strictly between 0 and 1 where lots decide.

        Raises
        ------
        ValueError
            If a score is NaN, a group is unknown, or lengths differ.
        """
        score, group = _inputs.scores(scores), np.asarray(groups).astype(str)
        same_length(scores=score, groups=group)
        if unknown := set(np.unique(group)) - set(self.rules):
            raise ValueError(f"groups holds {min(unknown)!r}, for which no threshold was fitted")
        chance = np.zeros(len(score))
        for name, rule in self.rules.items():
            mine = group == name
            chance[mine] = rule.probability(score[mine])
        return chance

    def decide(self, scores: ArrayLike, groups: ArrayLike, *, seed: int) -> NDArray[np.int64]:
        """Decisions (N,), lots drawn from `seed`.

        Parameters
        ----------
        scores, groups : array_like, shape (N,)
        seed : int
        """
        chance = self.probability(scores, groups)
        lots = np.random.default_rng(seed).random(len(chance))
        return (chance > lots).astype(np.int64)


@dataclass(frozen=True, eq=False)
class _Curve:
    """What thresholds of one group reach on the grid of x: y, and the two thresholds mixed."""

    y: Floats
    high: Floats
    low: Floats
    mix: Floats
    size: int


def demographic_parity_thresholds(
    y_true: ArrayLike, scores: ArrayLike, groups: ArrayLike, *, bound: float = 0.0
) -> GroupThresholds:
    """Most accurate thresholds whose selection rates differ by at most `bound` on these rows.

    Parameters
    ----------
    y_true, scores, groups : array_like, shape (N,)
        Rows that the scores' model was not fitted to; a larger score means more like class 1.
    bound : float
        Largest gap between groups on these rows, in steps of a thousandth; 0 asks for parity.

    Raises
    ------
    ValueError
        If a label is not 0 or 1, a score is not a finite number, a group has one label only, or
        the bound is not from 0 to 1.
    """
    _inputs.largest_gaps("bound", (bound,))
    return demographic_parity_sweep(y_true, scores, groups, bounds=(bound,))[bound]


def demographic_parity_sweep(
    y_true: ArrayLike, scores: ArrayLike, groups: ArrayLike, *, bounds: Sequence[float]
) -> dict[float, GroupThresholds]:
    """`demographic_parity_thresholds` for several bounds, each group's curve drawn once.

    Parameters
    ----------
    y_true, scores, groups : array_like, shape (N,)
    bounds : sequence of float
        Largest gaps, each from 0 to 1.
    """
    bounds = _inputs.largest_gaps("bounds", bounds)
    curves = _curves(y_true, scores, groups, by="selection")
    best = {name: int(np.argmax(curve.y)) for name, curve in curves.items()}
    found = {}
    for bound in bounds:
        window = int(np.floor(bound * GRID + 1e-9))
        lows = np.arange(GRID + 1 - window)
        places = {name: np.clip(best[name], lows, lows + window) for name in curves}
        right = sum(curves[name].size * curves[name].y[places[name]] for name in curves)
        chosen = int(np.argmax(right))
        found[bound] = GroupThresholds(
            {name: _rule(curve, int(places[name][chosen])) for name, curve in curves.items()}
        )
    return found


def equalized_odds_thresholds(
    y_true: ArrayLike, scores: ArrayLike, groups: ArrayLike
) -> GroupThresholds:
    """Most accurate rules with equal true- and false-positive rates on these rows.

    All groups are brought to one point below every group's curve; a group whose curve lies
    higher reaches it by ignoring the score now and then, so for it scores get worse on purpose.

    Parameters
    ----------
    y_true, scores, groups : array_like, shape (N,)
        As in `demographic_parity_thresholds`.
    """
    curves = _curves(y_true, scores, groups, by="error")
    lowest = np.min([curve.y for curve in curves.values()], axis=0)
    base, x = float(np.mean(np.asarray(y_true))), np.linspace(0, 1, GRID + 1)
    place = int(np.argmax(base * lowest + (1 - base) * (1 - x)))
    rules = {}
    for name, curve in curves.items():
        rule, above = _rule(curve, place), float(curve.y[place] - lowest[place])
        ignore = above / float(curve.y[place] - x[place]) if above > 0 else 0.0
        rules[name] = ThresholdRule(rule.high, rule.low, rule.mix, ignore, float(x[place]))
    return GroupThresholds(rules)


def _curves(
    y_true: ArrayLike, scores: ArrayLike, groups: ArrayLike, *, by: str
) -> dict[str, _Curve]:
    truth, score = labels("y_true", y_true), vector("scores", _inputs.scores(scores))
    names, code = group_codes(groups)
    same_length(y_true=truth, scores=score, groups=code)
    found = {}
    for place, name in enumerate(names):
        mine = code == place
        if truth[mine].min() == truth[mine].max():
            raise ValueError(f"group {name!r} has rows of one label only; no threshold is better")
        found[name] = _curve(truth[mine], score[mine], by=by)
    return found


def _curve(truth: NDArray[np.int64], scores: Floats, *, by: str) -> _Curve:
    """Accuracy over selection rate, or true- over false-positive rate, on the grid."""
    order = np.argsort(-scores, kind="stable")
    ranked, positive = scores[order], np.cumsum(truth[order])
    last = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)  # of each distinct score
    hits = np.concatenate([[0], positive[last]])
    false = np.concatenate([[0], last + 1 - positive[last]])
    below = np.append(ranked[last[:-1] + 1], -np.inf)
    cuts = np.concatenate([[np.inf], (ranked[last] + below) / 2])
    n, positives = len(truth), int(truth.sum())
    if by == "selection":
        x, y = (hits + false) / n, (hits + (n - positives) - false) / n
    else:
        x, y = false / (n - positives), hits / positives
    kept = upper_hull(x, y)
    x, y, cuts = x[kept], y[kept], cuts[kept]
    grid = np.linspace(0, 1, GRID + 1)
    left = np.clip(np.searchsorted(x, grid, side="left") - 1, 0, max(len(x) - 2, 0))
    width = x[left + 1] - x[left]
    share = np.divide(x[left + 1] - grid, width, out=np.zeros(len(grid)), where=width > 0)
    mixed = share * y[left] + (1 - share) * y[left + 1]
    return _Curve(mixed, cuts[left], cuts[left + 1], share, n)


def upper_hull(x: Floats, y: Floats) -> NDArray[np.int64]:
    """Places of the points on the upper hull, for points sorted by x and then y.

    >>> upper_hull(np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.2, 1.0])).tolist()
    [0, 2]
    """
    kept: list[int] = []
    for new in range(len(x)):
        while len(kept) > 1:
            one, two = kept[-2], kept[-1]
            turn = (x[two] - x[one]) * (y[new] - y[one]) - (y[two] - y[one]) * (x[new] - x[one])
            if turn < 0:
                break
            kept.pop()
        if len(kept) == 1 and x[kept[0]] == x[new]:  # a vertical start: its top is enough
            kept.pop()
        kept.append(new)
    return np.array(kept, dtype=np.int64)


def _rule(curve: _Curve, place: int) -> ThresholdRule:
    return ThresholdRule(*(float(part[place]) for part in (curve.high, curve.low, curve.mix)))
