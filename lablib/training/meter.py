"""Losses, read from the device in bundles, and the alarm when one is not a number.

Reading a loss makes the processor wait for the accelerator. Losses are therefore left on the
device and read every `READ_EVERY` steps, at the end of an epoch and before each checkpoint; the
error still names the step that went wrong, and no checkpoint is written after it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from lablib.training.distributed import Processes
from lablib.training.state import TrainingState

READ_EVERY = 50


class LossMeter:
    """Losses of the steps since the last reading."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._sizes: list[int] = []
        self._slots: tuple[Tensor, ...] = ()

    def add(self, part: Tensor, size: int) -> bool:
        """Take one step's part of the loss and batch size; returns whether it is time to read.

        The value is copied to a place made once. Keeping the tensor itself costs a processor two
        percent: small survivors break up the memory that the next step's large tensors reuse.
        """
        if not self._slots:
            self._slots = torch.empty(READ_EVERY, dtype=part.dtype, device=part.device).unbind()
        self._slots[len(self._sizes)].copy_(part)
        self._sizes.append(size)
        return len(self._sizes) == READ_EVERY

    def read(self, state: TrainingState) -> list[float]:
        """Add the waiting losses to the epoch's mean and return them, oldest first.

        Raises
        ------
        FloatingPointError
            If one of them is infinite or not a number.
        """
        if not self._sizes:
            return []
        values: list[float] = self._processes.sum(
            torch.stack(self._slots[: len(self._sizes)])
        ).tolist()
        first = state.step - len(values) + 1
        for step, (value, size) in enumerate(zip(values, self._sizes, strict=True), start=first):
            if not math.isfinite(value):
                raise not_finite(f"the training loss is {value} at step {step}")
            state.loss_sum += value * size
            state.examples += size
        self._sizes.clear()
        return values


def check_weights(model: nn.Module, step: int) -> None:
    """Raise if a trained weight is not finite: the last loss was still that of the step before."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    finite = torch.stack([parameter.isfinite().all() for parameter in trained])
    if not finite.all():
        raise not_finite(f"a weight is not finite after step {step}")


def not_finite(what: str) -> FloatingPointError:
    """Return the error for numbers that ran away, with what to try."""
    return FloatingPointError(
        f"{what} (steps count from 1); try a lower learning_rate, warmup_steps, clip_norm=1.0 or "
        "precision='fp32', and look for NaN and huge values in the inputs"
    )
