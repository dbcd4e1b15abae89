"""The parts of one training run, and how they are put together.

All that changes while training is in `state`, in the optimiser and in the weights.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn

from lablib.training.batches import Batches
from lablib.training.checkpoint import Checkpoint
from lablib.training.config import TrainingConfig
from lablib.training.data import Examples, Source, as_source
from lablib.training.device import autocast
from lablib.training.distributed import Processes
from lablib.training.gradient import Loss
from lablib.training.meter import LossMeter, check_weights, not_finite
from lablib.training.optimizer import adamw
from lablib.training.schedule import learning_rate
from lablib.training.state import EpochSummary, TrainingState
from lablib.training.tracking import Tracker
from lablib.training.validation import mean_loss


@dataclass(frozen=True, kw_only=True)
class Run:
    """One training run, as its loop sees it."""

    config: TrainingConfig
    model: nn.Module  # owns the weights
    compiled: nn.Module  # computes like `model`, and is `model` unless compilation was asked for
    network: nn.Module  # computes like `compiled` and averages gradients over processes
    optimizer: torch.optim.Optimizer
    loss: Loss
    train: Source
    validation: Source | None
    batches: Batches
    total_steps: int
    device: torch.device
    precision: AbstractContextManager[object]
    processes: Processes
    state: TrainingState
    meter: LossMeter
    checkpoint: Checkpoint | None

    @property
    def finished(self) -> bool:
        """Whether the last step is done or patience is."""
        exhausted = self.state.best.exhausted(self.config.patience)
        return exhausted or self.state.step >= self.total_steps

    def learning_rate(self, step: int) -> float:
        """Rate of a step, counted from 0."""
        return learning_rate(
            step,
            peak=self.config.learning_rate,
            total_steps=self.total_steps,
            warmup_steps=self.config.warmup_steps,
            schedule=self.config.schedule,
        )

    def saves_after(self, step: int, *, epoch_ends: bool) -> bool:
        """Whether a checkpoint is due after `step` steps."""
        every = self.config.checkpoint_every
        return self.checkpoint is not None and (step % every == 0 if every else epoch_ends)

    def close_epoch(self) -> EpochSummary:
        """Validate, remember the best epoch, and write a line of the history."""
        state, step = self.state, self.state.step
        check_weights(self.model, step)
        epoch = -(-step // self.batches.per_epoch)
        value = None
        if self.validation is not None:
            value = mean_loss(
                self.compiled,
                self.validation,
                loss=self.loss,
                batch_size=-(-self.batches.batch_size // self.config.accumulation),
                device=self.device,
                precision=self.precision,
                processes=self.processes,
            )
            if not math.isfinite(value):
                raise not_finite(f"the validation loss is {value} after step {step}")
            keep = self.config.patience is not None
            state.best.observe(epoch, value, model=self.model if keep else None)
        state.close_epoch(epoch, value, self.learning_rate(step - 1))
        return state.history[-1]

    def track(self) -> Tracker:
        """Show what the configuration asks for, from the main process."""
        main = self.processes.is_main
        return Tracker(
            log_dir=self.config.log_dir if main else None,
            progress=self.config.progress and main,
            start=self.state.step,
            total=self.total_steps,
        )


def prepare(
    model: nn.Module,
    train: Examples,
    validation: Examples | None,
    *,
    lengths: Tensor | None,
    loss: Loss,
    config: TrainingConfig,
    device: torch.device,
    processes: Processes,
) -> Run:
    """Put model and data on the device and gather what the loop needs.

    Parameters
    ----------
    model, train, validation, lengths, loss, config
        As given to `fit`.
    device
        Where everything is put.
    processes
        Who shares the work.
    """
    precision = autocast(device, config.precision)
    data = as_source(train, device=device, name="train")
    held_out = None
    if validation is not None:
        held_out = as_source(validation, device=device, name="validation")
    model.to(device).train()
    compiled = cast(nn.Module, torch.compile(model)) if config.compile else model
    optimizer = adamw(model, learning_rate=config.learning_rate, weight_decay=config.weight_decay)
    batches = Batches(
        examples=len(data),
        batch_size=config.batch_size,
        seed=config.seed,
        accumulation=config.accumulation,
        rank=processes.rank,
        world_size=processes.size,
        device=device,
        lengths=lengths,
    )
    state = TrainingState()
    checkpoint = None
    if config.checkpoint is not None:
        identity = {
            **config.decisive(),
            "device": device.type,
            "processes": processes.size,
            "train": data.fingerprint(),
            "validation": held_out.fingerprint() if held_out else None,
        }
        if lengths is not None:
            identity["lengths"] = as_source((lengths,), device=device, name="lengths").fingerprint()
        checkpoint = Checkpoint(
            config.checkpoint,
            identity=identity,
            model=model,
            optimizer=optimizer,
            state=state,
            device=device,
            processes=processes,
        )
    return Run(
        config=config,
        model=model,
        compiled=compiled,
        network=processes.wrap(compiled),
        optimizer=optimizer,
        loss=loss,
        train=data,
        validation=held_out,
        batches=batches,
        total_steps=config.total_steps(batches.per_epoch),
        device=device,
        precision=precision,
        processes=processes,
        state=state,
        meter=LossMeter(processes),
        checkpoint=checkpoint,
    )
