"""Controls: versions that must fail. A result that its control reaches too is not a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.evaluation._inputs import Ints, labels

T = TypeVar("T")


def majority_class(y_train: ArrayLike, n: int) -> Ints:
    """The answer that needs no model: the more frequent training label, `n` times.

    Parameters
    ----------
    y_train : array_like of 0/1, shape (N,)
        Training labels only; the test labels must not choose. A draw gives 0.
    n : int
        Number of test rows.

    >>> majority_class([0, 1, 1], 4).tolist()
    [1, 1, 1, 1]
    """
    if n < 0:
        raise ValueError(f"n is {n}; pass the number of rows to predict, 0 or more")
    share = labels("y_train", y_train).mean()
    return np.full(n, int(share > 0.5), dtype=np.int64)


def shuffled_labels(y: ArrayLike, *, seed: int) -> NDArray[Any]:
    """A random permutation of `y` (N,): same class shares, no link to the features.

    Train on it and score on true labels; what remains above the baseline is leakage or luck
    (the first permutation test of Ojala and Garriga, 2010). `y` itself is not changed.

    >>> sorted(shuffled_labels([0, 0, 1, 1, 1], seed=0).tolist())
    [0, 0, 1, 1, 1]
    """
    return np.random.default_rng(seed).permutation(np.asarray(y))


def same_model_twice(train: Callable[[int], T], *, seed: int) -> tuple[T, T]:
    """Run ``train(seed)`` with two unrelated training seeds derived from `seed`.

    The two differ by luck only, so a comparison that names one the better, more often than its
    level allows, is broken.

    >>> first, second = same_model_twice(lambda s: s, seed=0)
    >>> first != second
    True
    """
    first, second = np.random.SeedSequence(seed).generate_state(2)
    return train(int(first)), train(int(second))
