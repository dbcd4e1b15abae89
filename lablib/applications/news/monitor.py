"""When has the news turned worse? A cumulative sum with an alarm, and how to set the alarm.

Page's CUSUM (1954): add up how far each score lies below the usual one by more than a slack, never
below 0, and alarm above a limit. The limit is what fixes the rate of false alarms, so it is set on
streams in which nothing happens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
SLACK = 0.25  # in standard deviations; half of the drop that should be found soonest
OTHERS = 20  # fewest usual scores outside of a stream, for their mean and spread


@dataclass(frozen=True)
class Monitor:
    """An alarm rule for a drop of the mean.

    Attributes
    ----------
    centre, spread : mean and standard deviation of usual scores.
    limit : alarm where the sum exceeds it.
    slack : part of a drop that is forgiven at each step.
    """

    centre: float
    spread: float
    limit: float
    slack: float = SLACK

    def __post_init__(self) -> None:
        if not 0 < self.spread < np.inf or not np.isfinite([self.centre, self.limit]).all():
            raise ValueError(
                f"centre={self.centre}, spread={self.spread}, limit={self.limit} must be finite "
                "and the spread above 0; take them from `calibrated`"
            )

    def sums(self, scores: ArrayLike) -> Floats:
        """Sum after each item, (..., T), for streams (..., T) of scores."""
        values = _finite("scores", scores)
        return drop_sums((self.centre - values) / self.spread, slack=self.slack)

    def first_alarm(self, scores: ArrayLike) -> NDArray[np.int64]:
        """Place of the first alarm of each stream, (...), from 0; T where there is none."""
        above = self.sums(scores) > self.limit
        return np.asarray(np.where(above.any(-1), above.argmax(-1), above.shape[-1]), np.int64)


def drop_sums(drops: ArrayLike, *, slack: float = SLACK) -> Floats:
    """S_t = max(0, S_{t-1} + drop_t - slack), from S = 0, over the last axis.

    Parameters
    ----------
    drops : array_like, shape (..., T)
        How far each item lies below the usual, in standard deviations.
    slack : float
        At least 0.

    >>> drop_sums([1.0, 1.0, -3.0, 2.0], slack=0.5).tolist()
    [0.5, 1.0, 0.0, 1.5]
    """
    if not slack >= 0:
        raise ValueError(f"slack is {slack}; a negative one alarms when nothing happens, use 0.5")
    values = _finite("drops", drops)
    sums = np.empty_like(values)
    now = np.zeros(values.shape[:-1])
    for place in range(values.shape[-1]):
        now = np.maximum(0.0, now + values[..., place] - slack)
        sums[..., place] = now
    return sums


def calibrated(
    usual: ArrayLike, *, length: int, rate: float, streams: int, seed: int, apart: bool = True
) -> Monitor:
    """Set the limit so that a share `rate` of streams without change has an alarm.

    Parameters
    ----------
    usual : array_like, shape (M,)
        Scores of items in which nothing is known to have happened; M is at least `length` + 20.
    length : int
        Items of a stream; the rate holds for this length and no other.
    rate : float
        Between 0 and 1.
    streams, seed : int
        Shuffled streams that are drawn, and their seed.
    apart : bool
        Compare each of these streams with the mean of the items that are not in it, as a new
        stream will be. False compares it with a mean to which it belongs: that forgets that the
        usual is only an estimate, and makes too many false alarms on new items.
    """
    scores = _finite("usual", usual)
    if not 0 < rate < 1 or not 1 <= length <= len(scores) - OTHERS:
        raise ValueError(
            f"rate={rate} must lie between 0 and 1, and length={length} between 1 and {OTHERS} "
            f"less than the {len(scores)} usual scores; shorten the stream or give more scores"
        )
    centre, spread = float(scores.mean()), float(scores.std(ddof=1))
    drawn = shuffled(scores, length=len(scores), streams=streams, seed=seed)
    stream, others = drawn[:, :length], drawn[:, length:]
    around = others.std(1, ddof=1, keepdims=True)
    if np.ptp(scores) == 0 or not around.min() > 1e-9 * spread:
        raise ValueError(
            f"usual has a spread of {spread:g}, and of {around.min():g} outside of a stream; "
            "a drop needs scores that differ, give more of them or another score"
        )
    if apart:
        drops = (others.mean(1, keepdims=True) - stream) / around
    else:
        drops = (centre - stream) / spread
    return Monitor(centre, spread, float(np.quantile(drop_sums(drops).max(-1), 1 - rate)))


def _finite(name: str, given: ArrayLike) -> Floats:
    values = np.asarray(given, dtype=np.float64)
    if bad := int((~np.isfinite(values)).sum()):
        raise ValueError(
            f"{name} has {bad} values that are not finite; leave these items out, or a sum would "
            "never alarm again"
        )
    return values


def shuffled(scores: ArrayLike, *, length: int, streams: int, seed: int) -> Floats:
    """Streams (streams, length) of different items each, in random order.

    Parameters
    ----------
    scores : array_like, shape (M,)
        M of at least `length`.
    length, streams, seed : int
        What to draw.
    """
    values, rng = np.asarray(scores, dtype=np.float64), np.random.default_rng(seed)
    order = np.argsort(rng.random((streams, len(values))), axis=1)[:, :length]
    return np.asarray(values[order])


def with_change(
    scores: ArrayLike,
    worse: ArrayLike,
    *,
    at: int,
    share: float,
    length: int,
    streams: int,
    seed: int,
) -> Floats:
    """Streams in which, from place `at` on, a share of the items comes from `worse`.

    Parameters
    ----------
    scores, worse : array_like, shapes (M,) and (W,)
        Scores of all items, and of those that a change makes frequent.
    at, share : int, float
        Where the change begins, and the chance that an item after it comes from `worse`; 0 is
        no change.
    length, streams, seed : int
        As for `shuffled`.
    """
    drawn = shuffled(scores, length=length, streams=streams, seed=seed)
    rng = np.random.default_rng(seed + 1)
    after = drawn[:, at:]
    instead = rng.random(after.shape) < share
    after[instead] = rng.choice(np.asarray(worse, dtype=np.float64), int(instead.sum()))
    return drawn
