"""Reason codes: which entries of an account spoke for its refusal, and a test that they did.

Shapley values of the boosted score against accepted accounts. What no model may be told, no letter
may name: a code that stands for a protected column is an error and not a warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lablib.applications.credit.accounts import PLAIN, WORDS, Accounts
from lablib.applications.credit.measures import Decider
from lablib.explainability.attribution.tree_shapley import tree_shapley

Floats = NDArray[np.float64]
PROTECTED = frozenset({"sex", "age", "marriage", "education"})
CODES = 3
BACKGROUND = 40


@dataclass(frozen=True)
class Reason:
    """One entry: its column, in words, and what it added to the log-odds of a default."""

    column: str
    words: str
    amount: float


def contributions(rule: Decider, rows: Floats, accepted: Floats) -> Floats:
    """Shapley values (N, 19) of the boosted log-odds, against accepted accounts (B, 19).

    Parameters
    ----------
    rule : Decider
        With a tree model.
    rows, accepted : arrays
        Plain columns.
    """
    if rule.fitted.estimator is None:
        raise ValueError("the model is no tree model; pass the decider of `boosted`")
    return tree_shapley(rule.fitted.estimator, rows, accepted)


def reasons(
    values: Sequence[float] | Floats,
    *,
    columns: Sequence[str] = PLAIN,
    words: Sequence[str] = WORDS,
    most: int = CODES,
) -> tuple[Reason, ...]:
    """The strongest entries that spoke for refusal; never one that spoke against it.

    Parameters
    ----------
    values : F numbers
        Contributions of one account.
    columns, words : sequences of str, length F
        What the numbers belong to.
    most : int
        Largest number of reasons.

    Raises
    ------
    ValueError
        If a protected column is among the features.

    >>> found = reasons([0.2, -1.0, 0.7], columns=["a", "b", "c"], words=["A", "B", "C"])
    >>> [reason.words for reason in found]
    ['C', 'A']
    """
    if named := PROTECTED & set(columns):
        raise ValueError(f"columns names {', '.join(sorted(named))}; a model must not be told it")
    amounts = np.asarray(values, dtype=np.float64)
    order = np.argsort(-amounts, kind="stable")[:most]
    return tuple(
        Reason(columns[i], words[i], float(amounts[i])) for i in order.tolist() if amounts[i] > 0
    )


def background(rule: Decider, train: Accounts, *, seed: int) -> Floats:
    """Plain columns of a few accepted training accounts, (40, 19).

    Parameters
    ----------
    rule : Decider
        Decides who is accepted.
    train : Accounts
        At least 40 of them accepted.
    seed : int
        Of the choice.
    """
    accepted = np.flatnonzero(rule.refused(train.x) == 0)
    chosen = np.random.default_rng(seed).choice(accepted, BACKGROUND, replace=False)
    return np.asarray(train.plain[chosen])


def tested(
    rule: Decider, train: Accounts, test: Accounts, *, rows: int, seed: int
) -> dict[str, float]:
    """Share of refusals that turn when three entries become those of a typical accepted account.

    Parameters
    ----------
    rule : Decider
        With a tree model.
    train, test : Accounts
        Typical values come from training rows, refusals from test rows.
    rows : int
        Refusals that are explained.
    seed : int
        Of the background and of the random entries.

    Returns
    -------
    dict
        `turned` for the three strongest reasons, `turned-random` for three entries by lot.
    """
    base = background(rule, train, seed=seed)
    refused = test.take(np.flatnonzero(rule.refused(test.x))[:rows])
    values = contributions(rule, refused.plain, base)
    typical = np.median(base, axis=0)
    strongest = np.argsort(-values, axis=1, kind="stable")[:, :CODES]
    rng = np.random.default_rng(seed)
    by_lot = np.argsort(rng.random(values.shape), axis=1)[:, :CODES]

    def accepted(places: NDArray[np.int64]) -> float:
        moved = refused.x.copy()
        np.put_along_axis(moved, places, typical[places], axis=1)
        return float(1 - rule.refused(moved).mean())

    return {"turned": accepted(strongest), "turned-random": accepted(by_lot)}
