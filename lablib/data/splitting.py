"""Cutting rows into three parts: stratified by class, and never through a group of rows.

A group is a set of rows that must stay together, such as copies of one text or all texts of one
author. What is in two parts at once is a leak, so groups come before exact shares.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

D = TypeVar("D")


@dataclass(frozen=True, eq=False)
class Splits(Generic[D]):
    """Three disjoint parts: fit on `train`, choose on `validation`, report on `test`."""

    train: D
    validation: D
    test: D


def stratified_rows(
    target: ArrayLike,
    *,
    seed: int,
    sizes: Sequence[float] = (0.6, 0.2, 0.2),
    groups: ArrayLike | None = None,
    name: str = "target",
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Row numbers of three parts, at random within each class.

    Every row is in exactly one part, in random order. Without groups each part has the class
    shares of the whole up to rounding. With groups, those of several rows are placed first, large
    ones before small ones, each where the largest share of rows of its classes is still wanted;
    then single rows fill up.

    Parameters
    ----------
    target : (N,) class of each row.
    seed : whole number, 0 or more; the same seed gives the same parts on every machine (PCG64).
    sizes : shares of the three parts; positive, summing to 1.
    groups : (N,) label of each row's group, or None when every row is its own group.
    name : how messages call the target.

    Raises
    ------
    ValueError
        `seed`, `sizes` or `groups` is invalid, or a class has too few rows to be in every part.

    Examples
    --------
    >>> stratified_rows([0, 1] * 5, seed=0, sizes=(0.6, 0.2, 0.2))[2].tolist()
    [2, 7]
    >>> together = stratified_rows([0] * 6, seed=0, groups=[7, 7, 7, 1, 2, 3])
    >>> sorted(together[0].tolist())[:3]
    [0, 1, 2]
    """
    import numpy as np

    shares = valid_sizes(sizes)
    rng = np.random.Generator(np.random.PCG64(valid_seed(seed)))
    classes = np.asarray(target)
    wanted = {label: allocate(int((classes == label).sum()), shares) for label in _values(classes)}
    for label, counts in wanted.items():
        if min(counts) == 0:
            raise ValueError(
                f"sizes={tuple(sizes)!r} leaves a part without rows of {name} = "
                f"{label} ({sum(counts)} rows); use larger shares or more rows."
            )
    parts: list[list[NDArray[np.int64]]] = [[], [], []]
    single = np.ones(len(classes), dtype=bool)
    if groups is not None:
        for part, rows in _place_groups(classes, np.asarray(groups), wanted, rng):
            single[rows] = False
            parts[part].append(rows)
    for label, counts in wanted.items():
        members = rng.permutation(np.flatnonzero(single & (classes == label)))
        cuts = np.cumsum(_fill(len(members), counts))[:-1]
        for found, rows in zip(parts, np.split(members, cuts), strict=True):
            found.append(rows)
    if min(sum(map(len, part)) for part in parts) == 0:
        raise ValueError(
            f"groups leave a part without rows: a group is too large for sizes={tuple(sizes)!r}; "
            "use finer groups or other shares."
        )
    first, second, third = (rng.permutation(np.concatenate(part)) for part in parts)
    return first, second, third


def _values(target: NDArray[Any]) -> list[Any]:
    import numpy as np

    return list(np.unique(target).tolist())


def _place_groups(
    classes: NDArray[Any],
    groups: NDArray[Any],
    wanted: dict[Any, list[int]],
    rng: np.random.Generator,
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield (part, rows) for each group of two or more rows, and count them off in `wanted`."""
    if groups.shape != classes.shape:
        raise ValueError(
            f"groups has shape {groups.shape}; it must have one label a row, {classes.shape}."
        )
    full = {label: list(counts) for label, counts in wanted.items()}
    for rows in _large_groups(groups, rng):
        members = classes[rows].tolist()
        room = [sum(wanted[m][part] / full[m][part] for m in members) for part in range(3)]
        best = room.index(max(room))
        for member in members:
            wanted[member][best] -= 1
        yield best, rows


def _large_groups(labels: NDArray[Any], rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Rows of each group of two or more, largest first, ties in random order."""
    import numpy as np

    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    rows = np.argsort(codes, kind="stable").astype(np.int64)
    members = np.split(rows, np.cumsum(counts)[:-1])
    large = [members[i] for i in rng.permutation(len(counts)) if counts[i] > 1]
    return sorted(large, key=len, reverse=True)


def _fill(n: int, room: Sequence[int]) -> list[int]:
    """How many of `n` single rows go to each part: its room, overfull parts getting none."""
    counts = [max(0, r) for r in room]
    while sum(counts) > n:  # groups overfilled one part, so the others go short
        counts[counts.index(max(counts))] -= 1
    return counts


def valid_seed(seed: int) -> int:
    """The seed as an int.

    Raises
    ------
    ValueError
        It is not a whole number of 0 or more.
    """
    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if number < 0 or isinstance(seed, bool):
        raise ValueError(f"seed={seed!r} must be a whole number, 0 or more; try seed=0.")
    return number


def valid_sizes(sizes: Sequence[float]) -> tuple[float, ...]:
    """The shares of the three parts as floats.

    Raises
    ------
    ValueError
        They are not three positive numbers that sum to 1.
    """
    rule = "must be three positive shares that sum to 1, such as (0.6, 0.2, 0.2)"
    try:
        shares = tuple(float(share) for share in sizes)
    except (TypeError, ValueError):
        raise ValueError(f"sizes={sizes!r} {rule}.") from None
    if len(shares) != 3 or not all(s > 0 for s in shares) or not abs(sum(shares) - 1) < 1e-9:
        raise ValueError(f"sizes={sizes!r} {rule}.")
    return shares


def allocate(n: int, shares: Sequence[float]) -> list[int]:
    """Whole numbers that sum to `n`, by largest remainder (ties: the earlier part).

    >>> allocate(5, (0.6, 0.2, 0.2)), allocate(6, (0.6, 0.2, 0.2))
    ([3, 1, 1], [4, 1, 1])
    """
    exact = [round(share * n, 9) for share in shares]
    counts = [int(value) for value in exact]
    by_remainder = sorted(range(len(counts)), key=lambda i: counts[i] - exact[i])
    for i in by_remainder[: n - sum(counts)]:
        counts[i] += 1
    return counts
