"""Everything that decides how a model is trained, in one frozen object.

`batch_size` is the number of examples behind one optimiser step, always. Accumulation and
data-parallel processes divide that batch: they change time and memory, not the mathematics.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

Precision = Literal["fp32", "bf16"]
DeviceName = Literal["auto", "cpu", "cuda", "mps"]
Schedule = Literal["constant", "cosine"]

# What may differ between a run and its continuation without changing its result.
_FREE = ("checkpoint", "checkpoint_every", "log_dir", "progress", "device")


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How to train; give exactly one of `epochs` and `max_steps`.

    Parameters
    ----------
    epochs, max_steps
        Length in passes over the data, or in optimiser steps.
    batch_size
        Examples behind one optimiser step, over all micro-batches and all processes.
    learning_rate, schedule, warmup_steps
        Peak rate of AdamW, its course (`"constant"` or `"cosine"` down to 0), and the number of
        steps that rise linearly to the peak first; 0 starts at the peak.
    weight_decay
        Decoupled decay of weight matrices; biases and norm parameters are never decayed; 0: none.
    clip_norm
        Largest Euclidean norm of the gradient; `None` leaves it as it is.
    accumulation
        Micro-batches a batch is split into, to save memory; 1 splits nothing.
    precision
        `"fp32"`, or `"bf16"` for automatic mixed precision.
    device
        `"auto"` takes CUDA, else Apple's MPS, else the processor.
    compile
        Compile the model with `torch.compile`; dropout then draws other numbers than without.
    patience
        Stop after this many epochs in a row without a lower validation loss, and keep the best
        weights; `None` trains to the end and keeps the last.
    seed
        Decides the order of examples and every random draw inside the loop.
    checkpoint, checkpoint_every
        File to save to and to resume from, and the steps between two saves; `None` saves at the
        end of each epoch.
    log_dir
        Folder for TensorBoard; `None` writes none.
    progress
        Show a progress bar on standard error, if that is a terminal.

    Raises
    ------
    ValueError
        If a value is out of range; the message says what to pass instead.

    Examples
    --------
    >>> TrainingConfig(epochs=3).total_steps(10)
    30
    """

    epochs: int | None = None
    max_steps: int | None = None
    batch_size: int = 256
    learning_rate: float = 1e-3
    schedule: Schedule = "constant"
    warmup_steps: int = 0
    weight_decay: float = 0.01
    clip_norm: float | None = None
    accumulation: int = 1
    precision: Precision = "fp32"
    device: DeviceName = "auto"
    compile: bool = False
    patience: int | None = None
    seed: int = 0
    checkpoint: str | Path | None = None
    checkpoint_every: int | None = None
    log_dir: str | Path | None = None
    progress: bool = False

    def __post_init__(self) -> None:
        if (self.epochs is None) == (self.max_steps is None):
            raise ValueError(
                f"epochs={self.epochs} and max_steps={self.max_steps}: exactly one of the two "
                "must be given; pass e.g. epochs=10"
            )
        for name in ("epochs", "max_steps", "batch_size", "accumulation", "patience"):
            _require(self, name, lambda value: value >= 1, "at least 1", "1")
        _require(self, "checkpoint_every", lambda value: value >= 1, "at least 1 step", "None")
        for name in ("warmup_steps", "seed"):
            _require(self, name, lambda value: value >= 0, "at least 0", "0")
        for name, example in (("learning_rate", "1e-3"), ("clip_norm", "1.0")):
            _require(self, name, _positive, "positive and finite", example)
        _require(self, "weight_decay", _not_negative, "at least 0 and finite", "0.01")
        for name, kind in (
            ("precision", Precision),
            ("device", DeviceName),
            ("schedule", Schedule),
        ):
            names = get_args(kind)
            _require(self, name, names.__contains__, f"one of {', '.join(names)}", repr(names[0]))
        if self.accumulation > self.batch_size:
            raise ValueError(
                f"accumulation={self.accumulation} must not exceed batch_size={self.batch_size}: "
                "a micro-batch holds at least one example; lower accumulation"
            )
        if self.checkpoint is None and self.checkpoint_every is not None:
            raise ValueError(
                f"checkpoint_every={self.checkpoint_every} needs a file to save to; "
                "pass checkpoint='run.pt' too"
            )

    def total_steps(self, steps_per_epoch: int) -> int:
        """Optimiser steps of the whole run, when an epoch has `steps_per_epoch`."""
        return (
            self.max_steps if self.max_steps is not None else (self.epochs or 0) * steps_per_epoch
        )

    def decisive(self) -> dict[str, int | float | str | bool | None]:
        """Return the settings that decide the result; a run resumes only under equal ones."""
        return {name: value for name, value in asdict(self).items() if name not in _FREE}


def _positive(value: float) -> bool:
    return value > 0 and math.isfinite(value)


def _not_negative(value: float) -> bool:
    return value >= 0 and math.isfinite(value)


def _require(
    config: TrainingConfig, name: str, rule: Callable[[Any], bool], words: str, example: str
) -> None:
    """Raise unless the field is `None` or keeps the rule."""
    value = getattr(config, name)
    if value is not None and not rule(value):
        raise ValueError(f"{name}={value!r} must be {words}; pass e.g. {name}={example}")
