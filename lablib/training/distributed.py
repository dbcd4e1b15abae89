"""Data parallelism under PyTorch's launcher; without it, one process and nothing to do.

`python -m torch.distributed.run --nproc-per-node 2 script.py` starts the same script twice. Each
process computes its part of every batch, gradients are averaged between them, and process 0
alone writes files. The part of a process is weighted by its size, so the gradient is that of
the whole batch and the number of processes does not change the result.
"""

from __future__ import annotations

import atexit
import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True)
class Processes:
    """Which process this is, among those that train together.

    >>> Processes().is_main
    True
    """

    rank: int = 0
    size: int = 1
    local_rank: int = 0

    @property
    def is_main(self) -> bool:
        """Whether this process writes files and shows progress."""
        return self.rank == 0

    def connect(self, device: torch.device) -> None:
        """Join the group once a process; it is left when the process ends."""
        if device.type == "cuda":
            torch.cuda.set_device(device)
        if self.size > 1 and not dist.is_initialized():
            dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
            atexit.register(_leave)

    def wrap(self, model: nn.Module) -> nn.Module:
        """Return the model to compute losses with; its gradients are averaged over processes."""
        return DistributedDataParallel(model) if self.size > 1 else model

    def exchange(self, network: nn.Module, *, now: bool) -> AbstractContextManager[None]:
        """Return the context of one backward pass: gradients travel only with the last one."""
        if isinstance(network, DistributedDataParallel) and not now:
            return network.no_sync()
        return nullcontext()

    def backward(self, loss: Tensor, share: float) -> None:
        """Add the gradient of `share * loss` to the parameters.

        The wrapped model averages gradients over processes; of shares one wants the sum.
        """
        weight = share * self.size
        (loss if weight == 1 else loss * weight).backward()  # type: ignore[no-untyped-call]

    def sum(self, values: Tensor) -> Tensor:
        """Return `values` added up over the processes, the same tensor in each."""
        if self.size > 1:
            dist.all_reduce(values)
        return values

    def gather(self, value: Any) -> list[Any]:
        """Return the value of every process, in the order of their ranks."""
        if self.size == 1:
            return [value]
        values: list[Any] = [None] * self.size
        dist.all_gather_object(values, value)
        return values


def launched() -> Processes:
    """Read from the environment how the launcher started this process."""
    if not dist.is_available() or not dist.is_torchelastic_launched():
        return Processes()
    return Processes(*(int(os.environ[name]) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK")))


def _leave() -> None:
    if dist.is_initialized():
        dist.destroy_process_group()
