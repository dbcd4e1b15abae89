"""Does the model do what the attribution says? Take features away in its order, and look.

Deletion and insertion (Petsiuk et al., 2018; Samek et al., 2017), comprehensiveness and
sufficiency (DeYoung et al., 2020). None of these numbers means anything alone: the same numbers of
random attributions belong beside them. Removing a feature makes rows that may not exist, so a
faithful *score* is evidence about the model on such rows too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from lablib.explainability.attribution.methods import attribute, game, score_function

Floats = NDArray[np.float64]
FRACTIONS = (0.1, 0.2, 0.5)


@dataclass(frozen=True)
class Curves:
    """Scores while features go and while they come, most important first.

    `deletion` and `insertion` have shape (N, G + 1). Column k of `deletion` is the score without
    the first k features, of `insertion` that with only these. Both are turned, so that the score
    f(x) never lies below that of the baseline.
    """

    deletion: Floats
    insertion: Floats

    @property
    def change(self) -> Floats:
        """f(x) - f(baseline) after turning, a row (N,), at least 0."""
        return self.deletion[:, 0] - self.deletion[:, -1]

    @property
    def gap(self) -> Floats:
        """Mean of insertion minus deletion over the steps, a row (N,).

        0 is expected of a random order, since walked backwards it is as likely and exchanges the
        curves. `change` (1 - 1/(G + 1)) is reached if the first feature carries all of the change;
        negative means that what the explanation calls important matters less than the rest.
        """
        return np.asarray((self.insertion - self.deletion).mean(1))

    def comprehensiveness(self, fractions: Sequence[float] = FRACTIONS) -> Floats:
        """Mean fall of the score when the first share of features is taken away, a row (N,)."""
        fall = [self.deletion[:, 0] - self.deletion[:, self._count(f)] for f in fractions]
        return np.asarray(np.mean(fall, axis=0))

    def sufficiency(self, fractions: Sequence[float] = FRACTIONS) -> Floats:
        """Mean fall of the score when only the first share is left, a row (N,); low is good."""
        fall = [self.deletion[:, 0] - self.insertion[:, self._count(f)] for f in fractions]
        return np.asarray(np.mean(fall, axis=0))

    def _count(self, fraction: float) -> int:
        features = int(self.deletion.shape[1]) - 1
        return int(min(features, max(1, round(fraction * features))))


def removal_curves(
    model: Any,
    inputs: ArrayLike | Tensor,
    values: ArrayLike,
    *,
    baselines: ArrayLike | Tensor,
    target: int | None = None,
    groups: ArrayLike | Tensor | None = None,
) -> Curves:
    """Follow the score of each row while features are removed and inserted.

    Parameters
    ----------
    model, inputs, baselines, target, groups
        As for `attribution.attribute`.
    values : array_like, shape (N, G) or that of the inputs
        Attributions with their sign: of rows below their baseline, the most negative come first.
        Absolute values would mix what speaks for the score with what speaks against it.

    Raises
    ------
    ValueError
        If there is not one attribution a feature.

    >>> line = lambda z: z @ torch.tensor([2.0, 1.0])
    >>> found = removal_curves(line, [[1.0, 1.0]], [[2, 1]], baselines=[[0.0, 0.0]])
    >>> found.deletion.tolist(), found.insertion.tolist(), found.gap.tolist()
    ([[3.0, 1.0, 0.0]], [[0.0, 2.0, 3.0]], [0.3333333333333333])
    """
    rows, base = torch.as_tensor(inputs), torch.as_tensor(baselines)
    own = torch.arange(rows[0].numel()).reshape(rows.shape[1:]) if groups is None else groups
    own = torch.as_tensor(own)
    count = int(own.max()) + 1
    claims = np.asarray(values, dtype=np.float64).reshape(len(rows), -1)
    if claims.shape[1] != count:
        raise ValueError(
            f"values has {claims.shape[1]} attributions a row for {count} features; give one each"
        )
    function = score_function(model, target)
    steps = np.arange(count + 1)[:, None]
    deletion, insertion = np.empty((2, len(rows), count + 1))
    for number, (row, claim) in enumerate(zip(rows, claims, strict=True)):
        play = game(function, row, base, own)
        ends = play(np.array([np.ones(count), np.zeros(count)]))
        sign = 1.0 if ends[0] >= ends[1] else -1.0
        place = np.argsort(np.argsort(-sign * claim, kind="stable"))  # 0: named first
        present = np.concatenate([place >= steps, place < steps]).astype(float)  # (2(G+1), G)
        curves = sign * play(present).reshape(2, count + 1)
        deletion[number], insertion[number] = curves
    return Curves(deletion, insertion)


def random_curves(
    model: Any,
    inputs: ArrayLike | Tensor,
    *,
    baselines: ArrayLike | Tensor,
    target: int | None = None,
    groups: ArrayLike | Tensor | None = None,
    draws: int = 5,
    seed: int = 0,
) -> Curves:
    """The control: mean curves of `draws` random attributions a row, from `seed`.

    Parameters
    ----------
    model, inputs, baselines, target, groups
        As for `removal_curves`.
    draws, seed : int
        Random orders a row, and where they start.
    """
    found = []
    for draw in range(draws):
        claim = attribute(
            model, inputs, baselines=baselines, target=target, method="random", groups=groups,
            seed=seed * draws + draw,
        )  # fmt: skip
        found.append(
            removal_curves(
                model, inputs, claim.values, baselines=baselines, target=target, groups=groups
            )
        )
    return Curves(
        np.mean([one.deletion for one in found], axis=0),
        np.mean([one.insertion for one in found], axis=0),
    )
