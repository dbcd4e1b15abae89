"""Unstructured pruning: single weights become zero and stay zero while the others are retrained.

Magnitude as the score (Han et al. 2015), random choice as its control, and the pattern of two
weights in every four that some graphics cards multiply faster (Mishra et al. 2021). The tensors
keep their shape. Left out on purpose: scores from gradients or activations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

Model = TypeVar("Model", bound=nn.Module)


def magnitude_mask(weight: Tensor, *, sparsity: float) -> Tensor:
    """Mask with zeros at the smallest absolute values; same shape as `weight`, of 0.0 and 1.0.

    Parameters
    ----------
    weight : any shape.
    sparsity : share of weights to remove, 0 to 1; 0 removes none, 1 all.

    Examples
    --------
    >>> magnitude_mask(torch.tensor([0.1, -3.0, 2.0, -0.2]), sparsity=0.5).tolist()
    [0.0, 1.0, 1.0, 0.0]
    """
    return _without_smallest(weight.detach().abs(), _share(sparsity))


def random_mask(weight: Tensor, *, sparsity: float, seed: int) -> Tensor:
    """Mask with as many zeros as `magnitude_mask`, at random places: the control.

    Parameters
    ----------
    weight, sparsity : as for `magnitude_mask`.
    seed : of the places.
    """
    generator = torch.Generator().manual_seed(seed)
    return _without_smallest(torch.rand(weight.shape, generator=generator), _share(sparsity))


def two_of_four(weight: Tensor) -> Tensor:
    """Mask that keeps the two largest of every four weights along the last axis.

    Parameters
    ----------
    weight : (..., F) with F a multiple of 4.

    Raises
    ------
    ValueError
        If the last axis cannot be cut into fours.

    Examples
    --------
    >>> two_of_four(torch.tensor([[1.0, -4.0, 3.0, 2.0]])).tolist()
    [[0.0, 1.0, 1.0, 0.0]]
    """
    if weight.shape[-1] % 4:
        raise ValueError(
            f"weight has {weight.shape[-1]} inputs; the pattern needs a multiple of 4, so pad them"
        )
    fours = weight.detach().abs().reshape(-1, 4)
    mask = torch.zeros_like(fours).scatter_(1, fours.topk(2, dim=1).indices, 1.0)
    return mask.reshape(weight.shape)


def masks_for(model: nn.Module, rule: Callable[[Tensor], Tensor]) -> dict[str, Tensor]:
    """Masks of all linear layers, by the layers' names.

    Parameters
    ----------
    model : any module with linear layers.
    rule : mask of one weight, such as `magnitude_mask` with its sparsity fixed.
    """
    return {name: rule(layer.weight) for name, layer in linears(model).items()}


@torch.no_grad()
def apply_masks(model: Model, masks: Mapping[str, Tensor]) -> Model:
    """Set masked weights to zero, in place, and return the model."""
    for name, layer in linears(model).items():
        layer.weight.mul_(masks[name])
    return model


@contextmanager
def held_at_zero(model: nn.Module, masks: Mapping[str, Tensor]) -> Iterator[nn.Module]:
    """While open, training cannot move a masked weight; afterwards the zeros are in the weights.

    Without this, the first step of the optimiser fills most of the zeros again.

    Parameters
    ----------
    model : its linear layers are changed in place.
    masks : as from `masks_for`.
    """
    for name, layer in linears(model).items():
        parametrize.register_parametrization(layer, "weight", _Masked(masks[name]))
    try:
        yield model
    finally:
        for layer in linears(model).values():
            parametrize.remove_parametrizations(layer, "weight")


def sparsity_of(model: nn.Module) -> float:
    """Share of exact zeros among the weights of linear layers, 0 to 1."""
    weights = [layer.weight for layer in linears(model).values()]
    return sum(int((w == 0).sum()) for w in weights) / sum(w.numel() for w in weights)


def linears(model: nn.Module) -> dict[str, nn.Linear]:
    """All linear layers of a model, by name, in order."""
    return {name: part for name, part in model.named_modules() if isinstance(part, nn.Linear)}


class _Masked(nn.Module):
    def __init__(self, mask: Tensor) -> None:
        super().__init__()
        self.register_buffer("mask", mask)
        self.mask: Tensor

    def forward(self, weight: Tensor) -> Tensor:
        return weight * self.mask


def _without_smallest(scores: Tensor, sparsity: float) -> Tensor:
    mask = torch.ones_like(scores)
    removed = round(sparsity * scores.numel())
    if removed:
        order = np.argpartition(scores.reshape(-1).numpy(), removed - 1)
        mask.view(-1)[torch.from_numpy(order[:removed])] = 0.0
    return mask


def _share(sparsity: float) -> float:
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity={sparsity} must be a share from 0 to 1; pass e.g. 0.9")
    return sparsity
