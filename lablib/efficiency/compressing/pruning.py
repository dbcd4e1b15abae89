"""Unstructured pruning: single weights become zero and stay zero while the others are retrained.

Magnitude as the score (Han et al. 2015), random choice as its control, and the pattern of two
weights in every four that some graphics cards multiply faster (Mishra et al. 2021). The tensors
keep their shape. Left out on purpose: scores from gradients or activations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

Model = TypeVar("Model", bound=nn.Module)


def magnitude_mask(weight: Tensor, *, sparsity: float) -> Tensor:
    """Mask with zeros at the smallest absolute values; same shape as `weight`, of 0.0 and 1.0.

    Parameters
    ----------
    weight : any shape.
    sparsity : share of weights to remove, 0 to 1; 0 removes none, 1 all. Of equal weights those
        that come first go.

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
    scores = torch.rand(weight.shape, generator=generator)  # the same on every device
    return _without_smallest(scores, _share(sparsity)).to(weight)


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
    model : any module whose matrices all belong to linear layers.
    rule : mask of one weight, such as `magnitude_mask` with its sparsity fixed.

    Raises
    ------
    ValueError
        As `only_linears`.
    """
    return {name: rule(layer.weight) for name, layer in only_linears(model).items()}


@torch.no_grad()
def apply_masks(model: Model, masks: Mapping[str, Tensor]) -> Model:
    """Set masked weights to zero, in place, and return the model.

    Parameters
    ----------
    model : its linear layers are changed.
    masks : as from `masks_for`, one for each linear layer.

    Raises
    ------
    ValueError
        If a layer has no mask, a mask no layer, or the two differ in shape; nothing is changed.
    """
    for layer, mask in _matched(model, masks):
        layer.weight.mul_(mask)
    return model


@contextmanager
def held_at_zero(model: nn.Module, masks: Mapping[str, Tensor]) -> Iterator[nn.Module]:
    """While open, training cannot move a masked weight; afterwards the zeros are in the weights.

    Without this, the first step of the optimiser fills most of the zeros again.

    Parameters
    ----------
    model : its linear layers are changed in place.
    masks : as from `masks_for`.

    Raises
    ------
    ValueError
        As `apply_masks`.
    """
    for layer, mask in _matched(model, masks):
        parametrize.register_parametrization(layer, "weight", _Masked(mask))
    try:
        yield model
    finally:
        for layer in linears(model).values():
            parametrize.remove_parametrizations(layer, "weight")


def sparsity_of(model: nn.Module) -> float:
    """Share of exact zeros among the weights of linear layers, 0 to 1.

    Raises
    ------
    ValueError
        As `only_linears`.
    """
    weights = [layer.weight for layer in only_linears(model).values()]
    return sum(int((w == 0).sum()) for w in weights) / sum(w.numel() for w in weights)


def linears(model: nn.Module) -> dict[str, nn.Linear]:
    """All linear layers of a model, by name, in order."""
    return {name: part for name, part in model.named_modules() if isinstance(part, nn.Linear)}


def only_linears(model: nn.Module) -> dict[str, nn.Linear]:
    """All linear layers of a model that has no other matrices, by name, in order.

    Parameters
    ----------
    model : any module. Vectors, such as the weights of a normalisation, may lie anywhere.

    Raises
    ------
    ValueError
        If there is no linear layer, or a parameter with two or more axes lies outside of them, as
        that of a convolution: a number over the linear layers would not be one of the model.
    """
    layers = linears(model)
    if not layers:
        raise ValueError("model has no linear layer (torch.nn.Linear); pass one that has")
    inside = {id(one) for layer in layers.values() for one in layer.parameters()}
    other = [n for n, one in model.named_parameters() if one.ndim > 1 and id(one) not in inside]
    if other:
        raise ValueError(
            f"model has weights outside of linear layers ({', '.join(other)}), which are not "
            "handled; pass the part of the model that has only linear layers"
        )
    return layers


class _Masked(nn.Module):
    def __init__(self, mask: Tensor) -> None:
        super().__init__()
        self.register_buffer("mask", mask)
        self.mask: Tensor

    def forward(self, weight: Tensor) -> Tensor:
        return weight * self.mask


def _matched(model: nn.Module, masks: Mapping[str, Tensor]) -> list[tuple[nn.Linear, Tensor]]:
    """Each linear layer with its mask, after both have been checked."""
    layers = linears(model)
    if layers.keys() != masks.keys():
        raise ValueError(
            f"masks has {', '.join(masks) or 'no layer'}, the model {', '.join(layers) or 'none'}; "
            "make one for each linear layer, as masks_for does"
        )
    for name, layer in layers.items():
        if masks[name].shape != layer.weight.shape:
            raise ValueError(
                f"masks[{name!r}] has shape {tuple(masks[name].shape)}, the weight "
                f"{tuple(layer.weight.shape)}; they must be equal, so make it from this model"
            )
    return [(layer, masks[name]) for name, layer in layers.items()]


def _without_smallest(scores: Tensor, sparsity: float) -> Tensor:
    """Mask without the smallest scores; of those equal to the largest that goes, the first go."""
    removed = round(sparsity * scores.numel())
    if not removed:
        return torch.ones_like(scores)
    flat = scores.reshape(-1)
    flat = flat.float() if flat.dtype in (torch.float16, torch.bfloat16) else flat
    last = flat.kthvalue(removed).values
    below, equal = flat < last, flat == last
    gone = below | (equal & (equal.cumsum(0) <= removed - below.sum()))
    return (~gone).reshape(scores.shape).to(scores.dtype)


def _share(sparsity: float) -> float:
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity={sparsity} must be a share from 0 to 1; pass e.g. 0.9")
    return sparsity
