"""The gradient of one optimiser step, added up over micro-batches.

The gradient of a mean over B examples is the mean of the micro-batches' gradients weighted by
their sizes. Dividing by the number of micro-batches instead is wrong as soon as the last one is
smaller, and not dividing at all hides behind AdamW, which hardly sees the scale of a gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from torch import Tensor, nn

from lablib.training.batches import MicroBatch
from lablib.training.data import Source
from lablib.training.distributed import Processes

Loss = Callable[[nn.Module, Any], Tensor]
"""A loss takes the model and a batch and returns a scalar: the mean over the batch's examples."""


def accumulate_gradient(
    network: nn.Module,
    source: Source,
    pieces: Sequence[MicroBatch],
    *,
    loss: Loss,
    precision: AbstractContextManager[object],
    processes: Processes,
) -> Tensor:
    """Add the gradient of one batch to the parameters and return this process's part of its loss.

    Parts add up over processes to the mean over the whole batch. The value stays on its device:
    reading it here would make the processor wait for every step.

    Parameters
    ----------
    network
        Called by `loss`; under the launcher, the wrapped model.
    source
        Where the micro-batches' rows are taken from.
    pieces
        The micro-batches of this process, at least one.
    loss
        Mean over the examples of a micro-batch.
    precision
        Context of the forward pass.
    processes
        Who else computes parts of this batch.

    Raises
    ------
    ValueError
        If `loss` returns anything but a scalar tensor.
    """
    part = None
    for number, piece in enumerate(pieces, start=1):
        with processes.exchange(network, now=number == len(pieces)):
            with precision:
                value = scalar(loss(network, source.take(piece.rows)))
            processes.backward(value, piece.share)
        share = value.detach() * piece.share
        part = share if part is None else part + share
    assert part is not None  # a batch has at least one piece
    return part


def scalar(value: Tensor) -> Tensor:
    """Return what a loss function returned, if it is a scalar tensor."""
    if not isinstance(value, Tensor) or value.ndim != 0:
        kind = tuple(value.shape) if isinstance(value, Tensor) else type(value).__name__
        raise ValueError(
            f"loss returned {kind}: it must return a tensor without dimensions, the mean over "
            "the batch; end it with .mean(), or use a loss with reduction='mean'"
        )
    return value
