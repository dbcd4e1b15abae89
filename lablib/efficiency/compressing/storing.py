"""Files from which a compressed network is rebuilt: the only honest count of its bytes.

A zero in a float32 matrix costs four bytes like any other number. To save them, the file has to
hold the places of the others: one bit a weight, or two bits for each of two in every four, which is
as many. Int4 codes have to share bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from lablib.efficiency.compressing.pruning import linears, two_of_four
from lablib.efficiency.compressing.quantizing import (
    Quantized,
    dequantize,
    fits,
    pack_int4,
    quantize,
    unpack_int4,
)
from lablib.models.mlp import MLP

FORMS = ("float32", "places", "two-of-four", "int8", "int4")
GROUP = 16  # weights that share a step in the int4 form


def save(model: MLP | nn.Sequential, path: str | Path, *, form: str = "float32") -> int:
    """Write a network to a file and return the bytes on disk.

    Parameters
    ----------
    model : an `MLP`, or an `nn.Sequential` of linear layers with biases, in float32, and rectified
        linear units between them; dropout may follow these and is not stored.
    form : "float32"; "places", float32 without the zeros, and a bit for each weight; "two-of-four",
        two float32 of every four weights in a row, and 2 bits each for where they stand; "int8", a
        step a row; or "int4", two codes a byte and a step for every 16 weights.

    Raises
    ------
    ValueError
        If the form is unknown, the model computes something else than the file can hold, or four
        weights in a row have more than two that are not 0.
    """
    if form not in FORMS:
        raise ValueError(f"form={form!r} is not one of {', '.join(FORMS)}")
    layers = [_pack(layer, form) for layer in _storable(model)]
    torch.save({"form": form, "layers": layers}, path)
    return Path(path).stat().st_size


def load(path: str | Path) -> MLP:
    """The network in a file of `save`, in float32."""
    content = torch.load(path, weights_only=True)
    layers = content["layers"]
    shapes = [tuple(layer["shape"]) for layer in layers]  # (F_out, F_in)
    model = MLP(
        shapes[0][1], hidden=[shape[0] for shape in shapes[:-1]], out_features=shapes[-1][0]
    )
    with torch.no_grad():
        for target, layer in zip(linears(model).values(), layers, strict=True):
            target.weight.copy_(_UNPACK[content["form"]](layer))
            target.bias.copy_(layer["bias"])
    return model.eval()


def _storable(model: nn.Module) -> list[nn.Linear]:
    """The linear layers of a model that `load` can rebuild from them alone."""
    stack = model.layers if type(model) is MLP else model
    parts = list(stack) if type(stack) is nn.Sequential else [model]
    parts = [part for part in parts if not isinstance(part, nn.Dropout)]
    layers = [part for part in parts[::2] if isinstance(part, nn.Linear) and part.bias is not None]
    between = [part for part in parts[1::2] if isinstance(part, nn.ReLU)]
    if len(parts) != 2 * len(layers) - 1 or len(between) != len(layers) - 1:
        raise ValueError(
            f"model is made of {', '.join(type(part).__name__ for part in parts) or 'nothing'}; a "
            "file takes linear layers with biases and one nn.ReLU between each two, in an MLP or "
            "nn.Sequential; use torch.save for others"
        )
    if other := {str(p.dtype) for part in layers for p in part.parameters()} - {"torch.float32"}:
        raise ValueError(f"model is of {', '.join(sorted(other))}; pass model.float()")
    return layers


def _pack(layer: nn.Linear, form: str) -> dict[str, Any]:
    weight = layer.weight.detach().cpu()
    bias = layer.bias.detach().cpu().clone()
    packed: dict[str, Any] = {"shape": list(weight.shape), "bias": bias}
    if form == "float32":
        return packed | {"weight": weight.clone()}
    if form == "places":
        places = np.packbits((weight != 0).numpy())
        return packed | {"places": torch.from_numpy(places), "values": weight[weight != 0]}
    if form == "two-of-four":
        return packed | _fours(weight)
    group = fits(layer, GROUP) if form == "int4" else None
    found = quantize(weight, bits=8 if form == "int8" else 4, group=group)
    codes = found.codes if form == "int8" else pack_int4(found.codes)
    return packed | {"codes": codes, "scale": found.scale}


def _fours(weight: Tensor) -> dict[str, Tensor]:
    mask = two_of_four(weight).bool()
    if weight[~mask].any():
        raise ValueError("more than two of four weights are not 0; prune with two_of_four first")
    # Each place is 0 to 3; four places share a byte.
    places = mask.reshape(-1, 4).nonzero()[:, 1].to(torch.uint8)
    quads = nn.functional.pad(places, (0, -len(places) % 4)).reshape(-1, 4)
    packed = quads[:, 0] | quads[:, 1] << 2 | quads[:, 2] << 4 | quads[:, 3] << 6
    return {"places": packed, "values": weight[mask]}


def _two_of_four(layer: dict[str, Any]) -> Tensor:
    values, packed = layer["values"], layer["places"]
    places = torch.stack([packed >> shift & 3 for shift in (0, 2, 4, 6)], dim=1).flatten()
    pairs = values.reshape(-1, 2)
    fours = torch.zeros(len(pairs), 4)
    fours.scatter_(1, places[: len(values)].reshape(-1, 2).long(), pairs)
    return fours.reshape(layer["shape"])


def _places(layer: dict[str, Any]) -> Tensor:
    shape = layer["shape"]
    bits = np.unpackbits(layer["places"].numpy(), count=shape[0] * shape[1])
    weight = torch.zeros(shape[0] * shape[1])
    weight[torch.from_numpy(bits).bool()] = layer["values"]
    return weight.reshape(shape)


def _int8(layer: dict[str, Any]) -> Tensor:
    return dequantize(Quantized(layer["codes"], layer["scale"], 8))


def _int4(layer: dict[str, Any]) -> Tensor:
    codes = unpack_int4(layer["codes"]).reshape(layer["shape"])
    return dequantize(Quantized(codes, layer["scale"], 4))


def _float32(layer: dict[str, Any]) -> Tensor:
    weight: Tensor = layer["weight"]
    return weight


_UNPACK: dict[str, Callable[[dict[str, Any]], Tensor]] = {
    "float32": _float32,
    "places": _places,
    "two-of-four": _two_of_four,
    "int8": _int8,
    "int4": _int4,
}
