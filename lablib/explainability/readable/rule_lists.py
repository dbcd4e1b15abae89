"""A greedy if-then-else rule list, written out to be read.

Each step takes the one rule (a condition, or two joined by "and") that best separates the rows it
catches from the rows still left, then hands only the rest to the next step. `falling=True` also
forces the risk to fall from rule to rule, as in falling rule lists (Wang and Rudin, 2015). Those
search over whole lists; this one never looks back, so it bounds from below what rule lists can do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lablib.explainability.readable.rules import Condition, Labels, Rule, simplify


@dataclass(frozen=True)
class RuleList:
    """Rules in order; the first that holds decides. `rest[k]` is the share after k rules."""

    rules: tuple[Rule, ...]
    rest: tuple[float, ...]

    @property
    def size(self) -> int:
        """Lines to read: the rules and the final "otherwise"."""
        return len(self.rules) + 1

    def predict(self, features: pd.DataFrame) -> NDArray[np.float64]:
        """Probability of class 1, shape (N,)."""
        scores = np.full(len(features), self.rest[-1])
        undecided = np.ones(len(features), dtype=bool)
        for rule in self.rules:
            caught = undecided & rule.holds(features)
            scores[caught] = rule.probability
            undecided &= ~caught
        return scores

    def shortened(self, length: int) -> RuleList:
        """The first `length` rules with the "otherwise" that belongs to them."""
        if not 0 <= length <= len(self.rules):
            raise ValueError(f"length is {length}; the list has {len(self.rules)} rules")
        return RuleList(self.rules[:length], self.rest[: length + 1])

    def text(self, labels: Labels | None = None) -> str:
        """The list as an if / else if / otherwise text, one line a rule."""
        words = ["if", *["else if"] * (len(self.rules) - 1)]
        lines = [f"{w} {r.text(labels)}" for w, r in zip(words, self.rules, strict=False)]
        return "\n".join([*lines, f"otherwise: {self.rest[-1]:.0%} default"])


def gain(caught: ArrayLike, positives: ArrayLike, n: int, total: float) -> NDArray[np.float64]:
    """Fall of the squared error when `caught` of `n` rows get their own mean.

    Parameters
    ----------
    caught, positives : array-like
        Rows a rule catches, and how many of them are of class 1.
    n, total : number
        All rows still undecided, and how many of them are of class 1.

    Returns
    -------
    array
        `c * r / n * (p_caught - p_rest)**2` with r = n - c; 0 means that the rule tells nothing.
        It is n/2 times the fall of Gini impurity.

    >>> float(gain(2, 2, 4, 2))
    1.0
    """
    c, k = np.asarray(caught, dtype=np.float64), np.asarray(positives, dtype=np.float64)
    r = n - c
    both = np.minimum(c, r) > 0
    difference = k / np.maximum(c, 1) - (total - k) / np.maximum(r, 1)
    return np.where(both, c * r / n * difference**2, 0.0)


def candidates(features: pd.DataFrame, *, cuts: int = 8) -> tuple[Condition, ...]:
    """Both directions of up to `cuts` thresholds a column, at its quantiles."""
    found = []
    for name in features.columns:
        inner = np.arange(1, cuts + 1) / (cuts + 1)
        values = np.unique(np.quantile(features[name], inner, method="lower"))
        for value in values[values < features[name].max()]:
            found += [Condition(name, True, float(value)), Condition(name, False, float(value))]
    return tuple(found)


def best_rule(
    holds: NDArray[np.float32],
    target: NDArray[np.float32],
    *,
    min_rows: int,
    ceiling: float | None = None,
) -> tuple[int, int] | None:
    """The pair (i, j) of conditions with the largest gain on these rows; i = j is a single one.

    Parameters
    ----------
    holds : array, shape (N, C)
        1 where condition c holds for row n.
    target : array, shape (N,)
    min_rows : int
        A rule must catch at least so many rows, and at most half of them: a rule names the
        exception, not the bulk.
    ceiling : float, optional
        If given, the rows it catches must have a higher share than the rest, and none above this.

    Returns
    -------
    (i, j) or None when no rule is allowed or none separates.
    """
    n, total = len(target), float(target.sum())
    caught = holds.T @ holds  # (C, C) rows that meet both
    positives = holds.T @ (holds * target[:, None])  # (C, C) of these, class 1
    gains = np.triu(gain(caught, positives, n, total))
    gains[(caught < min_rows) | (caught > n / 2)] = 0.0
    if ceiling is not None:
        share = positives / np.maximum(caught, 1)
        rest = (total - positives) / np.maximum(n - caught, 1)
        gains[(share <= rest) | (share > ceiling + 1e-6)] = 0.0
    if gains.max() <= 1e-9:
        return None
    single = int(np.diag(gains).argmax())
    if gains[single, single] >= gains.max() - 1e-9:
        return single, single  # prefer the shorter rule
    i, j = np.unravel_index(int(gains.argmax()), gains.shape)
    return int(i), int(j)


def fit_rule_list(
    features: pd.DataFrame,
    target: ArrayLike,
    *,
    length: int = 8,
    min_rows: int = 100,
    cuts: int = 8,
    falling: bool = False,
) -> RuleList:
    """Build a rule list greedily; it stops early when no rule separates.

    Parameters
    ----------
    features : DataFrame, shape (N, F)
    target : array-like, shape (N,)
        0/1 labels.
    length : int
        Most rules, without the final "otherwise".
    min_rows : int
        Fewest rows a rule may catch.
    cuts : int
        Thresholds tried for each feature; memory grows with the square of `F * cuts`.
    falling : bool
        No rule may have a higher share than the one before it, or a lower one than the rows left
        over: whoever is caught first is at the highest risk.
    """
    if length < 1:
        raise ValueError(f"length is {length}; a rule list needs at least one rule")
    y = np.asarray(target, dtype=np.float32)
    conditions = candidates(features, cuts=cuts)
    holds = np.stack([c.holds(features) for c in conditions], axis=1).astype(np.float32)
    left = np.ones(len(y), dtype=bool)
    found: list[Rule] = []
    rest = [float(y.mean())]
    while len(found) < length:
        ceiling = None if not falling else found[-1].probability if found else 1.0
        pair = best_rule(holds[left], y[left], min_rows=min_rows, ceiling=ceiling)
        if pair is None:
            break
        caught = left & (holds[:, pair[0]] * holds[:, pair[1]] > 0)
        parts = simplify(tuple(conditions[c] for c in sorted(set(pair))))
        n = int(caught.sum())
        found.append(Rule(parts, float(y[caught].mean()), n, n / len(y)))
        left &= ~caught
        rest.append(float(y[left].mean()))
    return RuleList(tuple(found), tuple(rest))
