"""During training: a fair classifier as a mixture of ordinary ones fitted to changed costs.

The reduction of Agarwal et al. (2018): a bound on a gap, written with multipliers, is a cost for
each row, so any learner with weights can answer. fairlearn plays the game anew for every bound.
Here all bounds share one pool of classifiers: a linear program finds the best mixture of the pool
and tells by its dual values for which costs a classifier is missing (column generation).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.evaluation._inputs import labels, same_length
from lablib.evaluation.groups import group_codes
from lablib.fairness.mitigating import _inputs

Floats = NDArray[np.float64]
Classifier = Callable[[Floats], NDArray[np.int64]]
Learner = Callable[[Floats, NDArray[np.int64], Floats], Classifier]
"""Fits features (N, F), labels (N,) and weights (N,); returns a function from rows to 0/1."""

CRITERIA = ("demographic-parity", "equalized-odds")


@dataclass(frozen=True)
class Mixture:
    """Classifiers and their shares, which sum to 1: each decision draws one of them by lot."""

    classifiers: tuple[Classifier, ...]
    shares: tuple[float, ...]
    bound: float

    def probability(self, x: Floats) -> Floats:
        """Chance (N,) of a positive decision."""
        parts = zip(self.classifiers, self.shares, strict=True)
        return np.asarray(sum(share * classify(x) for classify, share in parts))

    def decide(self, x: Floats, *, seed: int) -> NDArray[np.int64]:
        """Decisions (N,), lots drawn from `seed`."""
        lots = np.random.default_rng(seed).random(len(x))
        return (self.probability(x) > lots).astype(np.int64)


def fair_mixtures(
    x: Floats,
    y: ArrayLike,
    groups: ArrayLike,
    *,
    criterion: str,
    bounds: Sequence[float],
    learner: Learner,
    most_fits: int = 40,
) -> dict[float, Mixture]:
    """For each bound the most accurate mixture found whose gap on these rows is not above it.

    Parameters
    ----------
    x : array (N, F)
    y : array_like of 0/1, shape (N,)
    groups : array_like, shape (N,)
    criterion : {"demographic-parity", "equalized-odds"}
        The gap that is bounded: of selection rates, or of these within each true label.
    bounds : sequence of float
        Largest allowed gaps, each from 0 to 1.
    learner : callable
        See `Learner`; `logistic_learner()` for instance.
    most_fits : int
        Fits for all bounds together.

    Raises
    ------
    ValueError
        If the criterion is unknown, a label is not 0 or 1, a bound is not from 0 to 1, lengths
        differ, or a rate has no rows.
    """
    bounds, label = _inputs.largest_gaps("bounds", bounds), labels("y", y)
    same_length(x=x, y=label, groups=group_codes(groups)[1])
    game = _Game(x, label, _events(label, groups, criterion), learner, most_fits)
    game.add(_constant(0))
    game.add(_constant(1))
    game.fit(np.zeros(game.rates_of(label).shape))
    found = {}
    for bound in sorted(bounds, reverse=True):
        shares, duals, value = game.mix(bound)
        while game.fits < most_fits:
            if not game.fit(duals, below=value):
                break
            shares, duals, value = game.mix(bound)
        used = np.flatnonzero(shares > 1e-9)
        found[bound] = Mixture(
            tuple(game.pool[k] for k in used), tuple(shares[used] / shares[used].sum()), bound
        )
    return found


def logistic_learner(*, penalty: float = 1.0, iterations: int = 20) -> Learner:
    """Logistic regression that starts where the last fit ended.

    Parameters
    ----------
    penalty : float
        scikit-learn's C: smaller shrinks more.
    iterations : int
        Largest number of steps of a fit.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(
        C=penalty, solver="newton-cholesky", max_iter=iterations, warm_start=True
    )

    def learn(x: Floats, y: NDArray[np.int64], weights: Floats) -> Classifier:
        if y.min() == y.max():
            return _constant(int(y[0]))
        with warnings.catch_warnings():  # an unfinished fit is an answer too; the program judges it
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(x, y, sample_weight=weights)
        coefficients, intercept = model.coef_[0].copy(), float(model.intercept_[0])
        return lambda rows: (rows @ coefficients + intercept > 0).astype(np.int64)

    return learn


@dataclass
class _Game:
    """The pool of classifiers, and what is known of each on the rows."""

    x: Floats
    y: NDArray[np.int64]
    events: tuple[NDArray[np.bool_], ...]  # each (G, N): rows that a rate is taken over
    learner: Learner
    most_fits: int
    pool: list[Classifier] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    rates: list[Floats] = field(default_factory=list)  # each (E, G)
    fits: int = 0

    def add(self, classify: Classifier) -> None:
        decided = classify(self.x)
        self.pool.append(classify)
        self.errors.append(float((decided != self.y).mean()))
        self.rates.append(self.rates_of(decided))

    def rates_of(self, decided: NDArray[Any]) -> Floats:
        """Share decided positive by event and group, (E, G)."""
        return np.array([(event @ decided) / event.sum(axis=1) for event in self.events])

    def fit(self, duals: Floats, *, below: float | None = None) -> bool:
        """Add the classifier that answers the costs `duals` (E, G); whether it helps."""
        cost = (1.0 - 2 * self.y) / len(self.y)
        for event, dual in zip(self.events, duals, strict=True):
            cost = cost + (dual / event.sum(axis=1)) @ event
        weights = np.abs(cost) * len(cost) / np.abs(cost).sum()
        self.fits += 1
        self.add(self.learner(self.x, (cost < 0).astype(np.int64), weights))
        price = self.errors[-1] + float((duals * self.rates[-1]).sum())
        return below is None or price < below - 1e-6

    def mix(self, bound: float) -> tuple[Floats, Floats, float]:
        """Best shares (K,), dual values (E, G), and the price that a new classifier must beat.

        Variables: K shares, then a lowest rate for each event. Constraints: for each event and
        group lowest <= rate <= lowest + bound.
        """
        from scipy.optimize import linprog

        rates = np.stack(self.rates, axis=-1)  # (E, G, K)
        events, groups, count = rates.shape
        flat = rates.reshape(events * groups, count)
        lowest = np.repeat(np.eye(events), groups, axis=0)
        upper = np.hstack([flat, -lowest])
        solved = linprog(
            np.concatenate([self.errors, np.zeros(events)]),
            A_ub=np.vstack([upper, -upper]),
            b_ub=np.concatenate([np.full(len(flat), bound), np.zeros(len(flat))]),
            A_eq=np.concatenate([np.ones(count), np.zeros(events)])[None],
            b_eq=[1.0],
            method="highs",
        )
        above, under = np.split(-solved.ineqlin.marginals, 2)
        duals = (above - under).reshape(events, groups)
        return solved.x[:count], duals, float(solved.eqlin.marginals[0])


def _events(
    y: NDArray[np.int64], groups: ArrayLike, criterion: str
) -> tuple[NDArray[np.bool_], ...]:
    if criterion not in CRITERIA:
        raise ValueError(f"criterion {criterion!r} is not one of {', '.join(CRITERIA)}")
    names, code = group_codes(groups)
    member = np.array([code == place for place in range(len(names))])
    rows = (member,) if criterion == CRITERIA[0] else (member & (y == 0), member & (y == 1))
    if any((event.sum(axis=1) == 0).any() for event in rows):
        raise ValueError("a group has no rows of one of the labels, so its rate is undefined")
    return rows


def _constant(answer: int) -> Classifier:
    return lambda rows: np.full(len(rows), answer, dtype=np.int64)
