"""The training loop: `fit` prepares and hands back, `_train` is the loop.

Left out on purpose: callbacks, other optimisers, loaders with worker processes. A topic that
needs another objective passes another `loss`; a model that needs activation checkpointing
does it in its own `forward`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_

from lablib.training.config import TrainingConfig
from lablib.training.data import Examples
from lablib.training.device import choose_device, seeded
from lablib.training.distributed import launched
from lablib.training.gradient import Loss, accumulate_gradient
from lablib.training.run import Run, prepare
from lablib.training.state import EpochSummary
from lablib.training.tracking import Tracker


@dataclass(frozen=True)
class FitResult:
    """A trained model and how it came about.

    Attributes
    ----------
    model
        The model given to `fit`, trained in place, on `device`, in evaluation mode.
    history
        One `EpochSummary` an epoch; the same after an interruption as without.
    best_epoch
        Epoch of lowest validation loss, counted from 1; `None` without validation. The model has
        its weights if `patience` was set, else those of the last epoch.
    steps
        Optimiser steps done, over all interruptions.
    device
        Where it was trained.
    resumed_from
        Step of the checkpoint this run continued; `None` if it began afresh.
    """

    model: nn.Module
    history: tuple[EpochSummary, ...]
    best_epoch: int | None
    steps: int
    device: torch.device
    resumed_from: int | None


def fit(
    model: nn.Module,
    train: Examples,
    *,
    loss: Loss,
    config: TrainingConfig,
    validation: Examples | None = None,
    lengths: Tensor | None = None,
) -> FitResult:
    """Train `model` with AdamW and return it with its history.

    The result depends on the initial weights, the data, `loss` and `config` alone. The caller's
    random generators are left as they were. A run that is interrupted or killed continues from
    `config.checkpoint`, if that is set, when `fit` is called again as before.

    Parameters
    ----------
    model
        Trained in place.
    train, validation
        Tensors `(N, ...)` with one row an example, or a map-style data set.
    loss
        `loss(model, batch)` returns a scalar: the mean over the batch's examples, smaller is
        better. Randomness in it must come from torch, or a resumed run differs. It must
        call the model it is given, which may be a wrapper of `model`.
    config
        How to train; see `TrainingConfig`.
    lengths
        `(N,)` lengths of the training examples, such as `mask.sum(1)` of texts: batches are then
        made of examples of similar length, and a loss that cuts padding off computes less.

    Raises
    ------
    ValueError
        If data, lengths, device, precision or checkpoint do not fit the configuration.
    FloatingPointError
        If a loss or a weight becomes infinite or not a number; the message names the step.

    Examples
    --------
    >>> x = torch.linspace(-1, 1, 64)[:, None]
    >>> def squared_error(model, batch):
    ...     inputs, targets = batch
    ...     return (model(inputs) - targets).square().mean()
    >>> config = TrainingConfig(epochs=100, batch_size=32, learning_rate=0.1, weight_decay=0.0)
    >>> result = fit(nn.Linear(1, 1), (x, 3 * x), loss=squared_error, config=config)
    >>> round(result.model.weight.item(), 1)
    3.0
    """
    if config.patience is not None and validation is None:
        raise ValueError(
            f"patience={config.patience} needs validation examples to stop on; "
            "pass validation=(inputs, targets), or patience=None"
        )
    processes = launched()
    device = choose_device(config.device, local_rank=processes.local_rank)
    processes.connect(device)
    with seeded(device, config.seed + processes.rank):
        run = prepare(
            model,
            train,
            validation,
            lengths=lengths,
            loss=loss,
            config=config,
            device=device,
            processes=processes,
        )
        resumed_from = run.checkpoint.resume() if run.checkpoint else None
        with run.track() as tracker:
            _train(run, tracker)
    best = run.state.best
    if best.weights is not None:
        model.load_state_dict(best.weights)
    steps, history = run.state.step, tuple(run.state.history)
    return FitResult(model.eval(), history, best.epoch, steps, device, resumed_from)


def _train(run: Run, tracker: Tracker) -> None:
    """Take optimiser steps from where the run stands to its end."""
    state, config, optimizer = run.state, run.config, run.optimizer
    trained = [parameter for parameter in run.model.parameters() if parameter.requires_grad]
    for pieces in run.batches.steps(state.step, run.total_steps):
        if run.finished:
            break
        for group in optimizer.param_groups:
            group["lr"] = run.learning_rate(state.step)
        part = accumulate_gradient(
            run.network,
            run.train,
            pieces,
            loss=run.loss,
            precision=run.precision,
            processes=run.processes,
        )
        if config.clip_norm is not None:
            clip_grad_norm_(trained, config.clip_norm)
        optimizer.step()
        optimizer.zero_grad()
        state.step += 1

        epoch_ends = state.step % run.batches.per_epoch == 0 or state.step == run.total_steps
        save = run.saves_after(state.step, epoch_ends=epoch_ends)
        if run.meter.add(part, run.batches.size(state.step - 1)) or epoch_ends or save:
            tracker.losses(run.meter.read(state), step=state.step)
        if epoch_ends:
            tracker.epoch(run.close_epoch())
        if run.checkpoint and (save or run.finished):
            run.checkpoint.save()
