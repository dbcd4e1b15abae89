"""Which examples each optimiser step sees, as a function of the seed and the step alone.

Nothing is remembered between steps, so a run that resumes at step 137 needs only the number 137.
Each epoch has a permutation of its own, drawn from a generator that serves nothing else: what
dropout or an attack draws cannot change the order of the examples, nor the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

POOL = 32
"""Batches among which texts are sorted by length: few enough that each epoch's batches differ."""


@dataclass(frozen=True)
class MicroBatch:
    """The rows to compute at once, and their share of the whole batch (shares sum to 1)."""

    rows: Tensor  # (B / pieces,), int64
    share: float


@dataclass(frozen=True, kw_only=True)
class Batches:
    """Batches of one process among `world_size`, each in `accumulation` micro-batches.

    Parameters
    ----------
    examples
        N, the number of examples of an epoch.
    batch_size
        B over all processes; the last batch of an epoch holds what is left.
    seed
        Decides the order of every epoch.
    accumulation, rank, world_size
        How a batch is cut: in `accumulation * world_size` pieces whose sizes differ by one at
        most, `accumulation` neighbours of which belong to process `rank`.
    device
        Where the row numbers are put.
    lengths
        `(N,)`: examples of similar length come together, so that less of a batch is padding. Each
        epoch is still drawn at random: rows are sorted within pools of `POOL` batches, and full
        batches are shuffled.

    Examples
    --------
    >>> batches = Batches(examples=5, batch_size=4, seed=0, accumulation=2)
    >>> [[len(piece.rows) for piece in pieces] for pieces in batches.steps(0, 2)]
    [[2, 2], [1]]
    """

    examples: int
    batch_size: int
    seed: int
    accumulation: int = 1
    rank: int = 0
    world_size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    lengths: Tensor | None = None

    def __post_init__(self) -> None:
        if self.lengths is not None and self.lengths.shape != (self.examples,):
            raise ValueError(
                f"lengths has the shape {tuple(self.lengths.shape)} and there are {self.examples} "
                "examples: it must hold one number for each; pass e.g. mask.sum(1)"
            )

    @property
    def per_epoch(self) -> int:
        """Steps of one epoch."""
        return -(-self.examples // self.batch_size)

    def size(self, step: int) -> int:
        """Examples behind step `step`, over all processes."""
        return min(self.batch_size, self.examples - step % self.per_epoch * self.batch_size)

    def order(self, epoch: int) -> Tensor:
        """Return the permutation `(N,)` of epoch `epoch`, counted from 0."""
        # SeedSequence keeps the streams of (seed 0, epoch 1) and (seed 1, epoch 0) apart.
        mixed = np.random.SeedSequence([self.seed, epoch]).generate_state(1, np.uint64)[0]
        generator = torch.Generator().manual_seed(int(mixed))
        order = torch.randperm(self.examples, generator=generator)
        if self.lengths is not None:
            order = self._by_length(order, self.lengths.cpu(), generator)
        return order.to(self.device)

    def _by_length(self, order: Tensor, lengths: Tensor, generator: torch.Generator) -> Tensor:
        """Sort within pools, then shuffle the batches but for the last, which may be short."""
        pools = torch.split(order, POOL * self.batch_size)
        order = torch.cat([pool[lengths[pool].argsort(stable=True)] for pool in pools])
        full = self.examples // self.batch_size
        batches = order[: full * self.batch_size].view(full, self.batch_size)
        batches = batches[torch.randperm(full, generator=generator)]
        return torch.cat([batches.flatten(), order[full * self.batch_size :]])

    def steps(self, start: int, stop: int) -> Iterator[list[MicroBatch]]:
        """Yield the micro-batches of the steps from `start` up to, not including, `stop`."""
        while start < stop:
            epoch, position = divmod(start, self.per_epoch)
            batches = torch.split(self.order(epoch), self.batch_size)[position:]
            for batch in batches[: stop - start]:
                yield self._pieces(batch)
            start += len(batches)

    def _pieces(self, batch: Tensor) -> list[MicroBatch]:
        """Cut a batch `(B,)` and return the pieces of this process."""
        if self.accumulation * self.world_size == 1:
            return [MicroBatch(batch, 1.0)]
        mine = slice(self.rank * self.accumulation, (self.rank + 1) * self.accumulation)
        pieces = batch.tensor_split(self.accumulation * self.world_size)[mine]
        if self.world_size > 1:
            # Every process must take part in every exchange: one that has no example left
            # computes another's, with no weight.
            return [
                MicroBatch(piece, len(piece) / len(batch))
                if len(piece)
                else MicroBatch(batch[:1], 0.0)
                for piece in pieces
            ]
        return [MicroBatch(piece, len(piece) / len(batch)) for piece in pieces if len(piece)]
