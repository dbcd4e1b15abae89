"""Examples by row number, from a tuple of tensors or from a `torch.utils.data.Dataset`.

A batch is what the loss function receives: for a tuple, the tuple of the rows asked for; for a
data set, its items collated by torch's default rules. There are no worker processes: the course's
data lie in memory, and a loader of its own would add state that a resumed run must restore.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.utils.data import Dataset, default_collate

Examples = Sequence[Tensor] | Dataset[Any]


class Source(Protocol):
    """What the loop asks of its data."""

    def __len__(self) -> int: ...

    def take(self, rows: Tensor) -> Any:
        """Return the batch of these rows, on the device of the run."""

    def fingerprint(self) -> str:
        """Return a short text that differs when the data do."""


def as_source(examples: Examples, *, device: torch.device, name: str) -> Source:
    """Return one way to read examples, whatever holds them.

    Parameters
    ----------
    examples
        Tensors `(N, ...)`, or a map-style data set of N items.
    device
        Where batches are wanted.
    name
        What errors call the examples.

    Raises
    ------
    ValueError
        If there are no examples, or tensors of a tuple differ in length.
    """
    source: Source
    if isinstance(examples, Sequence):
        lengths = [len(tensor) for tensor in examples]
        if len(set(lengths)) > 1:
            raise ValueError(
                f"{name} has tensors of {lengths} rows: all must be equal, one row an example; "
                "check how the tensors were cut"
            )
        source = TensorSource(examples, device)
        empty = not lengths or lengths[0] == 0
    else:
        source = DatasetSource(examples, device)
        empty = len(source) == 0
    if empty:
        raise ValueError(f"{name} must hold at least one example and holds none; check the split")
    return source


class TensorSource:
    """Tensors `(N, ...)` that share their first dimension, moved to the device whole."""

    def __init__(self, tensors: Sequence[Tensor], device: torch.device) -> None:
        self.tensors = tuple(tensor.to(device) for tensor in tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])

    def take(self, rows: Tensor) -> tuple[Tensor, ...]:
        """Return the rows `(B, ...)` of each tensor."""
        return tuple(tensor.index_select(0, rows) for tensor in self.tensors)

    def fingerprint(self) -> str:
        """Hash every value."""
        digest = hashlib.sha256()
        for tensor in self.tensors:
            digest.update(f"{tensor.dtype}{tuple(tensor.shape)}".encode())
            digest.update(tensor.cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
        return digest.hexdigest()


class DatasetSource:
    """A map-style data set, read one item at a time and moved to the device by batch."""

    def __init__(self, dataset: Dataset[Any], device: torch.device) -> None:
        if not (hasattr(dataset, "__len__") and hasattr(dataset, "__getitem__")):
            raise ValueError(
                f"{type(dataset).__name__} must have a length and rows by number, so that a run "
                "can resume; pass a map-style data set instead of an iterable one"
            )
        self.dataset = dataset
        self.device = device

    def __len__(self) -> int:
        return len(self.dataset)

    def take(self, rows: Tensor) -> Any:
        """Collate the items of these rows."""
        return _to(default_collate([self.dataset[row] for row in rows.tolist()]), self.device)

    def fingerprint(self) -> str:
        """Name the length only: reading every item could take longer than training."""
        return f"{len(self)} items"


def _to(batch: Any, device: torch.device) -> Any:
    """Move every tensor in a nest of mappings and sequences."""
    if isinstance(batch, Tensor):
        return batch.to(device)
    if isinstance(batch, Mapping):
        return {key: _to(value, device) for key, value in batch.items()}
    if isinstance(batch, tuple | list):
        return type(batch)(_to(value, device) for value in batch)
    return batch
