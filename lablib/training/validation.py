"""The loss on examples that are not trained on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import torch
from torch import nn

from lablib.training.data import Source
from lablib.training.distributed import Processes
from lablib.training.gradient import Loss, scalar


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Switch dropout and its like off for the body of a `with`, then every module as it was."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


# Not inference_mode: an attack inside the loss may ask for gradients with torch.enable_grad.
@torch.no_grad()
def mean_loss(
    model: nn.Module,
    source: Source,
    *,
    loss: Loss,
    batch_size: int,
    device: torch.device,
    precision: AbstractContextManager[object],
    processes: Processes,
) -> float:
    """Return the mean loss over all examples, each process computing its part of them.

    Parameters
    ----------
    model
        Evaluated as it is, with dropout off.
    source
        N examples.
    loss
        Mean over the examples of a batch.
    batch_size
        Examples computed at once; decides memory, not the result.
    device, precision
        Where and how to compute.
    processes
        Who shares the work.
    """
    total = torch.zeros((), device=device)
    rows = torch.arange(len(source), device=device).tensor_split(processes.size)[processes.rank]
    with evaluating(model):
        for part in torch.split(rows, batch_size) if len(rows) else ():
            with precision:
                value = scalar(loss(model, source.take(part)))
            total += value.float() * len(part)
    return float(processes.sum(total)) / len(source)
