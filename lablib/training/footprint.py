"""What one training step holds in memory and how long it takes.

Memory is counted, not estimated: every tensor that an operation of the step creates is noted when
it appears and when it is freed. The count is the same on every device and leaves out what kernels
use inside and what an allocator keeps in reserve.
"""

from __future__ import annotations

import statistics
import time
import weakref
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from lablib.training.gradient import Loss
from lablib.training.optimizer import adamw


@dataclass(frozen=True)
class Footprint:
    """The cost of one training step.

    Attributes
    ----------
    weights
        Bytes of parameters and buffers, held by any use of the model.
    training
        Most bytes beyond the weights at any moment: gradients, the optimiser's state, activations.
    seconds
        Median duration of a step: processor seconds on a processor, wall-clock seconds elsewhere.
    """

    weights: int
    training: int
    seconds: float


def footprint(
    model: nn.Module, batch: Any, *, loss: Loss, steps: int = 3, learning_rate: float = 1e-3
) -> Footprint:
    """Measure steps of AdamW on one batch. The model is trained by them: pass a copy.

    Parameters
    ----------
    model
        On the device to measure.
    batch
        What `loss` takes, on the same device.
    loss
        As for `fit`.
    steps
        Timed steps, after a first that is not.
    learning_rate
        Of the steps; it changes nothing that is measured.

    Examples
    --------
    >>> model = nn.Linear(100, 100, bias=False)
    >>> half = lambda model, batch: model(batch).square().mean()
    >>> footprint(model, torch.ones(1, 100), loss=half).training >= 3 * 40_000
    True
    """
    optimizer = adamw(model, learning_rate=learning_rate, weight_decay=0.0)
    model.train()

    def step() -> None:
        loss(model, batch).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()

    step()
    weights = _storage_bytes([*model.parameters(), *model.buffers()])
    state = _storage_bytes(tree_leaves([dict(s) for s in optimizer.state.values()]))
    with _Alive() as alive:
        step()
    cuda = next(model.parameters()).is_cuda
    seconds = []
    for _ in range(steps):
        start = _now(cuda)
        step()
        seconds.append(_now(cuda) - start)
    return Footprint(weights, state + alive.peak, statistics.median(seconds))


class _Alive(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the bytes of storages that operations create, as long as they are alive."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.known: set[int] = set()
        self.bytes = self.peak = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        before = {_key(leaf) for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)}
        out = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(out):
            if isinstance(leaf, Tensor) and _key(leaf) not in before | self.known:
                self._note(leaf.untyped_storage())
        return out

    def _note(self, storage: torch.UntypedStorage) -> None:
        key, size = storage._cdata, storage.nbytes()
        self.known.add(key)
        self.bytes += size
        self.peak = max(self.peak, self.bytes)
        weakref.finalize(storage, self._free, key, size)

    def _free(self, key: int, size: int) -> None:
        self.known.discard(key)
        self.bytes -= size


def _key(tensor: Tensor) -> int:
    return int(tensor.untyped_storage()._cdata)


def _storage_bytes(leaves: Iterable[Any]) -> int:
    """Bytes of the tensors among `leaves`; a storage that several share counts once."""
    storages = {_key(x): x.untyped_storage().nbytes() for x in leaves if isinstance(x, Tensor)}
    return sum(storages.values())


def _now(cuda: bool) -> float:
    if cuda:
        torch.cuda.synchronize()
        return time.perf_counter()
    return time.process_time()
