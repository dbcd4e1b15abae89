"""Lower bounds for epsilon from what a program does, whatever it claims.

If a program is (epsilon, delta)-private, nobody can tell well whether one example was in its data.
So whoever tells too well has shown that epsilon is larger than claimed (Jagielski et al., 2020).
`two_worlds` runs a program many times with and without a canary. `one_run` needs a single training
in which many canaries were each drawn by a coin (Steinke et al., 2023). Both hold with
confidence `level`, and neither can show that a program *is* private.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.evaluation import clopper_pearson

Floats = NDArray[np.float64]


def two_worlds(
    without: Mapping[str, Floats],
    present: Mapping[str, Floats],
    *,
    delta: float,
    level: float = 0.95,
) -> float:
    """Return a lower bound for epsilon from runs without and with a canary.

    Half of the runs choose the statistic, the threshold and the direction, the other half gives the
    bound: log((share_with - delta) / share_without), with both shares at the cautious ends of their
    Clopper-Pearson intervals.

    Parameters
    ----------
    without, present
        By name of a statistic its value in each run, `(R,)`: larger where the canary shows.
    delta
        That of the claim.
    level
        Confidence of the bound.

    Returns
    -------
    float
        0 if nothing was found; never more than about log(R / 2).

    Examples
    --------
    >>> same = np.linspace(0, 1, 400)
    >>> two_worlds({"x": same}, {"x": same}, delta=1e-5)
    0.0
    >>> round(two_worlds({"x": same}, {"x": same + 2}, delta=1e-5), 2)
    3.97
    """
    first = slice(None, None, 2)  # every other run, so that no order of the runs matters
    best = (-1.0, "", 0.0, True)
    for name in present:
        absent, there = without[name][first], present[name][first]
        cuts = np.unique(np.quantile(np.concatenate([absent, there]), np.linspace(0, 1, 51)))
        for cut in cuts:
            for above in (True, False):
                best = max(
                    best, (_bound(absent, there, cut, above, delta, level), name, cut, above)
                )
    _, name, cut, above = best
    second = slice(1, None, 2)
    return max(0.0, _bound(without[name][second], present[name][second], cut, above, delta, level))


def _bound(
    absent: Floats, there: Floats, cut: float, above: bool, delta: float, level: float
) -> float:
    """Log ratio of the event "above the cut" with the canary, or of "not above" without it."""
    hits = (int((there > cut).sum()), int((absent > cut).sum()))
    if not above:
        hits = (len(absent) - hits[1], len(there) - hits[0])
        absent, there = there, absent
    likely = clopper_pearson(hits[0], len(there), level=level).low - delta
    unlikely = clopper_pearson(hits[1], len(absent), level=level).high
    return math.log(likely / unlikely) if likely > 0 else -1.0


def one_run(
    scores: ArrayLike, included: ArrayLike, *, guesses: int, delta: float, level: float = 0.95
) -> float:
    """Return a lower bound for epsilon from one training with canaries drawn by coins.

    Half of the guesses say "in" for the highest scores, half "out" for the lowest. Under
    (epsilon, delta)-privacy the number of right ones is hardly larger than that of coins that fall
    right with probability e^epsilon / (1 + e^epsilon).

    Parameters
    ----------
    scores
        `(m,)`, one a canary; higher where it looks like a training example.
    included
        `(m,)` booleans, drawn independently with probability 1/2.
    guesses
        Even number, at most m; to be fixed before looking.
    delta
        That of the claim.
    level
        Confidence of the bound.

    Raises
    ------
    ValueError
        If the shapes differ or `guesses` is not an even number up to m.
    """
    values, flags = np.asarray(scores, dtype=np.float64), np.asarray(included, dtype=bool)
    if values.ndim != 1 or values.shape != flags.shape:
        raise ValueError(f"scores {values.shape} and included {flags.shape} must both be (m,)")
    if not 0 < guesses <= len(values) or guesses % 2:
        raise ValueError(f"guesses={guesses} must be even, above 0 and at most {len(values)}")
    order = np.argsort(values, kind="stable")
    right = int(flags[order[-guesses // 2 :]].sum() + (~flags[order[: guesses // 2]]).sum())
    if _plausible(0.0, right, guesses, len(values), delta) > 1 - level:
        return 0.0
    low, high = 0.0, 1.0
    while high < 64 and _plausible(high, right, guesses, len(values), delta) <= 1 - level:
        low, high = high, 2 * high
    for _ in range(40):
        middle = (low + high) / 2
        refuted = _plausible(middle, right, guesses, len(values), delta) <= 1 - level
        low, high = (middle, high) if refuted else (low, middle)
    return low


def _plausible(epsilon: float, right: int, guesses: int, canaries: int, delta: float) -> float:
    """Largest probability of so many right guesses under (epsilon, delta)-privacy."""
    from scipy.stats import binom

    coin = 1 / (1 + math.exp(-epsilon))
    beyond = float(binom.sf(right - 1, guesses, coin))
    shares = np.cumsum(binom.pmf(right - np.arange(1, right + 1), guesses, coin))
    worst = float(np.max(shares / np.arange(1, right + 1), initial=0.0))
    return min(1.0, beyond + 2 * canaries * delta * worst)
