"""Outputs of a trained model, in batches and without gradients."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lablib.training.validation import evaluating


@torch.no_grad()
def predict(model: nn.Module, inputs: Tensor, *, batch_size: int = 4096) -> Tensor:
    """Return the model's outputs `(N, ...)` on the processor.

    Dropout and its like are off meanwhile; every module's mode is put back afterwards.

    Parameters
    ----------
    model
        Called with one tensor; it stays on its device.
    inputs
        `(N, ...)`, on any device.
    batch_size
        Rows computed at once.

    Raises
    ------
    ValueError
        If `batch_size` is below 1.

    Examples
    --------
    >>> predict(torch.nn.Linear(3, 1), torch.zeros(5, 3)).shape
    torch.Size([5, 1])
    """
    if batch_size < 1:
        raise ValueError(f"batch_size={batch_size} must be at least 1; pass e.g. batch_size=4096")
    parameter = next(model.parameters(), None)
    device = inputs.device if parameter is None else parameter.device
    with evaluating(model):
        return torch.cat([model(part.to(device)).cpu() for part in torch.split(inputs, batch_size)])
