"""The same clipped sum from one backward pass, without any example's gradient in memory.

For a layer y = W a the gradient of example i is the sum over positions t of g_t a_t^T, with g the
gradient of the loss with respect to y. Its squared norm is sum_{t,s} (a_t . a_s)(g_t . g_s)
(Goodfellow, 2015; Li et al., 2022), and once the factors are known the clipped sum is one product
of g, scaled example by example, with a (Bu et al., 2023). So torch need only find every g, once.
What is known here: linear, convolution, embedding, layer and group normalisation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import TracebackType
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from lablib.privacy.private_sgd.clipping import (
    Batch,
    Clipped,
    Losses,
    factors,
    refuse_mixing,
    trained,
    usable,
)

Weighted = Callable[[Tensor], dict[str, Tensor]]
"""From factors `(B,)` to the clipped sums of a layer's own parameters."""


class OnePass:
    """Hooks on the trained layers of a model; removed by `close` or at the end of a `with`.

    Parameters
    ----------
    model
        Each of its trained layers must be of a known kind and be called once a forward pass, and
        nothing but the layer itself may use its weights. No layer may mix examples.

    Raises
    ------
    ValueError
        If a trained parameter belongs to a layer of another kind or to two layers, or if a layer
        mixes examples (`refuse_mixing`); on a call, if a trained layer is called twice or never,
        or `losses` does not give one loss an example.
    """

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.names = {id(p): name for name, p in trained(model).items()}
        self.seen: dict[nn.Module, tuple[Tensor, Tensor]] = {}
        self.listening = False  # so that evaluation between two steps leaves no trace
        refuse_mixing(model)
        layers = [m for m in model.modules() if any(id(p) in self.names for p in own(m))]
        owners = Counter(id(p) for layer in layers for p in own(layer))
        for key, count in owners.items():
            if count > 1:
                raise ValueError(
                    f"parameter {self.names[key]!r} is shared by {_words(count)} layers; its "
                    "gradients would have to be added before the norm is taken, so use by_vmap"
                )
        for layer in layers:
            if type(layer) not in RULES:
                known = ", ".join(kind.__name__ for kind in RULES)
                raise ValueError(
                    f"a layer of kind {type(layer).__name__} cannot be clipped in one pass; freeze "
                    f"it, use by_vmap, or build it from {known}"
                )
        self.layers = layers
        self.handles = [layer.register_forward_hook(self._keep) for layer in layers]

    def __enter__(self) -> OnePass:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take the hooks off the model."""
        for handle in self.handles:
            handle.remove()
        self.seen.clear()

    def _keep(self, layer: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        if not self.listening:
            return
        if layer in self.seen:
            raise ValueError(
                f"a {type(layer).__name__} is called twice in one forward pass; its gradients "
                "would have to be added before the norm is taken, so use by_vmap"
            )
        self.seen[layer] = (inputs[0].detach(), output)

    def __call__(self, batch: Batch, losses: Losses, *, max_grad_norm: float) -> Clipped:
        """Return what `by_loop` returns.

        Parameters
        ----------
        batch, losses, max_grad_norm
            As for `by_loop`.
        """
        parameters = trained(self.model)
        refuse_mixing(self.model)  # once more: the mode may have changed since
        self.seen.clear()
        if not len(batch[0]):
            empty = {name: torch.zeros_like(p) for name, p in parameters.items()}
            return Clipped(empty, batch[0].new_zeros(0, dtype=torch.float32))
        self.listening = True
        try:
            values = losses(self.model, batch)
        finally:
            self.listening = False
        self._check(values, len(batch[0]))
        layers = list(self.seen)
        # Asked for outputs only, autograd computes no gradient of a weight: that is the saving.
        slopes = torch.autograd.grad(values.sum(), [self.seen[layer][1] for layer in layers])
        squares: list[Tensor] = []
        later: list[tuple[nn.Module, Weighted]] = []
        with torch.no_grad():
            for layer, slope in zip(layers, slopes, strict=True):
                if len(slope) != len(values):
                    raise ValueError(
                        f"a {type(layer).__name__} sees {len(slope)} rows for {len(values)} "
                        "examples; give it one row for each (repeat what all share)"
                    )
                square, weighted = RULES[type(layer)](layer, self.seen[layer][0], slope)
                squares.append(square)
                later.append((layer, weighted))
            norms = torch.stack(squares).sum(0).sqrt()
            kept = usable(norms, max_grad_norm)
            if not bool(kept.all()):  # once more without them: 0 times infinity is no number
                fine = tuple(part[kept] for part in batch)
                with torch.enable_grad():
                    rest = self(fine, losses, max_grad_norm=max_grad_norm)
                return Clipped(rest.total, norms)
            scale = factors(norms, max_grad_norm)
            total: dict[str, Tensor] = {}
            for layer, weighted in later:
                for name, value in weighted(scale).items():
                    total[self.names[id(getattr(layer, name))]] = value
        self.seen.clear()
        # The order of the model's parameters, as the other ways have it: callers zip the two.
        return Clipped({name: total[name] for name in parameters if name in total}, norms)

    def _check(self, values: Tensor, examples: int) -> None:
        """Every trained layer was called, and every example has a loss of its own."""
        if values.shape != (examples,):
            raise ValueError(
                f"losses must give one loss an example, ({examples},), not a mean or a sum; it "
                f"gave {tuple(values.shape)}: use reduction='none'"
            )
        skipped = [layer for layer in self.layers if layer not in self.seen]
        if skipped:
            names = sorted(self.names[id(p)] for layer in skipped for p in own(layer))
            raise ValueError(
                f"the forward pass skips the layer of {', '.join(map(repr, names))}; freeze what "
                "is not used, and call layers as modules"
            )


def by_one_pass(model: nn.Module, batch: Batch, losses: Losses, *, max_grad_norm: float) -> Clipped:
    """One clipped sum; in a loop make the `OnePass` once.

    Parameters
    ----------
    model, batch, losses, max_grad_norm
        As for `by_loop`.
    """
    with OnePass(model) as clip:
        return clip(batch, losses, max_grad_norm=max_grad_norm)


def _words(count: int) -> str:
    return "two" if count == 2 else str(count)


def own(module: nn.Module) -> list[nn.Parameter]:
    """The parameters of a module itself, without those of its parts."""
    return [p for p in module.parameters(recurse=False) if p.requires_grad]


def _product(layer: Any, a: Tensor, g: Tensor, shape: torch.Size) -> tuple[Tensor, Weighted]:
    """The rule of y = W a + b at T positions: a is (B, T, F_in), g is (B, T, F_out)."""
    positions, sizes = a.shape[1], (a.shape[2], g.shape[2])
    square, samples = g.new_zeros(len(g)), None
    if layer.weight.requires_grad:
        if positions == 1:
            square = a.square().sum((1, 2)) * g.square().sum((1, 2))
        elif 2 * positions**2 < sizes[0] * sizes[1]:  # the two T x T tables are the smaller way
            square = ((a @ a.mT) * (g @ g.mT)).sum((1, 2))
        else:
            samples = g.mT @ a  # (B, F_out, F_in)
            square = samples.square().sum((1, 2))
    summed = None
    if layer.bias is not None and layer.bias.requires_grad:
        summed = g.sum(1)  # (B, F_out), the gradients of the bias
        square = square + summed.square().sum(1)

    def weighted(scale: Tensor) -> dict[str, Tensor]:
        found = {} if summed is None else {"bias": scale @ summed}
        if samples is not None:
            found["weight"] = torch.tensordot(scale, samples, dims=1).view(shape)
        elif layer.weight.requires_grad:
            each = scale[:, None, None]
            left, right = (g, a * each) if sizes[0] < sizes[1] else (g * each, a)  # the smaller
            found["weight"] = (left.flatten(0, 1).mT @ right.flatten(0, 1)).view(shape)
        return found

    return square, weighted


def _linear(layer: Any, a: Tensor, g: Tensor) -> tuple[Tensor, Weighted]:
    middle = (len(g), -1)
    return _product(
        layer, a.reshape(*middle, a.shape[-1]), g.reshape(*middle, g.shape[-1]), layer.weight.shape
    )


def _convolution(layer: Any, a: Tensor, g: Tensor) -> tuple[Tensor, Weighted]:
    if layer.groups != 1 or layer.padding_mode != "zeros" or isinstance(layer.padding, str):
        raise ValueError(
            "a convolution with groups, with padding other than zeros or given as text cannot be "
            "clipped in one pass; give its padding as a number, or use by_vmap"
        )
    patches = functional.unfold(
        a, layer.kernel_size, layer.dilation, layer.padding, layer.stride
    )  # (B, F_in, T)
    return _product(layer, patches.mT, g.flatten(2).mT, layer.weight.shape)


def _embedding(layer: Any, ids: Tensor, g: Tensor) -> tuple[Tensor, Weighted]:
    ids, g = ids.reshape(len(g), -1), g.reshape(len(g), -1, g.shape[-1])
    if layer.padding_idx is not None:
        g = g * (ids != layer.padding_idx)[..., None]
    same = ids[:, :, None] == ids[:, None, :]  # rows that go to one row of the table
    square = ((g @ g.mT) * same).sum((1, 2))

    def weighted(scale: Tensor) -> dict[str, Tensor]:
        scaled = (g * scale[:, None, None]).flatten(0, 1)
        return {"weight": torch.zeros_like(layer.weight).index_add_(0, ids.flatten(), scaled)}

    return square, weighted


def _normalised(layer: Any, unit: Tensor, g: Tensor, axes: list[int]) -> tuple[Tensor, Weighted]:
    """The rule of y = w * unit + b: sums over all axes but the batch and that of w."""
    parts = {
        "weight": (g * unit).sum(axes) if axes else g * unit,
        "bias": g.sum(axes) if axes else g,
    }
    parts = {
        name: part
        for name, part in parts.items()
        if (p := getattr(layer, name, None)) is not None and p.requires_grad
    }
    square = torch.stack([part.square().sum(1) for part in parts.values()]).sum(0)

    def weighted(scale: Tensor) -> dict[str, Tensor]:
        return {name: scale @ part for name, part in parts.items()}

    return square, weighted


def _layer_norm(layer: Any, a: Tensor, g: Tensor) -> tuple[Tensor, Weighted]:
    if len(layer.normalized_shape) != 1:
        raise ValueError("layer normalisation over several axes cannot be clipped in one pass")
    unit = functional.layer_norm(a, layer.normalized_shape, eps=layer.eps)
    return _normalised(layer, unit, g, list(range(1, g.ndim - 1)))


def _group_norm(layer: Any, a: Tensor, g: Tensor) -> tuple[Tensor, Weighted]:
    unit = functional.group_norm(a, layer.num_groups, eps=layer.eps)
    return _normalised(layer, unit, g, list(range(2, g.ndim)))


RULES: dict[type[nn.Module], Callable[[Any, Tensor, Tensor], tuple[Tensor, Weighted]]] = {
    nn.Linear: _linear,
    nn.Conv2d: _convolution,
    nn.Embedding: _embedding,
    nn.LayerNorm: _layer_norm,
    nn.GroupNorm: _group_norm,
}
