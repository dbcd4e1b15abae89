"""Small trainable additions to a frozen network: LoRA and bottleneck adapters, written out.

LoRA (Hu et al., 2022, section 4.1) adds a product of two thin matrices to a linear layer; a
bottleneck adapter (Houlsby et al., 2019, section 2.1) sends its output through a narrow residual
layer. Both start as the identity. The PEFT library has no such adapter; its LoRA is equal to this
one, which holds plain `nn.Linear` layers (per-example gradients find them) and may have rank 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu


class LoRALinear(nn.Module):
    """A frozen linear layer plus `alpha / rank` times the product of two thin ones.

    y = W x + b + (alpha / r) B A x, with A of shape (r, F_in) and B of shape (F_out, r). B starts
    at zero, so the layer starts as it was. Rank 0 has nothing to train and stays as it was.

    Parameters
    ----------
    base
        The layer to adapt, F_in to F_out; it is kept and frozen, not copied.
    rank
        r, at least 0. The update of the weights has at most this rank.
    alpha
        Scale of the update; only `alpha / rank` matters.
    dropout
        Share of the inputs of A that is dropped while training.

    Examples
    --------
    >>> layer = LoRALinear(nn.Linear(4, 3), rank=2, alpha=4)
    >>> layer(torch.ones(5, 4)).shape, layer.delta().shape
    (torch.Size([5, 3]), torch.Size([3, 4]))
    """

    def __init__(
        self, base: nn.Linear, *, rank: int, alpha: float = 8.0, dropout: float = 0.0
    ) -> None:
        super().__init__()
        if rank < 0:
            raise ValueError(
                f"rank={rank} must be at least 0; pass e.g. rank=8, or 0 for no update"
            )
        self.base = base.requires_grad_(False)
        self.scaling = alpha / rank if rank else 0.0
        self.dropout = nn.Dropout(dropout)
        self.down = _thin(base, base.in_features, rank)  # A (r, F_in)
        self.up = _thin(base, rank, base.out_features)  # B (F_out, r)
        if rank:
            nn.init.kaiming_uniform_(self.down.weight, a=math.sqrt(5))
        self.merged = False

    def forward(self, x: Tensor) -> Tensor:
        """Map `(..., F_in)` to `(..., F_out)`."""
        y: Tensor = self.base(x)
        if self.merged:
            return y
        thin = self.down(self.dropout(x))  # (..., r)
        y = y + self.scaling * self.up(thin)  # (..., F_out)
        return y

    def delta(self) -> Tensor:
        """Return what is added to the weights: (alpha / r) B A, of shape (F_out, F_in)."""
        return self.scaling * (self.up.weight @ self.down.weight)

    @torch.no_grad()
    def merge(self) -> None:
        """Add the update to the weights of `base`, so that the layer costs what it did before.

        Raises
        ------
        ValueError
            If it is merged already: adding twice would double the update.
        """
        if self.merged:
            raise ValueError("this layer is merged already; call unmerge() first")
        self.base.weight += self.delta()
        self.merged = True

    @torch.no_grad()
    def unmerge(self) -> None:
        """Take the update out again, up to rounding; ValueError if it is not in."""
        if not self.merged:
            raise ValueError("this layer is not merged; call merge() first")
        self.base.weight -= self.delta()
        self.merged = False


class BottleneckLinear(nn.Module):
    """A frozen linear layer followed by y + U gelu(V y): down to `size` numbers and up again.

    U starts at zero, so the layer starts as it was. Placed after the two projections that end the
    halves of a Transformer block, before the residual sum, this is the adapter of Houlsby et al.

    Parameters
    ----------
    base
        The layer to adapt; it is kept and frozen, not copied.
    size
        Width of the bottleneck, at least 1.
    """

    def __init__(self, base: nn.Linear, *, size: int) -> None:
        super().__init__()
        if size < 1:
            raise ValueError(f"size={size} must be at least 1; pass e.g. size=8")
        self.base = base.requires_grad_(False)
        self.down = nn.Linear(base.out_features, size).to(base.weight)
        self.up = nn.Linear(size, base.out_features).to(base.weight)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Map `(..., F_in)` to `(..., F_out)`."""
        y: Tensor = self.base(x)
        y = y + self.up(gelu(self.down(y)))
        return y


@dataclass(frozen=True)
class Share:
    """How many of a model's parameters are trained; tied ones count once.

    >>> Share(trainable=5, total=500).share
    0.01
    """

    trainable: int
    total: int

    @property
    def share(self) -> float:
        """Trainable over all: 0 trains nothing, 1 is full fine-tuning."""
        return self.trainable / self.total


def trainable_share(model: nn.Module) -> Share:
    """Count the parameters of `model` that have `requires_grad`, and all of them.

    >>> model = add_lora(nn.Sequential(nn.Linear(8, 8)), rank=1, targets=("0",))
    >>> trainable_share(model)
    Share(trainable=16, total=88)
    """
    parameters = list(model.parameters())
    return Share(
        trainable=sum(p.numel() for p in parameters if p.requires_grad),
        total=sum(p.numel() for p in parameters),
    )


def add_lora(
    model: nn.Module,
    *,
    rank: int,
    alpha: float = 8.0,
    dropout: float = 0.0,
    targets: Sequence[str] = ("query", "value"),
    also_train: Sequence[str] = ("classifier",),
) -> nn.Module:
    """Freeze `model` and put a `LoRALinear` in the place of each target; returns the same model.

    Parameters
    ----------
    model
        Changed in place.
    rank, alpha, dropout
        As for `LoRALinear`.
    targets
        Names of linear layers, or the ends of their dotted names.
    also_train
        Names (or ends of names) of modules that stay trainable whole, such as a new last layer.

    Raises
    ------
    ValueError
        If no linear layer is called so; the message lists what there is.
    """
    return _replace(
        model,
        targets,
        also_train,
        lambda base: LoRALinear(base, rank=rank, alpha=alpha, dropout=dropout),
    )


def add_bottlenecks(
    model: nn.Module,
    *,
    size: int,
    targets: Sequence[str] = ("output.dense",),
    also_train: Sequence[str] = ("classifier",),
) -> nn.Module:
    """Freeze `model` and put a bottleneck adapter behind each target; returns the same model.

    The default finds both places of Houlsby et al. in a BERT block: the projections after
    attention and after the feed-forward layer. Their layer norms stay frozen here.

    Parameters
    ----------
    model
        Changed in place.
    size
        Width of each bottleneck.
    targets, also_train
        As for `add_lora`.
    """
    return _replace(model, targets, also_train, lambda base: BottleneckLinear(base, size=size))


def merge_lora(model: nn.Module) -> nn.Module:
    """Merge every `LoRALinear` and put the plain layer in its place; returns the same model.

    The result computes what the adapted model did with dropout off, at the cost of the model
    before adaptation, and has no trace of LoRA left.
    """
    for name, layer in list(model.named_modules()):
        if isinstance(layer, LoRALinear):
            if not layer.merged:
                layer.merge()
            model.set_submodule(name, layer.base)
    return model


def _replace(
    model: nn.Module,
    targets: Sequence[str],
    also_train: Sequence[str],
    build: Callable[[nn.Linear], nn.Module],
) -> nn.Module:
    """Freeze all, then swap the linear layers that `targets` name for what `build` returns."""
    linear = {n: m for n, m in model.named_modules() if isinstance(m, nn.Linear)}
    found = [name for name in linear if _named(name, targets)]
    if not found:
        ends = sorted({name.rpartition(".")[2] for name in linear})
        raise ValueError(f"targets={tuple(targets)} names no linear layer; there are: {ends}")
    model.requires_grad_(False)
    for name in found:
        model.set_submodule(name, build(linear[name]))
    for name, module in model.named_modules():
        if _named(name, also_train):
            module.requires_grad_(True)
    return model


def _named(name: str, ends: Sequence[str]) -> bool:
    return any(name == end or name.endswith("." + end) for end in ends)


def _thin(base: nn.Linear, inputs: int, outputs: int) -> nn.Linear:
    """A linear layer of zeros without bias, like `base`; its own start would warn at rank 0."""
    layer = nn.Linear(1, 1, bias=False)
    layer.in_features, layer.out_features = inputs, outputs
    layer.weight = nn.Parameter(base.weight.new_zeros(outputs, inputs))
    return layer
