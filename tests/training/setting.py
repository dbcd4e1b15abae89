"""A small training run with everything on that could break an exact resume; shared by tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lablib.models.mlp import MLP
from lablib.training import FitResult, TrainingConfig, fit

Batch = tuple[Tensor, Tensor]
EXAMPLES, BATCH, EPOCHS = 50, 12, 6  # 5 steps an epoch: 4 of 3 micro-batches and one of 2
CALLS = 84


def examples(count: int = EXAMPLES, *, seed: int = 0) -> Batch:
    """Five noisy features and whether their sum is positive."""
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.randn(count, 5, generator=generator)
    noise = torch.randn(count, 1, generator=generator)
    return inputs, (inputs.sum(1, keepdim=True) + noise > 0).float()


def logistic(model: nn.Module, batch: Batch) -> Tensor:
    inputs, targets = batch
    return nn.functional.binary_cross_entropy_with_logits(model(inputs), targets)


def network(*, dropout: float = 0.3, seed: int = 0) -> MLP:
    return MLP(5, hidden=(16, 8), dropout=dropout, seed=seed)


def configuration(**changes: Any) -> TrainingConfig:
    settings: dict[str, Any] = {
        "epochs": EPOCHS,
        "batch_size": BATCH,
        "learning_rate": 0.05,
        "schedule": "cosine",
        "warmup_steps": 4,
        "weight_decay": 0.1,
        "clip_norm": 1.0,
        "accumulation": 3,
        "patience": 4,
        "seed": 3,
        "device": "cpu",
    }
    return TrainingConfig(**{**settings, **changes})


def train(*, loss: Any = logistic, **changes: Any) -> FitResult:
    validation = examples(20, seed=1)
    config = configuration(**changes)
    return fit(network(), examples(), loss=loss, config=config, validation=validation)


class Stop:
    """The loss, until it has trained on `calls` micro-batches; then `action` happens."""

    def __init__(self, calls: int, action: Callable[[], Any]) -> None:
        self.calls_left, self.action = calls, action

    def __call__(self, model: nn.Module, batch: Batch) -> Tensor:
        if model.training:
            if self.calls_left == 0:
                self.action()
            self.calls_left -= 1
        return logistic(model, batch)


def same_weights(one: nn.Module, other: nn.Module) -> bool:
    """Whether two models agree bit for bit."""
    ours, theirs = one.state_dict(), other.state_dict()
    return all(torch.equal(ours[name], theirs[name]) for name in ours.keys() | theirs.keys())


def checkpoint_in(folder: Path) -> Path:
    return folder / "runs" / "run.pt"
