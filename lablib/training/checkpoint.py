"""One file a run can continue from, to the same result bit for bit.

It holds weights, AdamW's moments, the step (from which batch order and learning rate follow),
the history, the best epoch and the state of torch's random generators. It replaces the file
before it in one move, so a kill at any moment leaves the older or the newer one, both whole.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from torch import nn

from lablib.training.device import random_state, set_random_state
from lablib.training.distributed import Processes
from lablib.training.meter import check_weights
from lablib.training.state import TrainingState

FORMAT = 1


class Checkpoint:
    """The file of one run.

    Parameters
    ----------
    path
        Where it lies; the folder is made if need be.
    identity
        Name and value of everything that decides the result. A file with another identity belongs
        to another run and is refused.
    model, optimizer, state
        What is saved, and filled again on resuming.
    device, processes
        Whose random generators are saved.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        identity: dict[str, Any],
        model: nn.Module,
        optimizer: torch.optim.Optimizer,
        state: TrainingState,
        device: torch.device,
        processes: Processes,
    ) -> None:
        self.path = Path(path)
        self.identity = {"format": FORMAT, **identity}
        self.model, self.optimizer, self.state = model, optimizer, state
        self.device, self.processes = device, processes

    def save(self) -> None:
        """Replace the file; every process must call this, and process 0 writes.

        Raises
        ------
        FloatingPointError
            If a weight is not finite; the file before stays.
        """
        check_weights(self.model, self.state.step)
        random = self.processes.gather(random_state(self.device))
        if self.processes.is_main:
            content = {
                "identity": self.identity,
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "state": self.state.state_dict(),
                "random": random,
            }
            write_atomically(self.path, content)

    def resume(self) -> int | None:
        """Continue from the file if there is one; returns the step it was saved after.

        Raises
        ------
        ValueError
            If the file cannot be read, or is that of another run.
        """
        if not self.path.exists():
            return None
        content = read(self.path)
        check_identity(self.path, saved=content["identity"], current=self.identity)
        try:
            self.model.load_state_dict(content["model"])
            self.optimizer.load_state_dict(content["optimizer"])
        except (RuntimeError, ValueError) as error:
            raise ValueError(
                f"checkpoint={str(self.path)!r} must hold the weights of this model and does not "
                f"({error}); build the model as before, or pass another file"
            ) from error
        self.state.load_state_dict(content["state"])
        set_random_state(self.device, content["random"][self.processes.rank])
        return self.state.step


def write_atomically(path: Path, content: dict[str, Any]) -> None:
    """Write beside `path`, flush to the disk, then replace `path` in one move."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        torch.save(content, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def read(path: Path) -> dict[str, Any]:
    """Read a checkpoint as plain data: nothing in the file is executed."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        if isinstance(content, dict) and {"identity", "state"} <= content.keys():
            return content
        problem = "it holds something else"
    except Exception as error:  # torch reads bytes that are no checkpoint into errors of any kind
        problem = f"{type(error).__name__}: {error}".partition("\n")[0]
    raise ValueError(
        f"checkpoint={str(path)!r} must be a file saved by lablib.training ({problem}); "
        "delete it to start afresh, or pass another file"
    )


def check_identity(path: Path, *, saved: dict[str, Any], current: dict[str, Any]) -> None:
    """Raise if the file belongs to another run.

    Parameters
    ----------
    path
        The file, for the message.
    saved, current
        Name and value of what decides the result, in the file and now.

    Raises
    ------
    ValueError
        Naming the first difference, in the order of names.
    """
    for name in sorted(saved.keys() | current.keys()):
        if saved.get(name) != current.get(name):
            raise ValueError(
                f"checkpoint={str(path)!r} is of a run with {name}={saved.get(name)!r}, and this "
                f"one has {name}={current.get(name)!r}: a run continues only as it began; "
                "change it back, pass another file, or delete this one to start afresh"
            )
