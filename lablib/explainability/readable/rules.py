"""Conditions and rules: the words in which trees, rule lists and surrogates are read.

A rule is a conjunction of threshold conditions with the share of defaults it was fitted with.
Thresholds are stored exactly; only their printed form is rounded to plain units.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# Column name -> (short name, format of a value), for example ("limit", "NT$ {:,.0f}").
Labels = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Condition:
    """`feature <= threshold` if `at_most`, otherwise `feature > threshold`.

    >>> Condition("late", at_most=False, threshold=1.5).text({"late": ("months late", "{:.0f}")})
    'months late ≥ 2'
    """

    feature: str
    at_most: bool
    threshold: float

    def holds(self, features: pd.DataFrame) -> NDArray[np.bool_]:
        """Which rows meet the condition, shape (N,)."""
        column = features[self.feature].to_numpy(np.float64)
        return np.asarray(column <= self.threshold if self.at_most else column > self.threshold)

    def text(self, labels: Labels | None = None) -> str:
        """The condition in words.

        A column with a label is taken to hold whole numbers, so `> 1.5` reads `≥ 2`; without a
        label the exact threshold is printed.
        """
        if labels is None or self.feature not in labels:
            return f"{self.feature} {'<=' if self.at_most else '>'} {self.threshold!r}"
        name, style = labels[self.feature]
        whole = math.floor(self.threshold)
        if self.at_most:
            return f"{name} ≤ {style.format(whole)}"
        return f"{name} ≥ {style.format(whole + 1)}"


@dataclass(frozen=True)
class Rule:
    """All `conditions` together; `probability` is the mean target of the `n` rows it caught.

    `share` is `n` over all rows the model was fitted on. No condition means "everything".
    """

    conditions: tuple[Condition, ...]
    probability: float
    n: int
    share: float

    def holds(self, features: pd.DataFrame) -> NDArray[np.bool_]:
        """Which rows meet every condition, shape (N,)."""
        caught = np.ones(len(features), dtype=bool)
        for condition in self.conditions:
            caught &= condition.holds(features)
        return caught

    def text(self, labels: Labels | None = None, *, joined_by: str = " and ") -> str:
        r"""The rule as `a and b: share (n)`; a long one reads better joined by ``"\nand "``."""
        body = joined_by.join(c.text(labels) for c in self.conditions) or "everyone"
        return f"{body}: {self.probability:.0%} default (n={self.n:,})"


def simplify(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Keep the tightest bound of each feature and direction, in order of first appearance.

    >>> a, b = Condition("x", True, 5.0), Condition("x", True, 3.0)
    >>> simplify((a, b)) == (b,)
    True
    """
    tightest: dict[tuple[str, bool], Condition] = {}
    for condition in conditions:
        key = (condition.feature, condition.at_most)
        held = tightest.get(key)
        narrower = held is None or (
            condition.threshold < held.threshold
            if condition.at_most
            else condition.threshold > held.threshold
        )
        if narrower:
            tightest[key] = condition
    return tuple(tightest.values())
