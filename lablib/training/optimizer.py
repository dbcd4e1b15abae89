"""AdamW (Loshchilov and Hutter, 2019), decaying weight matrices only."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Split the trainable parameters in decayed and not decayed.

    Decay pulls towards 0, which is a neutral value for a weight matrix but not for a bias or the
    scale of a norm: those have one dimension and are left alone.

    Raises
    ------
    ValueError
        If no parameter of `model` is trainable.
    """
    trainable = [p for p in model.parameters() if p.requires_grad]
    if not trainable:
        raise ValueError(
            "model must have a trainable parameter and has none; "
            "set requires_grad=True on what is to be trained"
        )
    groups = [
        {"params": [p for p in trainable if p.ndim >= 2], "weight_decay": weight_decay},
        {"params": [p for p in trainable if p.ndim < 2], "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]


def adamw(model: nn.Module, *, learning_rate: float, weight_decay: float) -> torch.optim.AdamW:
    """Return AdamW for a model that already lies on its device.

    Fused: one kernel updates every tensor. Processor, CUDA and MPS all have it.

    Parameters
    ----------
    model
        Its trainable parameters are optimised.
    learning_rate
        Step size until the schedule sets another.
    weight_decay
        Pull of matrices towards 0, a fraction of the learning rate a step; 0: none.
    """
    groups = parameter_groups(model, weight_decay)
    return torch.optim.AdamW(groups, lr=learning_rate, fused=True)
