"""How far do methods agree about the same rows of the same model? (Krishna et al., 2024)

Two explanations that disagree cannot both be the reason. Agreement, on the other hand, proves
nothing: two methods may share a mistake, such as a baseline that hides a feature.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lablib.explainability.attribution.sanity import rank_correlation

Floats = NDArray[np.float64]


def top_overlap(first: ArrayLike, second: ArrayLike, *, k: int) -> Floats:
    """Share of the k largest sizes of attributions that two methods have in common, a row (N,).

    1: the same k features; k / F is expected of unrelated orders.

    Parameters
    ----------
    first, second : array_like, shape (N, F)
        Attributions of the same rows.
    k : int
        How many features are compared.

    >>> top_overlap([[5, 0, -4, 1]], [[3, 2, 0, 1]], k=2).tolist()
    [0.5]
    """
    one, two = np.abs(np.asarray(first, float)), np.abs(np.asarray(second, float))
    if one.shape != two.shape or not 1 <= k <= one.shape[1]:
        raise ValueError(
            f"attributions have shapes {one.shape} and {two.shape} and k is {k}; they must be "
            "equal, and k from 1 to the number of features"
        )
    named = [np.argsort(-v, axis=1, kind="stable")[:, :k] for v in (one, two)]
    return np.array([len(set(a) & set(b)) / k for a, b in zip(*named, strict=True)])


def disagreement(
    attributions: Mapping[str, ArrayLike], *, k: int = 3
) -> dict[tuple[str, str], tuple[float, float]]:
    """Mean rank correlation and mean overlap of the k largest, for each pair of methods.

    Parameters
    ----------
    attributions : mapping
        Method to attributions (N, F) of the same rows.
    k : int
        How many features a reader would be told.
    """
    names = list(attributions)
    return {
        (one, two): (
            float(rank_correlation(attributions[one], attributions[two]).mean()),
            float(top_overlap(attributions[one], attributions[two], k=k).mean()),
        )
        for place, one in enumerate(names)
        for two in names[place + 1 :]
    }
