"""Shapley values of the features of one row: by enumeration, and by sampled orders.

Shapley (1953) shares what a game pays among its players; here the players are features, and an
absent feature takes its value from a background row (Lundberg and Lee, 2017: the *interventional*
game). Each function of this module asks a model for rows, so it works on any model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Function = Callable[[Floats], NDArray[np.floating]]  # rows (M, F) to scores (M,)
MOST_ENUMERATED = 20
_ROWS_AT_ONCE = 1 << 16


@dataclass(frozen=True)
class ShapleyEstimate:
    """Sampled values (F,), their standard errors (F,), and how many rows the model scored.

    With several background rows the errors are too large: rows taken in turn differ less in sum.
    """

    values: Floats
    standard_error: Floats
    evaluations: int


def coalitions(players: int) -> NDArray[np.bool_]:
    """Every set of players, shape (2**players, players): row c holds the bits of the number c.

    >>> coalitions(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    if not 1 <= players <= MOST_ENUMERATED:
        raise ValueError(
            f"players is {players}; all sets of 1 to {MOST_ENUMERATED} players can be listed, "
            "sample orders for more"
        )
    return (np.arange(2**players)[:, None] >> np.arange(players) & 1).astype(bool)


def exact(function: Function, x: ArrayLike, background: ArrayLike) -> Floats:
    """Shapley values of one row, from the worth of all 2**F sets of features.

    The worth of a set is the mean score of rows that take the features of the set from `x` and
    the others from a background row. The values add up to f(x) minus the mean of f(background);
    0 means that the feature changes no score next to any set of others.

    Parameters
    ----------
    function : callable
        Rows (M, F) to scores (M,).
    x : array_like, shape (F,)
        The row to explain.
    background : array_like, shape (B, F)
        Rows that absent features take their values from.

    Raises
    ------
    ValueError
        If shapes do not fit or F is above 20: 2**20 sets are a million rows for each one of B.

    >>> product = lambda rows: rows[:, 0] * rows[:, 1] + 3 * rows[:, 2]
    >>> exact(product, [1, 1, 2], [[0, 0, 0]]).tolist()
    [0.5, 0.5, 6.0]
    """
    row, rows = _checked(x, background)
    players = len(row)
    present = coalitions(players)
    worth = _worth(function, row, rows, present)
    size = present.sum(1)
    weight = np.array([1 / (players * comb(players - 1, k)) for k in range(players)])
    values = np.empty(players)
    for feature in range(players):
        without = np.flatnonzero(~present[:, feature])
        gain = worth[without + (1 << feature)] - worth[without]  # what the feature adds to a set
        values[feature] = weight[size[without]] @ gain
    return values


def sampled(
    function: Function, x: ArrayLike, background: ArrayLike, *, pairs: int, seed: int
) -> ShapleyEstimate:
    """Estimate Shapley values: the mean of what a feature adds, over random orders of arrival.

    Castro et al. (2009), with each order also walked backwards (Mitchell et al., 2022): the two
    errors partly cancel, and vanish if at most two features act together. Each pair of orders
    starts from one background row, in turn, instead of asking all of them about every set.

    Parameters
    ----------
    function, x, background
        As for `exact`.
    pairs : int
        Orders to draw, each of them walked in both directions; the model scores
        2 * pairs * (F + 1) rows. If it is a multiple of B, values add up exactly.
    seed : int
        Draws the orders.

    >>> product = lambda rows: rows[:, 0] * rows[:, 1] + 3 * rows[:, 2]
    >>> sampled(product, [1, 1, 2], [[0, 0, 0]], pairs=2, seed=0).values.tolist()
    [0.5, 0.5, 6.0]
    """
    row, rows = _checked(x, background)
    if pairs < 2:
        raise ValueError(f"pairs is {pairs}; a standard error needs at least two pairs of orders")
    rng = np.random.default_rng(seed)
    features = len(row)
    forward = rng.permuted(np.tile(np.arange(features), (pairs, 1)), axis=1)  # (P, F)
    start = rows[np.arange(pairs) % len(rows)]  # (P, F)
    block = max(1, _ROWS_AT_ONCE // (8 * (features + 1)))  # small enough for the cache
    added = np.concatenate(
        [
            _walk(function, row, start[first : first + block], forward[first : first + block])
            for first in range(0, pairs, block)
        ]
    )
    mean = added.mean(1)  # (P, F), one independent draw a pair
    error = mean.std(0, ddof=1) / np.sqrt(pairs)
    return ShapleyEstimate(mean.mean(0), error, 2 * pairs * (features + 1))


def _walk(function: Function, row: Floats, start: Floats, forward: NDArray[np.int64]) -> Floats:
    """What each feature adds in each order and in its reverse, (P, 2, F)."""
    features = len(row)
    orders = np.stack([forward, forward[:, ::-1]], axis=1)  # (P, 2, F)
    arrival = np.argsort(orders, axis=-1)[:, :, None]  # (P, 2, 1, F): when a feature comes
    present = arrival < np.arange(features + 1)[:, None]  # (P, 2, F + 1, F)
    mixed = np.where(present, row, start[:, None, None])
    scores = _scores(function, mixed.reshape(-1, features)).reshape(*orders.shape[:2], -1)
    added = np.empty(orders.shape)
    np.put_along_axis(added, orders, np.diff(scores, axis=-1), axis=-1)
    return added


def _worth(function: Function, x: Floats, background: Floats, present: NDArray[np.bool_]) -> Floats:
    """Mean score of each set over the background rows, a block of sets at a time."""
    block = max(1, _ROWS_AT_ONCE // len(background))
    worth = []
    for first in range(0, len(present), block):
        chosen = present[first : first + block, None]  # (C, 1, F)
        rows = np.where(chosen, x, background)  # (C, B, F)
        scores = _scores(function, rows.reshape(-1, len(x)))
        worth.append(scores.reshape(-1, len(background)).mean(1))
    return np.concatenate(worth)


def _scores(function: Function, rows: Floats) -> Floats:
    scores = np.asarray(function(rows), dtype=np.float64)
    if scores.shape != (len(rows),):
        raise ValueError(
            f"function returned shape {scores.shape} for {len(rows)} rows; it must give one score "
            "a row, so choose a class or squeeze the last axis"
        )
    return scores


def _checked(x: ArrayLike, background: ArrayLike) -> tuple[Floats, Floats]:
    row, rows = np.asarray(x, dtype=np.float64), np.asarray(background, dtype=np.float64)
    if row.ndim != 1 or rows.ndim != 2 or rows.shape[1:] != row.shape or not rows.size:
        raise ValueError(
            f"x has shape {row.shape} and background {rows.shape}; give one row (F,) and at least "
            "one background row (B, F) of the same features"
        )
    return row, rows
