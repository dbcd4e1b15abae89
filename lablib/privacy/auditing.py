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
        Confidence of the bound, between 0 and 1.

    Returns
    -------
    float
        0 if nothing was found; never more than about log(R / 2).

    Raises
    ------
    ValueError
        If the names of both differ or there are none, a statistic has fewer than two runs or holds
        what is no finite number, or `delta` or `level` is out of range.

    Examples
    --------
    >>> same = np.linspace(0, 1, 400)
    >>> two_worlds({"x": same}, {"x": same}, delta=1e-5)
    0.0
    >>> round(two_worlds({"x": same}, {"x": same + 2}, delta=1e-5), 2)
    3.97
    """
    _check_levels(delta, level)
    if not present or set(present) != set(without):
        raise ValueError(
            f"without has {sorted(without)} and present {sorted(present)}; both need the same "
            "statistics, at least one"
        )
    for world in (without, present):
        for name, runs in world.items():
            _check_numbers(runs, f"statistic {name!r}")
            if len(runs) < 2:
                raise ValueError(
                    f"statistic {name!r} has {len(runs)} runs; at least two are needed, one to "
                    "choose and one to measure"
                )
    best, chosen = -np.inf, ("", 0.0, 0)
    for name in present:
        absent, there = without[name][::2], present[name][::2]  # so that no order of runs matters
        cuts = np.unique(np.quantile(np.concatenate([absent, there]), np.linspace(0, 1, 51)))
        found = _bounds(absent, there, cuts, delta, level)
        if found.max() > best:
            place, direction = divmod(int(found.argmax()), 2)
            best, chosen = float(found.max()), (name, float(cuts[place]), direction)
    name, cut, direction = chosen
    held = _bounds(without[name][1::2], present[name][1::2], np.array([cut]), delta, level)
    return max(0.0, float(held[0, direction]))


def _bounds(absent: Floats, there: Floats, cuts: Floats, delta: float, level: float) -> Floats:
    """Log ratios `(cuts, 2)`: of "above the cut" with the canary, of "not above" without it."""
    above = [(world > cuts[:, None]).sum(1) for world in (absent, there)]
    sizes = (len(absent), len(there))
    pairs = (
        (above[1], sizes[1], above[0], sizes[0]),
        (sizes[0] - above[0], sizes[0], sizes[1] - above[1], sizes[1]),
    )
    found = []
    for often, many, seldom, few in pairs:
        likely = _ends(often, many, level)[0] - delta
        unlikely = _ends(seldom, few, level)[1]
        found.append(np.log(np.maximum(likely, 1e-300) / unlikely))
    return np.stack(found, axis=1)


def _ends(successes: NDArray[np.int64], n: int, level: float) -> tuple[Floats, Floats]:
    """The ends of `lablib.evaluation.clopper_pearson`, for many counts at once."""
    from scipy.special import betaincinv

    tail, k = (1 - level) / 2, successes
    low = np.where(k == 0, 0.0, betaincinv(np.maximum(k, 1), n - k + 1, tail))
    high = np.where(k == n, 1.0, betaincinv(k + 1, np.maximum(n - k, 1), 1 - tail))
    return low, high


def one_run(
    scores: ArrayLike, included: ArrayLike, *, guesses: int, delta: float, level: float = 0.95
) -> float:
    """Return a lower bound for epsilon from one training with canaries drawn by coins.

    Half of the guesses say "in" for the highest scores, half "out" for the lowest. Under
    (epsilon, delta)-privacy the number of right ones is hardly larger than that of coins that fall
    right with probability e^epsilon / (1 + e^epsilon). Where scores tie at a cut, the guesses fall
    on those that are wrong: no order of the rows can make the bound larger than it is.

    Parameters
    ----------
    scores
        `(m,)`, one a canary; higher where it looks like a training example.
    included
        `(m,)` booleans or 0 and 1, drawn independently with probability 1/2.
    guesses
        Even number, at most m; to be fixed before looking.
    delta
        That of the claim.
    level
        Confidence of the bound, between 0 and 1.

    Raises
    ------
    ValueError
        If the shapes differ, a score is no finite number, `included` holds anything but booleans or
        0 and 1, `guesses` is not an even number up to m, or `delta` or `level` is out of range.

    Examples
    --------
    >>> included = np.arange(400) >= 200
    >>> round(one_run(np.where(included, 1.0, 0.0), included, guesses=200, delta=1e-5), 2)
    4.18
    >>> one_run(np.zeros(400), included, guesses=200, delta=1e-5)
    0.0
    """
    _check_levels(delta, level)
    values, coded = np.asarray(scores, dtype=np.float64), np.asarray(included)
    if not np.isin(coded, (0, 1)).all():
        raise ValueError(
            f"included={np.unique(coded)[:3].tolist()}... must be booleans, or 1 for in and 0 "
            "for out"
        )
    flags = coded.astype(bool)
    if values.ndim != 1 or values.shape != flags.shape:
        raise ValueError(f"scores {values.shape} and included {flags.shape} must both be (m,)")
    if not 0 < guesses <= len(values) or guesses % 2:
        raise ValueError(f"guesses={guesses} must be even, above 0 and at most {len(values)}")
    _check_numbers(values, "scores")
    half = guesses // 2
    highest = np.lexsort((flags, -values))[:half]  # among equals those that are out come first,
    lowest = np.lexsort((~flags, values))[:half]  # and here those that are in
    right = int(flags[highest].sum() + (~flags[lowest]).sum())
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


def _check_levels(delta: float, level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level={level} must lie between 0 and 1, such as 0.95")
    if not 0 <= delta < 1:
        raise ValueError(f"delta={delta} must be at least 0 and below 1")


def _check_numbers(values: Floats, what: str) -> None:
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise ValueError(
            f"{what} is NaN or infinite in {bad} of {np.size(values)} places; a program that "
            "diverged cannot be audited, repair it first"
        )


def _plausible(epsilon: float, right: int, guesses: int, canaries: int, delta: float) -> float:
    """Largest probability of so many right guesses under (epsilon, delta)-privacy."""
    from scipy.stats import binom

    coin = 1 / (1 + math.exp(-epsilon))
    beyond = float(binom.sf(right - 1, guesses, coin))
    shares = np.cumsum(binom.pmf(right - np.arange(1, right + 1), guesses, coin))
    worst = float(np.max(shares / np.arange(1, right + 1), initial=0.0))
    return min(1.0, beyond + 2 * canaries * delta * worst)
