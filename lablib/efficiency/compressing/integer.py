"""Linear layers that multiply 8-bit integers, through torch's own kernels.

Weights are rounded once, a step a row; the inputs of each call are rounded on the fly with one
step for the whole batch ("dynamic"). Everything that torch announces to move lies in this module.
"""

from __future__ import annotations

import copy
import warnings
from typing import Any

import torch
from torch import Tensor, nn

from lablib.efficiency.compressing.pruning import linears
from lablib.efficiency.compressing.quantizing import Quantized, dequantize, quantize


def engine() -> str | None:
    """Name of the integer engine that this build of torch uses, or None without one."""
    name = str(torch.backends.quantized.engine)
    return None if name == "none" else name


class Int8Linear(nn.Module):
    """A linear layer (..., F_in) to (..., F_out) with 8-bit weights and inputs rounded on the fly.

    Its state dict holds the codes, their steps and the bias; loading one packs them again.

    Parameters
    ----------
    layer : linear layer to copy.
    kernels : True multiplies integers by torch's engine; False, the fallback, multiplies the
        rounded weights as float32 and leaves the inputs as they are: as small, not faster.

    Raises
    ------
    ValueError
        If `kernels` is True and torch has no integer engine.
    """

    def __init__(self, layer: nn.Linear, *, kernels: bool = True) -> None:
        super().__init__()
        if kernels and engine() is None:
            raise ValueError("torch has no integer kernels on this machine; kernels=False")
        found = quantize(layer.weight, bits=8)
        self.kernels = kernels
        self.codes: Tensor
        self.scale: Tensor
        self.weight: Tensor
        self.bias: Tensor | None
        self.register_buffer("codes", found.codes)
        self.register_buffer("scale", found.scale)
        self.register_buffer("bias", None if layer.bias is None else layer.bias.detach().clone())
        self.register_buffer("weight", dequantize(found), persistent=False)
        self._prepare()

    @property
    def quantized(self) -> Quantized:
        """The codes and steps that the layer holds."""
        return Quantized(self.codes, self.scale, 8)

    def _prepare(self) -> None:
        """Compute from codes and steps what `forward` multiplies by."""
        self.weight = dequantize(self.quantized)
        self._packed: Any = None
        if self.kernels:
            self._packed = _pack(self.weight, self.scale[:, 0], self.bias)

    def _load_from_state_dict(self, *args: Any, **settings: Any) -> None:
        super()._load_from_state_dict(*args, **settings)
        self._prepare()

    def forward(self, x: Tensor) -> Tensor:
        """Return outputs in float32."""
        if self._packed is None:
            return nn.functional.linear(x, self.weight, self.bias)
        # The engine's range is halved (7 bits), as older processors overflow otherwise.
        result: Tensor = torch.ops.quantized.linear_dynamic(x, self._packed, True)
        return result


def dynamic_int8(model: nn.Module, *, kernels: bool | None = None) -> nn.Module:
    """Copy of a model with each linear layer replaced by an `Int8Linear`, for the processor.

    Parameters
    ----------
    model : anything with linear layers, or one. Other layers, such as convolutions, stay float32.
    kernels : as for `Int8Linear`; None uses the engine where there is one.

    Raises
    ------
    ValueError
        If the model has no linear layer.
    """
    use = engine() is not None if kernels is None else kernels
    small = copy.deepcopy(model).cpu().float().eval()
    if isinstance(small, nn.Linear):
        return Int8Linear(small, kernels=use).eval()
    layers = linears(small)
    if not layers:
        raise ValueError("model has no linear layer (torch.nn.Linear), so nothing becomes int8")
    for name, layer in layers.items():
        parent, _, leaf = name.rpartition(".")
        setattr(small.get_submodule(parent), leaf, Int8Linear(layer, kernels=use))
    return small


def _pack(weight: Tensor, scale: Tensor, bias: Tensor | None) -> Any:
    zeros = torch.zeros(len(scale), dtype=torch.int64)
    with warnings.catch_warnings():
        # torch 2.13 announces that these tensors will move to another package.
        warnings.simplefilter("ignore")
        codes = torch.quantize_per_channel(weight, scale.double(), zeros, 0, torch.qint8)
        return torch.ops.quantized.linear_prepack(codes, bias)
