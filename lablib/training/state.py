"""What a run has reached: the part of training that changes and that a checkpoint holds."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from torch import Tensor, nn


@dataclass(frozen=True)
class EpochSummary:
    """One line of the history, written at the end of an epoch.

    Attributes
    ----------
    epoch
        Passes over the data so far, so the first is 1; a run that ends inside an epoch counts it.
    step
        Optimiser steps so far.
    train_loss
        Mean over the epoch's examples, each at the weights it was trained on.
    validation_loss
        Mean over the validation examples at the epoch's last weights; `None` without any.
    learning_rate
        That of the last step.
    """

    epoch: int
    step: int
    train_loss: float
    validation_loss: float | None
    learning_rate: float


@dataclass
class Best:
    """The epoch of lowest validation loss so far, for early stopping (Prechelt, 1998).

    >>> best = Best()
    >>> for epoch, value in enumerate([0.5, 0.4, 0.4, 0.6], start=1):
    ...     best.observe(epoch, value)
    >>> best.epoch, best.waited, best.exhausted(patience=2)
    (2, 2, True)
    """

    loss: float = math.inf
    epoch: int | None = None
    waited: int = 0  # epochs since
    weights: dict[str, Tensor] | None = None

    def observe(self, epoch: int, loss: float, *, model: nn.Module | None = None) -> None:
        """Take note of an epoch.

        Parameters
        ----------
        epoch
            Its number, counted from 1.
        loss
            Its validation loss; only a smaller one is better, an equal one is not.
        model
            If given, a copy of its weights is kept whenever the epoch is the best so far.
        """
        if loss < self.loss:
            self.loss, self.epoch, self.waited = loss, epoch, 0
            if model is not None:
                state = model.state_dict()
                self.weights = {name: value.detach().clone() for name, value in state.items()}
        else:
            self.waited += 1

    def exhausted(self, patience: int | None) -> bool:
        """Whether `patience` epochs in a row brought nothing better; never for `None`."""
        return patience is not None and self.waited >= patience


@dataclass
class TrainingState:
    """Where a run stands; the next batch, the learning rate and the epoch follow from `step`."""

    step: int = 0
    loss_sum: float = 0.0  # over the examples of the epoch so far
    examples: int = 0
    history: list[EpochSummary] = field(default_factory=list)
    best: Best = field(default_factory=Best)

    def close_epoch(self, epoch: int, validation_loss: float | None, learning_rate: float) -> None:
        """Write a line of the history and start the next epoch's mean.

        Parameters
        ----------
        epoch
            Its number, counted from 1.
        validation_loss
            Mean over the validation examples, if there are any.
        learning_rate
            Rate of the epoch's last step.
        """
        train_loss = self.loss_sum / self.examples
        self.history.append(
            EpochSummary(epoch, self.step, train_loss, validation_loss, learning_rate)
        )
        self.loss_sum, self.examples = 0.0, 0

    def state_dict(self) -> dict[str, Any]:
        """Return everything as plain numbers, lists and tensors."""
        plain = {name: getattr(self, name) for name in ("step", "loss_sum", "examples")}
        history = [asdict(line) for line in self.history]
        return {**plain, "history": history, "best": dict(vars(self.best))}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` returned."""
        self.step, self.loss_sum = state["step"], state["loss_sum"]
        self.examples = state["examples"]
        self.history = [EpochSummary(**line) for line in state["history"]]
        self.best = Best(**state["best"])
