"""Numbers with few bits: symmetric codes for a weight matrix, one step size a row or a group.

`codes * scale` stands for the weight, at most half a step away (Jacob et al. 2018). Smaller groups
follow the weights more closely and cost more scales. Training may foresee the rounding (Bengio et
al. 2013). Left out on purpose: zero points, calibration of activations, and choosing codes by
their effect (GPTQ, AWQ).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from lablib.efficiency.compressing.pruning import linears, only_linears

Model = TypeVar("Model", bound=nn.Module)


@dataclass(frozen=True, eq=False)
class Quantized:
    """A weight matrix as codes and step sizes.

    Attributes
    ----------
    codes : int8 (F_out, F_in), from -(2^(bits-1) - 1) to 2^(bits-1) - 1.
    scale : float32 (F_out, F_in / group), the size of one step.
    bits : of a code; 8, 4 and 2 are usual.
    """

    codes: Tensor
    scale: Tensor
    bits: int


def quantize(weight: Tensor, *, bits: int = 8, group: int | None = None) -> Quantized:
    """Round each weight to the nearest multiple of its group's step.

    Parameters
    ----------
    weight : (F_out, F_in).
    bits : 2 to 8. The largest weight of a group gets the largest code.
    group : weights in a row that share a step; None takes the whole row (per channel).

    Raises
    ------
    ValueError
        If `bits` is out of range or `group` does not divide F_in.

    Examples
    --------
    >>> quantize(torch.tensor([[1.27, -0.50, 0.006]])).codes.tolist()
    [[127, -50, 1]]
    """
    codes, scale = _codes(weight.detach(), bits, group)
    return Quantized(codes.flatten(1).to(torch.int8), scale, bits)


def dequantize(quantized: Quantized) -> Tensor:
    """The weight (F_out, F_in) that the codes stand for, float32."""
    parts = quantized.codes.float().reshape(*quantized.scale.shape, -1)
    weight: Tensor = (parts * quantized.scale[..., None]).flatten(1)
    return weight


def pack_int4(codes: Tensor) -> Tensor:
    """Two codes of 4 bits in each byte: int8 (...), an even number of values, to uint8 (half).

    Examples
    --------
    >>> pack_int4(torch.tensor([1, -1], dtype=torch.int8)).tolist()
    [241]
    """
    if codes.numel() % 2:
        raise ValueError(f"{codes.numel()} codes do not fill whole bytes; append a zero")
    low, high = (codes.flatten() & 15).view(torch.uint8).reshape(-1, 2).unbind(1)
    packed: Tensor = low | (high << 4)
    return packed


def unpack_int4(packed: Tensor) -> Tensor:
    """Undo `pack_int4`: uint8 (n,) to int8 (2n,), from -8 to 7."""
    pairs = torch.stack([packed & 15, packed >> 4], dim=1).flatten().view(torch.int8)
    return torch.where(pairs > 7, pairs - 16, pairs)


@torch.no_grad()
def rounded(model: Model, *, bits: int, group: int | None = None) -> Model:
    """Round the weights of all linear layers in place and return the model: weight-only.

    Parameters
    ----------
    model : computed in float32 as before, with weights that few bits can hold.
    bits, group : as for `quantize`; a layer whose inputs `group` does not divide takes rows.

    Raises
    ------
    ValueError
        If the model has no linear layers or other matrices, or `bits` is out of range.
    """
    for layer in only_linears(model).values():
        layer.weight.copy_(dequantize(quantize(layer.weight, bits=bits, group=fits(layer, group))))
    return model


def fits(layer: nn.Linear, group: int | None) -> int | None:
    """The group size, or None where it does not divide the layer's inputs."""
    return group if group and layer.in_features % group == 0 else None


@contextmanager
def rounding_while_training(
    model: nn.Module, *, bits: int, group: int | None = None
) -> Iterator[nn.Module]:
    """While open, the model computes with rounded weights and trains the full ones behind them.

    Rounding has slope 0 almost everywhere; the straight-through estimator pretends that it is 1
    (Bengio et al. 2013). Afterwards the rounded weights stay.

    Parameters
    ----------
    model, bits, group : as for `rounded`, with the same errors.
    """
    layers = only_linears(model)
    for layer in layers.values():
        _check(bits, fits(layer, group), layer.in_features)
    for layer in layers.values():
        parametrize.register_parametrization(layer, "weight", _Rounded(bits, fits(layer, group)))
    try:
        yield model
    finally:
        for layer in linears(model).values():
            parametrize.remove_parametrizations(layer, "weight")


def fake_quantized(weight: Tensor, *, bits: int = 8, group: int | None = None) -> Tensor:
    """The weight that rounding would leave, with the slope of the straight-through estimator.

    Parameters
    ----------
    weight, bits, group : as for `quantize`.

    Returns
    -------
    Rounded weights (F_out, F_in); their gradient reaches `weight` as if nothing was rounded.

    Examples
    --------
    >>> weight = torch.tensor([[7.0, -3.2, 0.4]], requires_grad=True)
    >>> near = fake_quantized(weight, bits=4)
    >>> near.sum().backward()
    >>> near.tolist(), weight.grad.tolist()
    ([[7.0, -3.0, 0.0]], [[1.0, 1.0, 1.0]])
    """
    with torch.no_grad():
        codes, scale = _codes(weight, bits, group)
        near = (codes * scale[..., None]).flatten(1)
    return near + (weight - weight.detach())  # exactly the rounded weights, as w - w is 0


class _Rounded(nn.Module):
    def __init__(self, bits: int, group: int | None) -> None:
        super().__init__()
        self.bits, self.group = bits, group

    def forward(self, weight: Tensor) -> Tensor:
        return fake_quantized(weight, bits=self.bits, group=self.group)


def _codes(weight: Tensor, bits: int, group: int | None) -> tuple[Tensor, Tensor]:
    """Whole numbers (F_out, groups, group), still as floats, and their steps (F_out, groups)."""
    group = weight.shape[1] if group is None else group
    _check(bits, group, weight.shape[1])
    top = 2 ** (bits - 1) - 1
    parts = weight.reshape(len(weight), -1, group)
    scale = parts.abs().amax(2) / top
    scale = torch.where(scale > 0, scale, torch.ones_like(scale))  # a row of zeros: any step
    return (parts / scale[..., None]).round_().clamp_(-top, top), scale


def _check(bits: int, group: int | None, inputs: int) -> None:
    if not 2 <= bits <= 8:
        raise ValueError(f"bits={bits} must be from 2 to 8: a code is kept in one byte")
    if group is not None and (group < 1 or inputs % group):
        raise ValueError(f"group={group} must divide the {inputs} inputs; pass None")
