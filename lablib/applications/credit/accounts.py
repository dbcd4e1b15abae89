"""Credit card accounts in fixed units: nothing here is learned from the rows.

So private training owes no budget for scaling, and a small change of an amount has the same size
for every model. Sex and age are kept beside the features, for the audit alone; education is left
out too, as a proxy for age and income.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from lablib.data import Splits, TabularData, load
from lablib.explainability.credit import LABELS, NOT_USED

Floats = NDArray[np.float64]
STEP = 1_000.0  # NT$; an amount well below it is as good as nothing
LIMIT_UNIT = 100_000.0  # NT$
YOUNG = 30  # years; the age band that is compared
_STATUS = ("pay_0", "pay_2", "pay_3", "pay_4", "pay_5", "pay_6")
_AMOUNTS = tuple(f"{kind}{month}" for kind in ("bill_amt", "pay_amt") for month in range(1, 7))
PLAIN = (*_AMOUNTS, "limit_bal", *_STATUS)
AMOUNTS = slice(0, len(_AMOUNTS))  # columns that a small change may touch
WORDS = tuple(LABELS[name][0] for name in PLAIN)
GROUPS = ("sex", "age")


@dataclass(frozen=True)
class Accounts:
    """N accounts.

    Attributes
    ----------
    x : features (N, F); the first `len(PLAIN)` are those of `PLAIN` in fixed units, the others
        0/1 flags of the repayment status.
    y : 1 where the next payment was missed, (N,).
    groups : name of a grouping in `GROUPS` to the group (N,) of each person; never a feature.
    """

    x: Floats
    y: NDArray[np.int64]
    groups: dict[str, NDArray[np.str_]]

    def __len__(self) -> int:
        return len(self.y)

    @property
    def plain(self) -> Floats:
        """The columns without flags, (N, 19): what trees read."""
        return self.x[:, : len(PLAIN)]

    def take(self, rows: ArrayLike) -> Accounts:
        """The accounts at these positions, or where a mask is true."""
        kept = np.asarray(rows)
        groups = {name: group[kept] for name, group in self.groups.items()}
        return Accounts(self.x[kept], self.y[kept], groups)

    def with_labels(self, y: ArrayLike) -> Accounts:
        """The same people with other labels (N,): for the control that must fail."""
        return replace(self, y=np.asarray(y, dtype=np.int64))


def squeezed(amount: ArrayLike) -> Floats:
    """Signed logarithm of amounts in NT$: sign(a) log(1 + abs(a) / 1,000), odd and increasing.

    Where an amount is large, a step of log(1.1) is a change by a tenth.

    >>> squeezed([-1_000.0, 0.0, 1_000.0]).round(3).tolist()
    [-0.693, 0.0, 0.693]
    """
    values = np.asarray(amount, dtype=np.float64)
    return np.asarray(np.sign(values) * np.log1p(np.abs(values) / STEP))


def stretched(value: ArrayLike) -> Floats:
    """Amounts in NT$ of squeezed values: the inverse of `squeezed`."""
    values = np.asarray(value, dtype=np.float64)
    return np.asarray(np.sign(values) * np.expm1(np.abs(values)) * STEP)


def encoded(features: pd.DataFrame) -> Floats:
    """Features (N, 43) of a table with the columns of `PLAIN`.

    Raises
    ------
    ValueError
        If a column is missing.
    """
    if missing := [name for name in PLAIN if name not in features]:
        raise ValueError(f"features lacks {', '.join(missing)}; pass the columns of PLAIN")
    status = features[list(_STATUS)].to_numpy(np.float64)
    flags = [status >= 1, status >= 2, status == -1, status == -2]
    limit = np.log(features["limit_bal"].to_numpy(np.float64) / LIMIT_UNIT)[:, None]
    amounts = squeezed(features[list(_AMOUNTS)].to_numpy(np.float64))
    return np.hstack([amounts, limit, np.clip(status, -2, 4) / 2, *flags])


def table() -> TabularData:
    """The credit-default data set, through its card."""
    return load("credit-default")


def accounts(data: TabularData) -> Accounts:
    """Features, target and groups of rows of the card credit-default."""
    kept = data.features.drop(columns=list(NOT_USED))
    young = data.sensitive["age"].to_numpy() < YOUNG
    return Accounts(
        encoded(kept),
        np.asarray(data.target, dtype=np.int64),
        {
            "sex": data.sensitive["sex"].astype(str).to_numpy(np.str_),
            "age": np.where(young, f"under {YOUNG}", f"{YOUNG} and over"),
        },
    )


def parts(data: TabularData, *, seed: int, rows: int | None = None) -> Splits[Accounts]:
    """Training, validation and test accounts, 60/20/20, stratified by the target.

    Parameters
    ----------
    data : TabularData
        From `table()`.
    seed : int
        Draws the split.
    rows : int, optional
        Use only so many accounts, drawn anew for each seed; None uses all 30,000.
    """
    if rows is not None and rows < len(data):
        data = data.take(np.random.default_rng(seed).choice(len(data), rows, replace=False))
    split = data.split(seed=seed)
    return Splits(accounts(split.train), accounts(split.validation), accounts(split.test))
