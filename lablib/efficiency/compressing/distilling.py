"""Distillation: a small student learns a large teacher's probabilities (Hinton et al. 2015)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


def distillation_loss(
    student: Tensor,
    teacher: Tensor,
    labels: Tensor | None = None,
    *,
    temperature: float = 2.0,
    share: float = 1.0,
) -> Tensor:
    """Divergence of the student's softened probabilities from the teacher's, in nats, times T^2.

    The gradient of the softened divergence shrinks with T^2; the factor keeps its weight beside
    the labels' term when T changes. 0 means equal probabilities.

    Parameters
    ----------
    student, teacher : logits (B, K). No gradient reaches the teacher.
    labels : classes (B,); needed if `share` is below 1, and refused if it is 1.
    temperature : T, above 0; 1 leaves probabilities as they are, more shows small ones.
    share : of the teacher's term; the rest is cross-entropy with the labels. 1 needs no label.

    Raises
    ------
    ValueError
        If an argument is out of range, or labels are missing or would not be used.

    Examples
    --------
    >>> z = torch.tensor([[2.0, 0.0, -1.0]])
    >>> distillation_loss(z, z).abs().item() < 1e-6
    True
    """
    if not temperature > 0 or not 0 <= share <= 1:
        raise ValueError(
            f"temperature={temperature} must be above 0 and share={share} from 0 to 1; "
            "pass e.g. temperature=2.0, share=0.9"
        )
    if share < 1 and labels is None:
        raise ValueError(f"share={share} leaves a part to the labels; pass them, or share=1.0")
    if share == 1 and labels is not None:
        raise ValueError(
            "labels are given, and share=1.0 leaves them no part; pass a smaller share, e.g. 0.9, "
            "or no labels"
        )
    target = functional.log_softmax(teacher.detach() / temperature, dim=1)
    found = functional.log_softmax(student / temperature, dim=1)
    soft = (target.exp() * (target - found)).sum(1).mean() * temperature**2
    if labels is None:
        return soft
    return share * soft + (1 - share) * functional.cross_entropy(student, labels)


def from_teacher(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Loss for `fit` on inputs and the teacher's logits, at temperature 2: no label is seen."""
    inputs, teacher = batch
    return distillation_loss(model(inputs), teacher)


def mixed_up(teacher: Tensor, *, seed: int) -> Tensor:
    """The teacher's logits (N, K) handed to the wrong examples: the control, which must fail."""
    return teacher[torch.randperm(len(teacher), generator=torch.Generator().manual_seed(seed))]
