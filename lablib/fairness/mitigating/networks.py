"""During training: two networks that are asked for more than the right label.

*Regularised*: the loss has strength * gap² added, gap the difference between groups of how many
are decided positive, smoothed. As gap² = max over u of (2 u gap - u²), and gap is a mean over rows,
the loss stays a mean over rows if u is learned uphill beside the weights. That is what lets
micro-batches and processes share a batch: the square of a batch's mean does not add up over parts.
*Adversarial*: u is a network that guesses the group from the score (Zhang et al., 2018), trained
through a reversed gradient (Ganin et al., 2016); their projection is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn
from torch.nn import functional

from lablib.evaluation._inputs import labels, same_length
from lablib.evaluation.groups import group_codes
from lablib.models.mlp import MLP
from lablib.training import FitResult, TrainingConfig, fit, predict

Batch = tuple[Tensor, Tensor, Tensor]
CRITERIA = ("demographic-parity", "equalized-odds")
KINDS = ("regularised", "adversarial")
SHARP = 3.0
"""Slope of the smoothed decision, times that of the probability."""
FAST = 10.0
"""Steps of u are so many times those of a weight, so that it follows the gaps."""


def group_contrasts(y: ArrayLike, groups: ArrayLike, *, criterion: str) -> NDArray[np.float32]:
    """Signs (N, E) whose mean, times a score, is a gap: ``mean(signs * p) = p̄_b - p̄_a``.

    One column compares the second group with the first in the order of their names, over all
    rows for demographic parity, and over the rows of each label for equalised odds.

    Parameters
    ----------
    y : array_like of 0/1, shape (N,)
    groups : array_like, shape (N,)
        Two groups.
    criterion : {"demographic-parity", "equalized-odds"}

    Raises
    ------
    ValueError
        If a label is not 0 or 1, groups are not two, or the criterion is unknown.

    >>> group_contrasts([0, 1, 0, 1], list("aabb"), criterion="demographic-parity").T.tolist()
    [[-2.0, -2.0, 2.0, 2.0]]
    """
    names, code = group_codes(groups)
    label = labels("y", y)
    same_length(y=label, groups=code)
    if criterion not in CRITERIA or len(names) != 2:
        raise ValueError(
            f"criterion={criterion!r} with groups {', '.join(names)}: give one of "
            f"{', '.join(CRITERIA)}, and two groups"
        )
    events = [np.ones(len(label), bool)]
    if criterion == CRITERIA[1]:
        events = [label == 0, label == 1]
    columns = []
    for event in events:
        first, second = event & (code == 0), event & (code == 1)
        column = second * (len(label) / second.sum()) - first * (len(label) / first.sum())
        columns.append(column)
    return np.stack(columns, axis=1).astype(np.float32)


def smooth_decision(logits: Tensor) -> Tensor:
    """Between 0 and 1, steeper than the probability, so that its mean is near the selection rate.

    Groups can have equal mean probabilities and unequal shares above one half.
    """
    return torch.sigmoid(SHARP * logits)


class _Reverse(torch.autograd.Function):
    """The identity, whose gradient points uphill."""

    @staticmethod
    def forward(_: Any, value: Tensor) -> Tensor:
        return value.view_as(value)

    @staticmethod
    def backward(_: Any, *gradients: Tensor) -> Tensor:
        return -gradients[0]


def reverse(value: Tensor) -> Tensor:
    """`value` forwards, minus the gradient backwards."""
    return _Reverse.apply(value)  # type: ignore[no-any-return, no-untyped-call]


class Regularised(nn.Module):
    """A predictor, and the numbers u = FAST * v that follow its gaps.

    `forward(x)` returns logits (B, 1) and u (E,), the latter with its gradient reversed: what
    lowers the loss for the weights raises it for u.
    """

    def __init__(self, predictor: nn.Module, *, gaps: int) -> None:
        super().__init__()
        self.predictor = predictor
        self.v = nn.Parameter(torch.zeros(gaps))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, 1), and u (E,)."""
        return self.predictor(x), reverse(FAST * self.v)


class Adversarial(nn.Module):
    """A predictor, and an adversary that guesses the group from its score.

    `forward(x, labels)` returns logits (B, 1) and the adversary's logits (B, 1). The adversary
    sees the label too if `with_label`: then only what the score tells beyond it is punished,
    which aims at equalised odds.
    """

    def __init__(self, predictor: nn.Module, adversary: nn.Module, *, with_label: bool) -> None:
        super().__init__()
        self.predictor, self.adversary, self.with_label = predictor, adversary, with_label

    def forward(self, x: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (B, 1) of the label, and (B, 1) of the group."""
        logits = self.predictor(x)
        score = reverse(logits)
        seen = torch.cat([score, score * labels, labels], 1) if self.with_label else score
        return logits, self.adversary(seen)


def regularised_loss(strength: float) -> Any:
    """Loss for `fit`: cross-entropy + strength * sum over gaps of (2 u gap - u²)."""

    def loss(model: nn.Module, batch: Batch) -> Tensor:
        x, y, signs = batch  # (B, F), (B, 1), (B, E)
        logits, u = model(x)
        gap = (signs * smooth_decision(logits)).mean(0)  # (E,), a mean over rows
        penalty: Tensor = (2 * u * gap - u.square()).sum()
        return functional.binary_cross_entropy_with_logits(logits, y) + strength * penalty

    return loss


def squared_gap_loss(strength: float) -> Any:
    """The tempting wrong form: strength * gap² of each micro-batch, which does not add up."""

    def loss(model: nn.Module, batch: Batch) -> Tensor:
        x, y, signs = batch
        logits, _ = model(x)
        gap = (signs * smooth_decision(logits)).mean(0)
        cross_entropy = functional.binary_cross_entropy_with_logits(logits, y)
        return cross_entropy + strength * gap.square().sum()

    return loss


def adversarial_loss(strength: float) -> Any:
    """Loss for `fit`: cross-entropy, and the adversary's with the predictor's gradient reversed.

    The reversal turns the sign for the predictor alone, since it stands before the adversary.
    """

    def loss(model: nn.Module, batch: Batch) -> Tensor:
        x, y, signs = batch
        logits, guess = model(x, y)
        member = (signs.sum(1, keepdim=True) > 0).to(guess.dtype)
        asked = functional.binary_cross_entropy_with_logits(guess, member)
        return functional.binary_cross_entropy_with_logits(logits, y) + strength * asked

    return loss


def fit_network(
    x: NDArray[np.float64],
    y: ArrayLike,
    groups: ArrayLike,
    *,
    kind: str,
    criterion: str,
    strength: float,
    config: TrainingConfig,
    hidden: Sequence[int] = (32,),
) -> FitResult:
    """Train a fair network; `scores` reads the result.

    Parameters
    ----------
    x, y, groups
        Features (N, F), labels 0/1 (N,) and two groups (N,) of the training rows.
    kind : {"regularised", "adversarial"}
    criterion : {"demographic-parity", "equalized-odds"}
        Which gap is punished.
    strength : float
        Weight of the punishment; 0 trains for the label alone.
    config, hidden
        As for `fit` and `MLP`; `config.seed` also draws the initial weights.
    """
    if kind not in KINDS or strength < 0:
        raise ValueError(
            f"kind={kind!r}, strength={strength}: use one of {', '.join(KINDS)}, at least 0"
        )
    signs = group_contrasts(y, groups, criterion=criterion)
    label = labels("y", y).astype(np.float32)[:, None]
    same_length(x=x, y=label)
    data = tuple(torch.from_numpy(part) for part in (x.astype(np.float32), label, signs))
    predictor = MLP(x.shape[1], hidden=hidden, seed=config.seed)
    if kind == "regularised":
        model: nn.Module = Regularised(predictor, gaps=signs.shape[1])
        return fit(model, data, loss=regularised_loss(strength), config=config)
    odds = criterion == CRITERIA[1]
    adversary = MLP(3 if odds else 1, hidden=(16,), seed=config.seed + 1)
    model = Adversarial(predictor, adversary, with_label=odds)
    return fit(model, data, loss=adversarial_loss(strength), config=config)


def scores(result: FitResult, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities (N,) of class 1 from the predictor of a fitted network."""
    predictor = result.model.predictor
    assert isinstance(predictor, nn.Module)
    logits = predict(predictor, torch.from_numpy(x.astype(np.float32)))
    return np.asarray(torch.sigmoid(logits)[:, 0], dtype=np.float64)
