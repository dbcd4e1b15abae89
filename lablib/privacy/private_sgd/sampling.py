"""Poisson sampling: each example is in a batch by its own coin, so batches differ in size.

Accountants rely on it: not knowing whether an example was in a batch hides it. A shuffled pass
through batches of one size is another mechanism, with less privacy at the same noise (Chua et al.,
2024).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor


def poisson_batches(n: int, *, rate: float, steps: int, seed: int | None) -> Iterator[Tensor]:
    """Yield the rows of each batch, in increasing order; some batches may be empty.

    Parameters
    ----------
    n
        Examples in all.
    rate
        Probability of each example to be in a batch, above 0 and at most 1.
    steps
        Batches.
    seed
        Of the coins; None draws one from the system's entropy. Torch's generator is not
        cryptographic: who must defend against an opponent who predicts it needs another one.

    Examples
    --------
    >>> [len(rows) for rows in poisson_batches(100, rate=0.1, steps=6, seed=0)]
    [9, 14, 8, 7, 12, 11]
    """
    if n < 1 or not 0 < rate <= 1 or steps < 1:
        raise ValueError(
            f"n={n}, rate={rate}, steps={steps}: n and steps must be at least 1 and the rate above "
            "0 and at most 1"
        )
    coins = torch.Generator()
    if seed is None:
        coins.seed()
    else:
        coins.manual_seed(seed)
    for _ in range(steps):
        yield torch.nonzero(torch.rand(n, generator=coins) < rate)[:, 0]


def fixed_batches(n: int, *, rate: float, steps: int) -> Iterator[Tensor]:
    """Yield batches of one size in the order of the data: NOT what accountants assume.

    Parameters
    ----------
    n, rate, steps
        As for `poisson_batches`; a batch has `round(rate * n)` rows.
    """
    size = max(1, round(rate * n))
    starts = range(0, n - size + 1, size)
    for step in range(steps):
        start = starts[step % len(starts)]
        yield torch.arange(start, start + size)
