"""AdaLoRA's moving ranks (Zhang et al., 2023) in a training loop that knows nothing of them.

PEFT's AdaLoRA prunes and restores ranks by importance, and must be told after every optimiser
step, while the gradients are still there. torch announces that moment to whoever registers for it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_post_hook


@contextmanager
def moving_ranks(model: nn.Module) -> Iterator[None]:
    """Let AdaLoRA move its rank budget after each optimiser step inside the `with`.

    Steps of optimisers that train another model are not counted. Importance is kept in memory
    and not in checkpoints: a run that resumes starts its estimate anew.

    Parameters
    ----------
    model
        From `peft.get_peft_model` with an `AdaLoraConfig`.

    Raises
    ------
    ValueError
        If `model` is not adapted by AdaLoRA.
    """
    allocate = getattr(getattr(model, "base_model", None), "update_and_allocate", None)
    if allocate is None:
        raise ValueError(
            f"model is a {type(model).__name__} without AdaLoRA: wrap it with "
            "peft.get_peft_model(model, AdaLoraConfig(...)) first"
        )
    own = {id(parameter) for parameter in model.parameters()}
    steps = itertools.count()

    def after_step(optimizer: Optimizer, *_: Any) -> None:
        if any(id(p) in own for group in optimizer.param_groups for p in group["params"]):
            allocate(next(steps))

    handle = register_optimizer_step_post_hook(after_step)
    try:
        yield
    finally:
        handle.remove()
