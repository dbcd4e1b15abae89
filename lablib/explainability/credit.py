"""The credit-default table as this topic uses it: features, plain names, and two shifts.

Sex, age and marital status are never features (the loader keeps them apart). Education is dropped
here too: it is a proxy for age and income, and no bank needs it to see that a bill was not paid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lablib.data import TabularData, load
from lablib.explainability.readable.rules import Labels

NOT_USED = ("education",)
REFUSE_AT = 0.25
_MONTHS = ("Sep", "Aug", "Jul", "Jun", "May", "Apr")


def _labels() -> Labels:
    named = {"limit_bal": ("limit", "NT$ {:,.0f}")}
    for number, month in enumerate(_MONTHS, start=1):
        status = "pay_0" if number == 1 else f"pay_{number}"
        named[status] = (f"months late {month}", "{:.0f}")
        named[f"bill_amt{number}"] = (f"bill {month}", "NT$ {:,.0f}")
        named[f"pay_amt{number}"] = (f"paid {month}", "NT$ {:,.0f}")
    return named


LABELS = _labels()

# Slices whose accounts a surrogate has never seen: column, lowest and highest value, in words.
SHIFTS = {
    "high-limit": ("limit_bal", 300_000.0, float("inf"), "limits of NT$ 300,000 and more"),
    "low-limit": ("limit_bal", 0.0, 30_000.0, "limits of NT$ 30,000 and less"),
}


@dataclass(frozen=True)
class Part:
    """Rows of one part of a split: features (N, F) in float64 and 0/1 target (N,)."""

    features: pd.DataFrame
    target: NDArray[np.int64]

    def take(self, rows: NDArray[np.bool_]) -> Part:
        """The rows where `rows` is true."""
        return Part(self.features[rows].reset_index(drop=True), self.target[rows])


@dataclass(frozen=True)
class Parts:
    """Fit on `train`, stop early on `validation`, report on `test`."""

    train: Part
    validation: Part
    test: Part


def table() -> TabularData:
    """The credit-default data set, through its card."""
    data = load("credit-default")
    if not isinstance(data, TabularData):
        raise TypeError("the card credit-default must describe a table")
    return data


def part(data: TabularData) -> Part:
    """Features this topic uses and the target of `data`."""
    kept = data.features.drop(columns=list(NOT_USED)).astype(np.float64)
    return Part(kept, np.asarray(data.target, dtype=np.int64))


def parts(data: TabularData, *, seed: int, train_rows: int | None = None) -> Parts:
    """Split `data` 60/20/20.

    Parameters
    ----------
    data : TabularData
        From `table()`.
    seed : int
        Draws the split, stratified by the target.
    train_rows : int, optional
        Keep only so many training rows (their order is random); None keeps all.
    """
    split = data.split(seed=seed)
    train = part(split.train)
    if train_rows is not None:
        train = train.take(np.arange(len(train.target)) < train_rows)
    return Parts(train, part(split.validation), part(split.test))


def in_shift(features: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    """Which rows belong to the slice `name` of `SHIFTS`, shape (N,)."""
    if name not in SHIFTS:
        raise ValueError(f"shift {name!r} is unknown; use one of {', '.join(SHIFTS)}")
    column, low, high, _ = SHIFTS[name]
    return features[column].between(low, high).to_numpy()
