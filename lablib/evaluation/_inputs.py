"""Checks that every metric shares, so that a wrong input fails by its name and not as a number."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def vector(name: str, values: ArrayLike) -> Floats:
    """`values` as a non-empty, finite float array (N,); ValueError names the argument."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} holds values that are not numbers; encode them first") from error
    if array.ndim != 1 or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape}; it must be one non-empty row of numbers, shape (N,)"
        )
    if not np.isfinite(array).all():
        count = int((~np.isfinite(array)).sum())
        raise ValueError(f"{name} holds {count} values that are NaN or infinite; remove them first")
    return array


def labels(name: str, values: ArrayLike) -> Ints:
    """`values` as 0/1 integers (N,); booleans are accepted."""
    array = vector(name, values)
    wrong = sorted(set(np.unique(array)) - {0.0, 1.0})
    if wrong:
        raise ValueError(f"{name} holds {wrong[0]:g}; labels must be 0 or 1, so encode them first")
    return array.astype(np.int64)


def probabilities(name: str, values: ArrayLike) -> Floats:
    """`values` as probabilities of class 1 (N,), each in [0, 1]."""
    array = vector(name, values)
    outside = array[(array < 0) | (array > 1)]
    if outside.size:
        raise ValueError(
            f"{name} holds {outside[0]:g}; probabilities lie in [0, 1], so pass the output of "
            "predict_proba (or apply the sigmoid to a score)"
        )
    return array


def same_length(**arrays: NDArray[Any]) -> int:
    """The common length N of the named arrays; ValueError lists each length."""
    sizes = {name: len(array) for name, array in arrays.items()}
    if len(set(sizes.values())) != 1:
        listed = ", ".join(f"{name} has {size}" for name, size in sizes.items())
        raise ValueError(f"{listed} rows; pass the same rows, in the same order, to each argument")
    return next(iter(sizes.values()))


def confidence_level(level: float) -> float:
    """`level` if it lies strictly between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; it must lie between 0 and 1, for example 0.95")
    return float(level)
