"""Digits as tensors, the two networks that learn them, and one call that trains either."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from lablib.data.image import ImageData
from lablib.models.mlp import MLP
from lablib.training import FitResult, TrainingConfig, fit
from lablib.training.gradient import Loss

Kind = Literal["mlp", "cnn"]


@dataclass(frozen=True, eq=False)
class DigitSplit:
    """Training and test pictures `(N, 1, H, W)` from 0 to 1, each with classes `(N,)`."""

    train: tuple[Tensor, Tensor]
    test: tuple[Tensor, Tensor]

    def attacked(self, count: int | None) -> tuple[Tensor, Tensor]:
        """The first test pictures; all of them for None."""
        images, target = self.test
        return images[:count], target[:count]


def cut(data: ImageData, *, seed: int) -> DigitSplit:
    """The published parts where the data have them, else a fifth drawn as the test part.

    Parameters
    ----------
    data, seed
        Pictures, and the seed of the drawing or the order.
    """
    parts = data.train_test(seed=seed)
    tensors = [(torch.from_numpy(p.images), torch.from_numpy(p.target)) for p in parts]
    return DigitSplit(*tensors)


def network(kind: Kind, *, width: int = 128, seed: int) -> nn.Module:
    """A classifier of 28 x 28 digits with new weights: logits `(B, 10)`.

    Parameters
    ----------
    kind
        `"mlp"`, two hidden layers, for a processor and a minute; or `"cnn"`, two convolutions in
        steps of two and a hidden layer, for an hour (the shape of Wong et al., 2020).
    width
        Of the hidden layers of either.
    seed
        Of the initial weights.
    """
    if kind == "mlp":
        mlp = MLP(784, hidden=(width, width), out_features=10, seed=seed)
        return nn.Sequential(nn.Flatten(), mlp)  # (B, 1, 28, 28) -> (B, 784) -> (B, 10)
    if kind != "cnn":
        raise ValueError(f"kind={kind!r} is not known; use 'mlp' or 'cnn'")
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(1, 16, 4, stride=2, padding=1), nn.ReLU(),  # (B, 16, 14, 14)
            nn.Conv2d(16, 32, 4, stride=2, padding=1), nn.ReLU(),  # (B, 32, 7, 7)
            nn.Flatten(), nn.Linear(1568, width), nn.ReLU(), nn.Linear(width, 10),
        )  # fmt: skip


def trained(
    model: nn.Module,
    train: tuple[Tensor, Tensor],
    *,
    loss: Loss,
    config: TrainingConfig,
    held: int = 0,
) -> FitResult:
    """Train a network, watching the last `held` training pictures (0: watching none).

    Parameters
    ----------
    model, train, loss, config
        As for `fit`.
    held
        Pictures kept out of training, whose loss is written to the history.
    """
    images, target = train
    if not held:
        return fit(model, train, loss=loss, config=config)
    return fit(
        model,
        (images[:-held], target[:-held]),
        loss=loss,
        config=config,
        validation=(images[-held:], target[-held:]),
    )
