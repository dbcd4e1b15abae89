"""Three rules that turn runs of two models into a verdict: +1 first, -1 second, 0 no winner.

`higher_wins` looks at means only. `rows_decide` asks the paired bootstrap over the test rows of
one run, `seeds_decide` the Student interval over several seeds; both may say that they do not know.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lablib.evaluation import Interval, across_seeds, bootstrap

Flags = NDArray[np.bool_]
Verdicts = NDArray[np.int64]


def groups(first: Flags, second: Flags, *, size: int) -> NDArray[np.int64]:
    """Lead of `first` over `second` in test rows, in disjoint groups of `size` seeds.

    Parameters
    ----------
    first, second : bool, shape (S, N)
        Right or wrong on the same rows, one line a seed.

    Returns
    -------
    int array, shape (S // size, size)
        Disjoint, so that groups are independent draws; seeds that fill no group are left out.
    """
    if not 1 <= size <= len(first):
        raise ValueError(f"size is {size}; it must lie between 1 and the {len(first)} seeds given")
    lead = np.asarray(first.sum(axis=1) - second.sum(axis=1), dtype=np.int64)
    count = len(lead) // size
    return lead[: count * size].reshape(count, size)


def higher_wins(leads: NDArray[np.int64]) -> Verdicts:
    """The model with the higher mean wins; 0 only for an exact tie. Shape (G, k) to (G,).

    Leads are whole test rows, so a tie is exact and not a matter of rounding.

    >>> higher_wins(np.array([[3, -1], [2, -2], [0, -5]])).tolist()
    [1, 0, -1]
    """
    return np.asarray(np.sign(leads.sum(axis=1)), dtype=np.int64)


def seeds_decide(leads: NDArray[np.int64], *, level: float = 0.95) -> Verdicts:
    """A model wins if the Student interval of its lead over k >= 2 seeds excludes 0.

    >>> seeds_decide(np.array([[3, 4, 5, 4], [9, -8, 7, -6]])).tolist()
    [1, 0]
    """
    return np.array([side(across_seeds(line, level=level).interval) for line in leads])


def rows_decide(
    first: Flags, second: Flags, *, seed: int, n_resamples: int = 1000, level: float = 0.95
) -> Verdicts:
    """One verdict a run: the paired bootstrap of the difference must exclude 0.

    Parameters
    ----------
    first, second : bool, shape (S, N)
        Right or wrong on the same rows, one line a run.
    seed : int
        Run number s is resampled with ``seed + s``.
    n_resamples, level
        As in `lablib.evaluation.bootstrap`.

    Returns
    -------
    int array, shape (S,)
    """
    verdicts = []
    for index, difference in enumerate(first.astype(float) - second):
        estimate = bootstrap(
            np.mean,
            difference,
            seed=seed + index,
            n_resamples=n_resamples,
            level=level,
            vectorized=True,
        )
        verdicts.append(side(estimate.interval))
    return np.array(verdicts)


def side(interval: Interval) -> int:
    """+1 if the whole interval lies above 0, -1 if below, 0 if it holds 0.

    >>> side(Interval(0.1, 0.2)), side(Interval(-0.1, 0.2)), side(Interval(-0.2, -0.1))
    (1, 0, -1)
    """
    return int(interval.low > 0) - int(interval.high < 0)
