"""A training process that is killed without warning; started by test_resume.py.

python -m tests.training.killed_run CHECKPOINT THREADS step CALLS     dies inside a step
python -m tests.training.killed_run CHECKPOINT THREADS write SAVES    dies inside a save
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import torch

from lablib.training import checkpoint
from tests.training.setting import Stop, logistic, train


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_while_writing(saves: int) -> None:
    """Let `saves` checkpoints pass and die after writing half of the next."""
    save = torch.save
    left = saves

    def half(content: Any, file: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            file.write(b"half of a checkpoint")
            file.flush()
            die()
        save(content, file)

    checkpoint.torch.save = half  # type: ignore[attr-defined]


if __name__ == "__main__":
    path, threads, where, count = sys.argv[1:]
    torch.set_num_threads(int(threads))
    loss: Any = logistic
    if where == "step":
        loss = Stop(int(count), die)
    else:
        die_while_writing(int(count))
    train(loss=loss, checkpoint=path, checkpoint_every=2)
