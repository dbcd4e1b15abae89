"""The digits of one split, and one private or plain training on them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lablib.data import ImageData
from lablib.privacy.private_sgd.images import linear
from lablib.privacy.private_sgd.training import PrivateConfig, PrivateFit, fit

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Digits:
    """Features `(N, F)` and classes `(N,)` for training, and the same for testing."""

    train: tuple[Tensor, Tensor]
    test: tuple[Tensor, Tensor]


def cut(data: ImageData, features: Tensor, *, seed: int) -> Digits:
    """Both parts of a split, as `ImageData.train_test` makes it.

    Parameters
    ----------
    data
        Gives the classes and the parts.
    features
        `(N, F)`, one row a picture of `data`.
    seed
        Of the split.
    """
    target = torch.from_numpy(data.target)
    train, test = (torch.from_numpy(rows) for rows in data.train_test_rows(seed=seed))
    return Digits((features[train], target[train]), (features[test], target[test]))


def make_rare(train: tuple[Tensor, Tensor], *, digit: int, share: float, seed: int) -> Rows:
    """Rows of a training set in which only `share` of one digit's pictures are left, in order.

    Parameters
    ----------
    train
        Features and classes.
    digit, share
        Which, and how many of its pictures stay, above 0 and up to 1.
    seed
        Of the choice.
    """
    rng = np.random.default_rng(seed)
    classes = train[1].numpy()
    few = rng.permutation(np.flatnonzero(classes == digit))
    kept = few[: max(1, round(share * len(few)))]
    rows: Rows = np.sort(np.concatenate([np.flatnonzero(classes != digit), kept]))
    return rows


def train_linear(train: tuple[Tensor, Tensor], config: PrivateConfig) -> PrivateFit:
    """A linear classifier from zero weights; the seed of `config` decides coins and noise."""
    return fit(linear(train[0].shape[1]), train, config=config)


def plain(config: PrivateConfig, *, learning_rate: float) -> PrivateConfig:
    """The same training over the same batches, with neither clipping nor noise.

    Parameters
    ----------
    config
        A private one.
    learning_rate
        Gradients that are not clipped have another scale, so they need another rate.
    """
    return replace(
        config, noise_multiplier=0.0, max_grad_norm=math.inf, learning_rate=learning_rate
    )


@torch.no_grad()
def hits(model: nn.Module, test: tuple[Tensor, Tensor]) -> NDArray[np.bool_]:
    """Which test pictures get their class, `(N,)`."""
    inputs, target = test
    device = next(model.parameters()).device
    found = torch.cat(
        [model(part.to(device)).argmax(1).cpu() for part in torch.split(inputs, 4096)]
    )
    right: NDArray[np.bool_] = (found == target).numpy()
    return right
