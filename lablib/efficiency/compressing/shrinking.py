"""Structured pruning: whole units leave, and every tensor that touches them gets smaller.

A unit is an output of one layer and, in the same place, an input of the next: a hidden unit, a
channel of a convolution (Li et al. 2017), a feed-forward unit, or the rows of an attention head
(Michel et al. 2019). The two layers have to be cut together, as `narrowed` does.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TypeVar

import torch
from torch import Tensor, nn

from lablib.efficiency.compressing.pruning import linears
from lablib.models.mlp import MLP

Layer = TypeVar("Layer", nn.Linear, nn.Conv2d)


@torch.no_grad()
def narrowed(layer: Layer, *, outputs: Tensor | None = None, inputs: Tensor | None = None) -> Layer:
    """Copy of a layer with only some of its outputs and inputs; None keeps all.

    Parameters
    ----------
    layer : linear, weight (F_out, F_in); or convolution without groups, (C_out, C_in, h, w).
    outputs, inputs : positions to keep, in order; for a convolution channels.

    Examples
    --------
    >>> narrowed(nn.Linear(8, 6), outputs=torch.tensor([0, 4]), inputs=torch.arange(3)).weight.shape
    torch.Size([2, 3])
    """
    if getattr(layer, "groups", 1) != 1:
        raise ValueError("a convolution with groups has no free inputs; narrow it by hand")
    small = copy.deepcopy(layer)
    weight = small.weight
    if outputs is not None:
        weight = nn.Parameter(weight[outputs])
        if small.bias is not None:
            small.bias = nn.Parameter(small.bias[outputs])
    if inputs is not None:
        weight = nn.Parameter(weight[:, inputs])
    small.weight = weight
    names = ("in_features", "out_features")
    if isinstance(small, nn.Conv2d):
        names = ("in_channels", "out_channels")
    setattr(small, names[0], weight.shape[1])
    setattr(small, names[1], weight.shape[0])
    return small


@torch.no_grad()
def strongest_units(model: MLP, *, widths: Sequence[int]) -> list[Tensor]:
    """For each hidden layer the units to keep: those with the largest norms in times out.

    A unit matters if something reaches it *and* something reads it, hence the product of the
    norms of its incoming and outgoing weights.

    Parameters
    ----------
    model : its hidden layers are looked at.
    widths : how many units of each hidden layer to keep; at least 1.
    """
    layers = list(linears(model).values())
    if len(widths) != len(layers) - 1:
        raise ValueError(f"widths has {len(widths)} numbers for {len(layers) - 1} hidden layers")
    kept = []
    for before, after, width in zip(layers, layers[1:], widths, strict=False):
        if not 1 <= width <= before.out_features:
            raise ValueError(f"width {width} is not from 1 to {before.out_features} units")
        scores = before.weight.norm(dim=1) * after.weight.norm(dim=0)
        kept.append(scores.topk(width).indices.sort().values)
    return kept


def shrink(model: MLP, kept: Sequence[Tensor]) -> MLP:
    """A smaller network with only the kept hidden units; the old one is left as it is.

    Parameters
    ----------
    model : with one layer more than `kept` has entries.
    kept : positions of the units to keep, for each hidden layer.
    """
    names = list(linears(model))
    small = copy.deepcopy(model)
    ends = [None, *kept, None]
    for place, name in enumerate(names):
        layer = model.get_submodule(name)
        assert isinstance(layer, nn.Linear)
        new = narrowed(layer, inputs=ends[place], outputs=ends[place + 1])
        parent, _, leaf = name.rpartition(".")
        setattr(small.get_submodule(parent), leaf, new)
    return small


@torch.no_grad()
def silence(model: MLP, kept: Sequence[Tensor]) -> MLP:
    """Copy of the same shapes in which all other hidden units give 0: what `shrink` must equal."""
    masked = copy.deepcopy(model)
    for layer, keep in zip(linears(masked).values(), kept, strict=False):
        mask = torch.zeros_like(layer.bias).index_fill_(0, keep, 1.0)
        layer.weight.mul_(mask[:, None])
        layer.bias.mul_(mask)
    return masked


def drop_named(state: Mapping[str, Tensor], *, threshold: float) -> dict[str, Tensor]:
    """THE WRONG WAY, kept to be measured: leave out each named tensor whose norm is too small.

    A norm grows with the number of values, so biases and output layers go first, whatever they
    do. What is left are matrices that no longer follow one another.
    """
    return {name: tensor for name, tensor in state.items() if tensor.norm() >= threshold}


@torch.no_grad()
def stacked(state: Mapping[str, Tensor], x: Tensor) -> Tensor:
    """THE WRONG WAY, continued: multiply by the matrices that are left, cut where they clash."""
    for tensor in state.values():
        if tensor.ndim == 2:
            width = min(x.shape[1], tensor.shape[1])
            x = (x[:, :width] @ tensor[:, :width].T).relu()
    return x
