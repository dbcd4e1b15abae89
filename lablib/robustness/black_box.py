"""An attack without gradients: random patches of full strength, kept where they help.

A small relative of the Square attack (Andriushchenko et al., 2020). It sees logits only, so a
defence that merely hides gradients does not stop it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lablib.robustness.attacks import BATCH, AttackResult, excesses
from lablib.robustness.threat import ThreatModel, check_examples
from lablib.training.validation import evaluating


def random_search(
    model: nn.Module,
    images: Tensor,
    target: Tensor,
    *,
    threat: ThreatModel,
    queries: int = 200,
    share: float = 0.3,
    seed: int = 0,
) -> AttackResult:
    """Try patches at random places, each pushed to the edge of the ball, and keep what helps.

    Parameters
    ----------
    model, images, target, threat, seed
        As for `pgd`; patches are squares in the last two axes of `(N, C, H, W)`, and runs in
        the last axis of any other shape.
    queries
        Answers of the model for each input.
    share
        Share of an input that the first patches cover, above 0 up to 1; it shrinks to a tenth.

    Raises
    ------
    ValueError
        If inputs or numbers do not fit.
    """
    check_examples(images, target, threat)
    if queries < 1 or not 0 < share <= 1:
        raise ValueError(f"queries={queries} must be at least 1 and share={share} in (0, 1]")
    generator = torch.Generator().manual_seed(seed)
    parameter = next(model.parameters(), None)
    device = images.device if parameter is None else parameter.device
    found = []
    with torch.no_grad(), evaluating(model):
        for part, labels in zip(
            torch.split(images, BATCH), torch.split(target, BATCH), strict=True
        ):
            part, labels = part.to(device), labels.to(device)
            moved, excess = part, excesses(model, part, labels)
            for query in range(queries):
                size = share * 0.1 ** (query / queries)
                patch = _patch(part, moved, threat, size, generator)
                proposed = threat.project(patch, part)
                value = excesses(model, proposed, labels)
                better = value > excess
                moved = torch.where(better.view(-1, *[1] * (part.ndim - 1)), proposed, moved)
                excess = torch.where(better, value, excess)
            found.append((moved.to(images.device), excess.to(images.device)))
    moved, excess = (torch.cat(column) for column in zip(*found, strict=True))
    return AttackResult(moved, excess > 0, excess)


def _patch(
    images: Tensor, moved: Tensor, threat: ThreatModel, share: float, generator: torch.Generator
) -> Tensor:
    """`moved`, with a patch of each input replaced by the input plus or minus eps."""
    axes = 2 if images.ndim == 4 else 1
    inside = torch.ones(len(images), *[1] * (images.ndim - 1), dtype=torch.bool)
    for axis in range(images.ndim - axes, images.ndim):
        size = images.shape[axis]
        side = min(size, max(1, round(size * share ** (1 / axes))))
        first = torch.randint(size - side + 1, (len(images), 1), generator=generator)
        place = torch.arange(size)
        line = (place >= first) & (place < first + side)  # (B, size)
        shape = [len(images)] + [1] * (images.ndim - 1)
        shape[axis] = size
        inside = inside & line.view(shape)
    channels = images.shape[1] if images.ndim == 4 else 1
    shape = [len(images), channels] + [1] * (images.ndim - 2)
    signs = 2.0 * torch.randint(2, (len(images), channels), generator=generator) - 1
    change = threat.eps * signs.view(shape[: images.ndim])
    return torch.where(inside.to(images.device), images + change.to(images), moved)
