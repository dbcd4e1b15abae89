"""Checks that the methods share, so that a wrong input fails by its name and not as a number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def scores(values: ArrayLike) -> Floats:
    """One score a person, shape (N,); ValueError for other shapes and for NaN.

    NaN is above no threshold, so a person without a score would be decided against unseen.
    """
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError("scores holds values that are not numbers; encode them first") from error
    if array.ndim != 1:
        raise ValueError(
            f"scores has shape {array.shape}; give one number a person, shape (N,), such as column "
            "1 of predict_proba"
        )
    if missing := int(np.isnan(array).sum()):
        raise ValueError(
            f"scores holds {missing} values that are NaN, which no threshold can decide on; leave "
            "these people out, or decide on them in another way"
        )
    return array


def largest_gaps(name: str, values: Sequence[float]) -> tuple[float, ...]:
    """`values` as gaps that a method may leave, at least one and each from 0 to 1."""
    found = tuple(values)
    if not found:
        raise ValueError(f"{name} is empty; give at least one gap from 0 to 1")
    for value in found:
        if not 0 <= value <= 1:
            raise ValueError(f"{name} has {value}; give a gap from 0 (parity) to 1 (no limit)")
    return found
