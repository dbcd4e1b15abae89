"""DP-SGD as a loop: sample, clip each, add up, add noise, divide by the expected size, step.

With no noise and an infinite clipping norm it is plain SGD over the same batches, so that private
and plain trainings differ in nothing else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from lablib.privacy.accounting import Guarantee, account
from lablib.privacy.private_sgd.clipping import (
    Batch,
    Losses,
    class_losses,
    refuse_mixing,
    trained,
)
from lablib.privacy.private_sgd.one_pass import OnePass
from lablib.privacy.private_sgd.sampling import poisson_batches
from lablib.training.config import DeviceName
from lablib.training.device import choose_device

Optimizer = Literal["sgd", "adam"]


@dataclass(frozen=True, kw_only=True)
class PrivateConfig:
    """How to train; `noise_multiplier=0, max_grad_norm=math.inf` is plain SGD.

    Attributes
    ----------
    steps, sampling_rate : as for `poisson_batches`.
    noise_multiplier : standard deviation of the noise in units of `max_grad_norm`.
    max_grad_norm : C, the longest that one example's gradient may be.
    learning_rate, momentum : momentum is of SGD only.
    optimizer : what receives the noisy gradient; it costs no privacy, since it sees nothing else.
    delta : of the guarantee.
    seed : of the coins and of the noise. Whoever knows it can draw the same noise, take it off, and
        epsilon promises nothing: never publish the seed of a model that is to protect somebody.
        None draws a new one from the system's entropy, which is kept nowhere.
    device : as for `lablib.training`.
    physical_batch : most examples computed at once; larger batches are added up in parts.
    """

    steps: int
    sampling_rate: float
    noise_multiplier: float
    max_grad_norm: float
    learning_rate: float
    momentum: float = 0.9
    optimizer: Optimizer = "sgd"
    delta: float = 1e-5
    seed: int | None = 0
    device: DeviceName = "auto"
    physical_batch: int | None = None

    @property
    def spread(self) -> float:
        """Standard deviation of the noise on each number of the clipped sum."""
        return self.noise_multiplier * self.max_grad_norm if self.noise_multiplier else 0.0

    def __post_init__(self) -> None:
        if not self.max_grad_norm > 0 or not 0 <= self.noise_multiplier < math.inf:
            raise ValueError(
                f"max_grad_norm={self.max_grad_norm} must be above 0, noise_multiplier="
                f"{self.noise_multiplier} not negative and finite"
            )
        if self.optimizer not in get_args(Optimizer):
            raise ValueError(
                f"optimizer={self.optimizer!r} must be one of {', '.join(get_args(Optimizer))}"
            )
        if math.isinf(self.max_grad_norm) and self.noise_multiplier:
            raise ValueError("noise without a clipping norm protects nobody; set max_grad_norm")


@dataclass(frozen=True)
class PrivateFit:
    """A trained model and what may be claimed of it.

    Attributes
    ----------
    model : the model that was passed, on the device it was trained on.
    guarantee : with the accountant `"prv"`; epsilon is infinite for plain SGD.
    batch_sizes : of every step; they vary, as Poisson sampling makes them.
    clipped : share of all gradients that were longer than the clipping norm.
    """

    model: nn.Module
    guarantee: Guarantee
    batch_sizes: tuple[int, ...]
    clipped: float


def fit(
    model: nn.Module, train: Batch, *, config: PrivateConfig, losses: Losses = class_losses
) -> PrivateFit:
    """Train `model` in place on N examples.

    Parameters
    ----------
    model
        See `OnePass` for what it may be made of; frozen parameters are left alone. It is put into
        training mode, where no batch normalisation treats examples one by one.
    train
        Tensors with N rows each, such as inputs and classes; every number finite.
    config
        How.
    losses
        Gives one loss an example.

    Raises
    ------
    ValueError
        If rows of `train` differ in number or hold what is no number, if a layer mixes examples,
        or if `OnePass` cannot clip the model or the losses.
    """
    _check(train)
    claim = account(
        noise_multiplier=config.noise_multiplier,
        sampling_rate=config.sampling_rate,
        steps=config.steps,
        delta=config.delta,
    )  # before the training, so that a setting that is out of range is said at once
    device = choose_device(config.device)
    model.to(device).train()
    refuse_mixing(model)
    data = tuple(part.to(device) for part in train)
    parameters = trained(model)
    optimizer = _optimizer(list(parameters.values()), config)
    noise = torch.Generator(device=device)
    if config.seed is None:
        noise.seed()  # from the system's entropy
    else:
        noise.manual_seed(config.seed + 1_000_003)
    expected = config.sampling_rate * len(data[0])
    sizes, cut, seen = [], 0.0, 0
    batches = poisson_batches(
        len(data[0]), rate=config.sampling_rate, steps=config.steps, seed=config.seed
    )
    with OnePass(model) as clip:
        for rows in batches:
            total: dict[str, Tensor] = {}
            for part in torch.split(rows.to(device), config.physical_batch or max(1, len(rows))):
                found = clip(
                    tuple(x[part] for x in data), losses, max_grad_norm=config.max_grad_norm
                )
                for name, value in found.total.items():
                    total[name] = total[name].add_(value) if name in total else value
                cut += float((found.norms > config.max_grad_norm).sum())
            for name, parameter in parameters.items():
                parameter.grad = noisy_mean(total[name], config.spread, expected, noise)
            optimizer.step()
            sizes.append(len(rows))
            seen += len(rows)
    return PrivateFit(model, claim, tuple(sizes), cut / max(1, seen))


def _check(train: Batch) -> None:
    """One row an example in every tensor, and numbers only."""
    rows = [len(part) for part in train]
    if len(set(rows)) != 1:
        raise ValueError(f"the tensors of train have {rows} rows; each needs one for every example")
    for place, part in enumerate(train):
        if part.is_floating_point() and not bool(part.isfinite().all()):
            bad = (~part.isfinite()).flatten(1).any(1) if part.ndim > 1 else ~part.isfinite()
            raise ValueError(
                f"train[{place}] is NaN or infinite in {int(bad.sum())} of {len(part)} rows, first "
                f"in row {int(bad.nonzero()[0])}; repair or drop them before training"
            )


def noisy_mean(
    total: Tensor, spread: float, expected: float, generator: torch.Generator | None = None
) -> Tensor:
    """(total + noise) / expected, with as few copies as it takes.

    Parameters
    ----------
    total
        A clipped sum; used up.
    spread
        Standard deviation of the noise; 0 adds none.
    expected
        Size of a batch that is expected, not the one at hand.
    generator
        Of the noise, on the device of `total`.
    """
    if spread:
        noise = torch.randn(total.shape, generator=generator, device=total.device)
        total = noise.mul_(spread).add_(total)
    return total.div_(expected)


def _optimizer(parameters: list[nn.Parameter], config: PrivateConfig) -> torch.optim.Optimizer:
    if config.optimizer == "adam":
        return torch.optim.Adam(parameters, lr=config.learning_rate)
    return torch.optim.SGD(parameters, lr=config.learning_rate, momentum=config.momentum)
