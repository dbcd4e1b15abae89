"""What would have to be different for another answer: recourse, and how little flips a decision.

A counterfactual (Wachter et al., 2018) is only useful to a person if it is *valid* (the model then
decides otherwise), *near*, and *plausible* (such people exist). An adversarial example is valid and
nearer still, and of no use to anyone: the measures here tell the two apart (Karimi et al., 2022).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.neighbors import NearestNeighbors
from torch import Tensor

Floats = NDArray[np.float64]
Score = Callable[[Floats], NDArray[np.floating]]  # rows (M, F) to scores (M,)
Distance = Callable[[Floats, Floats], Floats]  # two arrays (..., F) that broadcast, to (...)


@dataclass(frozen=True)
class Recourse:
    """Changed rows (N, F); for each row whether it is `valid`, features changed, and distance.

    `distance` is the sum of absolute changes, in the units of the features, if no other measure was
    given. All are (N,).
    """

    rows: Floats
    valid: NDArray[np.bool_]
    changed: NDArray[np.int64]
    distance: Floats


def measure(
    score: Score,
    inputs: ArrayLike,
    rows: ArrayLike,
    *,
    threshold: float,
    distance: Distance | None = None,
) -> Recourse:
    """Judge proposed changes: valid if the score falls below `threshold`.

    Parameters
    ----------
    score : callable
        Rows (M, F) to scores (M,); high is refused.
    inputs, rows : array_like, shape (N, F)
        Before and after the change.
    threshold : float
        Scores below it are accepted.
    distance : callable, optional
        Of rows whose features have no common unit, such as amounts and classes.

    >>> found = measure(lambda z: z.sum(1), [[2.0, 1.0]], [[0.0, 1.0]], threshold=2)
    >>> found.valid.tolist(), found.changed.tolist(), found.distance.tolist()
    ([True], [1], [2.0])
    """
    before, after = np.asarray(inputs, dtype=np.float64), np.asarray(rows, dtype=np.float64)
    if before.shape != after.shape:
        raise ValueError(f"inputs {before.shape} and rows {after.shape} must have the same shape")
    step = np.abs(after - before)
    valid = np.asarray(score(after)) < threshold
    far = step.sum(1) if distance is None else distance(before, after)
    return Recourse(after, valid, (step > 0).sum(1), far)


def from_accepted(
    score: Score,
    inputs: ArrayLike,
    accepted: ArrayLike,
    *,
    threshold: float,
    actionable: Sequence[int],
    donors: int = 10,
    distance: Distance | None = None,
) -> Recourse:
    """Change as few features as needed to values of a similar person who was accepted.

    For each of the nearest accepted rows, features are copied one by one, each time the one that
    lowers the score most, until it is below the threshold. The answer with the fewest changes
    wins, then the nearest. Rows for which no donor suffices keep all changes of the best try.

    Parameters
    ----------
    score : callable
        Rows (M, F) to scores (M,); high is refused.
    inputs : array_like, shape (N, F)
        Refused rows, in units in which distances make sense.
    accepted : array_like, shape (A, F)
        Real rows to take values from.
    threshold : float
        Scores below it are accepted.
    actionable : sequence of int
        Columns that may change.
    donors : int
        Accepted rows tried for each refused one.
    distance : callable, optional
        Which rows are near; by default Euclid's distance, and absolute changes between answers.
    """
    before, pool = np.asarray(inputs, dtype=np.float64), np.asarray(accepted, dtype=np.float64)
    if not len(pool) or not len(actionable) or donors < 1:
        raise ValueError(
            f"accepted has {len(pool)} rows, actionable {len(actionable)} columns, donors is "
            f"{donors}; each must be at least 1"
        )
    _, choices = _nearest(before, pool, min(donors, len(pool)), distance)
    apart = distance or (lambda one, other: np.abs(one - other).sum(-1))
    after = np.empty_like(before)
    for number, (row, chosen) in enumerate(zip(before, choices, strict=True)):
        tries = [_copied(score, row, pool[donor], threshold, actionable) for donor in chosen]
        after[number] = min(tries, key=lambda t: (t[1], t[2], apart(t[0], row)))[0]
    return measure(score, before, after, threshold=threshold, distance=distance)


def _nearest(
    rows: Floats, pool: Floats, count: int, distance: Distance | None
) -> tuple[Floats, NDArray[np.int64]]:
    """Distances (N, count) to the nearest rows of the pool and their numbers, nearest first."""
    if distance is None:
        found = NearestNeighbors(n_neighbors=count).fit(pool).kneighbors(rows)
        return np.asarray(found[0]), np.asarray(found[1])
    far = np.stack([distance(row, pool) for row in rows])  # (N, A)
    order = np.argsort(far, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(far, order, axis=1), order


def _copied(
    score: Score, row: Floats, donor: Floats, threshold: float, actionable: Sequence[int]
) -> tuple[Floats, bool, int]:
    """Copy the best next feature until accepted; the row, whether it failed, and the changes."""
    current, left = row.copy(), [c for c in actionable if row[c] != donor[c]]
    changes = 0
    while left and score(current[None])[0] >= threshold:
        trial = np.tile(current, (len(left), 1))
        trial[np.arange(len(left)), left] = donor[left]
        best = left[int(np.argmin(score(trial)))]
        current[best] = donor[best]
        left.remove(best)
        changes += 1
    return current, bool(score(current[None])[0] >= threshold), changes


def along_gradient(
    function: Callable[[Tensor], Tensor],
    inputs: Tensor,
    *,
    threshold: float,
    actionable: Sequence[int],
    step: float = 0.05,
    most: int = 200,
) -> Recourse:
    """Walk down the score's gradient in the actionable features until each row is accepted.

    Near and valid for the model at hand, with values that nobody need have.

    Parameters
    ----------
    function : callable
        Differentiable scores (M,) of rows (M, F).
    inputs : Tensor, shape (N, F)
        Refused rows.
    threshold, actionable
        As for `from_accepted`.
    step : float
        Length of a step in the units of the features.
    most : int
        Steps after which a row is given up.
    """
    allowed = torch.zeros(inputs.shape[1], dtype=inputs.dtype)
    allowed[list(actionable)] = 1
    rows = inputs.detach().clone()
    for _ in range(most):
        rows.requires_grad_()
        scores = function(rows)
        refused = scores.detach() >= threshold
        (slope,) = torch.autograd.grad(scores.sum(), rows)
        if not refused.any():
            break
        slope = slope * allowed
        slope = slope / slope.norm(dim=1, keepdim=True).clamp_min(1e-12)
        rows = (rows - step * slope * refused[:, None]).detach()
    score = _scores(function, inputs.dtype)
    return measure(score, inputs.numpy(), rows.detach().numpy(), threshold=threshold)


def flip_radius(
    function: Callable[[Tensor], Tensor],
    inputs: Tensor,
    directions: Tensor,
    *,
    threshold: float,
    largest: float = 2.0,
    points: int = 81,
) -> Floats:
    """Smallest multiple of `directions` at which the decision flips, a row (N,); inf for none.

    With the sign of the gradient as direction, and every feature changed by at most the radius,
    this is the fast gradient sign attack (Goodfellow et al., 2015) at its smallest strength: an
    upper bound on the distance to the boundary. Random signs are the control.

    Parameters
    ----------
    function, inputs, threshold
        As for `along_gradient`; here rows may stand on either side.
    directions : Tensor, shape (N, F)
        Entries -1, 0 or 1.
    largest, points
        The grid of radii that is searched.
    """
    radii = torch.linspace(0, largest, points, dtype=inputs.dtype)
    with torch.no_grad():
        moved = inputs[:, None] + radii[:, None] * directions[:, None]  # (N, points, F)
        above = function(moved.flatten(0, 1)).reshape(len(inputs), points) >= threshold
    flipped = above != above[:, :1]
    first = flipped.double().argmax(1)
    return np.where(flipped.any(1).numpy(), radii[first].double().numpy(), np.inf)


def attack_directions(
    function: Callable[[Tensor], Tensor], inputs: Tensor, *, threshold: float
) -> Tensor:
    """Sign of the gradient, turned towards the threshold: down for refused rows, up for others.

    Parameters
    ----------
    function : callable
        Differentiable scores (M,) of rows (M, F).
    inputs : Tensor, shape (N, F)
        Rows on either side of `threshold`.
    """
    rows = inputs.detach().clone().requires_grad_()
    scores = function(rows)
    (slope,) = torch.autograd.grad(scores.sum(), rows)
    return torch.where((scores.detach() >= threshold)[:, None], -slope.sign(), slope.sign())


def plausible(
    rows: ArrayLike,
    real: ArrayLike,
    fresh: ArrayLike,
    *,
    level: float = 0.95,
    distance: Distance | None = None,
) -> Floats:
    """Whether each row lies as near to a real row as `level` of fresh real rows do, (N,) of 0/1.

    Parameters
    ----------
    rows : array_like, shape (N, F)
        Counterfactuals to judge.
    real, fresh : array_like, shape (A, F) and (B, F)
        Real rows to lie near to, and other real rows that say what near means. A share of `level`
        of fresh rows is plausible by construction.
    distance : callable, optional
        Which rows are near; by default Euclid's distance.
    """
    asked, known, others = (np.asarray(part, dtype=np.float64) for part in (rows, real, fresh))
    usual = np.quantile(_nearest(others, known, 1, distance)[0][:, 0], level)
    return np.asarray(_nearest(asked, known, 1, distance)[0][:, 0] <= usual, dtype=np.float64)


def occurring(rows: ArrayLike, real: ArrayLike, *, tolerance: float = 1e-4) -> Floats:
    """Whether every value of a row occurs in that column of the real rows, (N,) of 0/1.

    For columns with few possible values, such as whole months: half a month late is nobody.

    Parameters
    ----------
    rows, real : array_like, shape (N, F) and (A, F)
    tolerance : float
        Values nearer than this are the same.

    >>> occurring([[1.0], [1.5]], [[1.0], [2.0]]).tolist()
    [1.0, 0.0]
    """
    asked, known = np.asarray(rows, dtype=np.float64), np.asarray(real, dtype=np.float64)
    found = np.ones(len(asked), dtype=bool)
    for column in range(asked.shape[1]):
        values = np.unique(known[:, column])
        right = np.searchsorted(values, asked[:, column]).clip(1, max(1, len(values) - 1))
        near = values[np.stack([right - 1, right.clip(max=len(values) - 1)])]
        found &= (np.abs(near - asked[:, column]) <= tolerance).any(0)
    return found.astype(float)


def _scores(function: Callable[[Tensor], Tensor], dtype: torch.dtype) -> Score:
    def score(rows: Floats) -> NDArray[np.floating]:
        with torch.no_grad():
            return np.asarray(function(torch.as_tensor(rows, dtype=dtype)).numpy())

    return score
