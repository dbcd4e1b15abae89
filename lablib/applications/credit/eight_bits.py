"""8-bit layers that decide on each person alone.

torch's dynamic layers round all inputs of a batch with one step, so a probability would depend on
who else is scored at the same time. Here every row is first brought to [0, 1], with its own range.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from lablib.efficiency.compressing.integer import dynamic_int8
from lablib.efficiency.compressing.pruning import linears


class RowInt8(nn.Module):
    """A linear layer (N, F_in) to (N, F_out) with 8-bit weights and an input step for each row.

    With lo and hi the ends of a row (0 among them), x = lo + (hi - lo) z and z in [0, 1]. So
    W x = (hi - lo) W z + lo W 1: the product is 8-bit, the rest one number a row in float.

    Parameters
    ----------
    layer : linear layer to copy.
    """

    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        bare = nn.Linear(layer.in_features, layer.out_features, bias=False)
        bare.weight = nn.Parameter(layer.weight.detach().clone())
        self.product = dynamic_int8(nn.Sequential(bare))[0]  # type: ignore[index]
        self.sums = self.product.weight.sum(1)
        self.bias = None if layer.bias is None else layer.bias.detach().clone()

    def forward(self, x: Tensor) -> Tensor:
        """Return outputs in float32; each row's depend on that row alone."""
        low = x.amin(-1, keepdim=True).clamp(max=0.0)
        width = (x.amax(-1, keepdim=True).clamp(min=0.0) - low).clamp(min=1e-12)
        # One more row of ones keeps the range of every batch at [0, 1], and so its step.
        rows = torch.cat([(x - low) / width, x.new_ones(1, x.shape[-1])])
        result: Tensor = self.product(rows)[:-1] * width + low * self.sums
        return result if self.bias is None else result + self.bias


def by_row(model: nn.Module) -> nn.Module:
    """Copy of a model with each linear layer replaced by a `RowInt8`, on the processor.

    Parameters
    ----------
    model : anything with linear layers that read (N, F).

    >>> from lablib.models.mlp import MLP
    >>> small = by_row(MLP(3, hidden=(4,), seed=0))
    >>> rows = torch.tensor([[0.1, 0.2, 0.3], [50.0, -50.0, 9.0]])
    >>> bool((small(rows)[:1] == small(rows[:1])).all())
    True
    """
    small = copy.deepcopy(model).eval()
    for name, layer in linears(small).items():
        parent, _, leaf = name.rpartition(".")
        setattr(small.get_submodule(parent), leaf, RowInt8(layer))
    return small
