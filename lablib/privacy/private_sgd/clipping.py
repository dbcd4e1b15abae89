"""Clip each example's gradient and add up: by hand, by torch.func, by Opacus; all the same sum.

DP-SGD (Abadi et al., 2016, algorithm 1) needs the sum over examples i of ``g_i * min(1, C / n_i)``,
where n_i is the norm of g_i over all trained weights together. Then no example changes it by more
than C. `one_pass` computes it without ever holding a g_i; here are ways that are easier to read.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad, vmap
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.instancenorm import _InstanceNorm

from lablib.privacy import _opacus

Batch = tuple[Tensor, ...]
Losses = Callable[[nn.Module, Batch], Tensor]
"""Maps a model and a batch of B examples to their losses `(B,)`, one each, not their mean."""


@dataclass(frozen=True)
class Clipped:
    """The sum of clipped gradients, and how long each gradient was before.

    Attributes
    ----------
    total : by name of a trained parameter, a tensor of its shape.
    norms : `(B,)`; an example was cut where this exceeds the clipping norm, and left out where it
        is infinite or not a number.
    """

    total: dict[str, Tensor]
    norms: Tensor


def class_losses(model: nn.Module, batch: Batch) -> Tensor:
    """Cross-entropy of each example, in nats, for a batch of inputs and classes `(B,)`."""
    *inputs, target = batch
    return nn.functional.cross_entropy(model(*inputs), target, reduction="none")


def factors(norms: Tensor, max_grad_norm: float) -> Tensor:
    """What multiplies each gradient: min(1, max_grad_norm / norm), and 1 for a norm of 0.

    A gradient whose norm is infinite or not a number gets 0: nothing shorter is known of it.

    >>> factors(torch.tensor([0.0, 1.0, 4.0, torch.nan]), 2.0)
    tensor([1.0000, 1.0000, 0.5000, 0.0000])
    """
    if math.isinf(max_grad_norm):
        return torch.ones_like(norms)
    scale = (max_grad_norm / norms.clamp(min=1e-30)).clamp(max=1.0)
    return torch.where(norms.isfinite(), scale, 0.0)


def usable(norms: Tensor, max_grad_norm: float) -> Tensor:
    """Which gradients enter the sum, `(B,)`: 0 times infinity is no number, so factors are not all.

    Where nothing is clipped (an infinite `max_grad_norm`) all do: plain SGD promises nothing.
    """
    if math.isinf(max_grad_norm):
        return torch.ones_like(norms, dtype=torch.bool)
    return norms.isfinite()


def refuse_mixing(model: nn.Module) -> None:
    """Raise ValueError if a layer, trained or frozen, lets examples meet before they are clipped.

    Parameters
    ----------
    model
        In the mode in which it is to be called: batch normalisation in evaluation mode, by
        statistics that it was given, treats examples one by one.
    """
    for name, layer in model.named_modules():
        kind, tracks = type(layer).__name__, getattr(layer, "running_mean", None) is not None
        if isinstance(layer, _BatchNorm) and (layer.training or not tracks):
            raise ValueError(
                f"layer {name or 'model'!r} of kind {kind} mixes examples, frozen or not: one "
                "example changes the gradients of all; use GroupNorm or LayerNorm"
            )
        if isinstance(layer, _InstanceNorm) and layer.training and tracks:
            raise ValueError(
                f"layer {name or 'model'!r} of kind {kind} keeps running statistics of the "
                "examples, neither clipped nor noisy; set track_running_stats=False"
            )


def trained(model: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that require a gradient, by name; ValueError if there are none."""
    found = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if not found:
        raise ValueError("no parameter of the model requires a gradient; unfreeze what to train")
    return found


def by_loop(model: nn.Module, batch: Batch, losses: Losses, *, max_grad_norm: float) -> Clipped:
    """One backward pass an example: slow, and hard to get wrong.

    Parameters
    ----------
    model
        Any network that treats examples one by one; batch normalisation does not.
    batch
        Tensors whose first axis is the B examples; B may be 0.
    losses
        Gives `(B,)`.
    max_grad_norm
        C; infinity clips nothing.
    """
    parameters = trained(model)
    total = {name: torch.zeros_like(p) for name, p in parameters.items()}
    norms = []
    for place in range(len(batch[0])):
        loss = losses(model, tuple(part[place : place + 1] for part in batch)).sum()
        slopes = torch.autograd.grad(loss, tuple(parameters.values()))
        norm = torch.stack([slope.norm() for slope in slopes]).norm()
        if usable(norm, max_grad_norm):
            for name, slope in zip(parameters, slopes, strict=True):
                total[name] += slope * factors(norm, max_grad_norm)
        norms.append(norm)
    return Clipped(total, torch.stack(norms) if norms else batch[0].new_zeros(0))


def by_vmap(model: nn.Module, batch: Batch, losses: Losses, *, max_grad_norm: float) -> Clipped:
    """All gradients at once with torch.func: fast, and B times the weights in memory.

    Parameters
    ----------
    model, batch, losses, max_grad_norm
        As for `by_loop`.
    """
    parameters = {name: p.detach() for name, p in trained(model).items()}
    if not len(batch[0]):
        return by_loop(model, batch, losses, max_grad_norm=max_grad_norm)

    def loss(weights: dict[str, Tensor], example: Batch) -> Tensor:
        def call(*inputs: Tensor) -> Any:
            return functional_call(model, weights, inputs)

        return losses(call, tuple(part[None] for part in example)).sum()  # type: ignore[arg-type]

    slopes = vmap(grad(loss), in_dims=(None, 0))(parameters, batch)  # each (B, ...)
    return _sum(slopes, max_grad_norm)


def by_opacus(
    model: nn.Module, batch: Batch, losses: Losses, *, max_grad_norm: float, mode: str = "hooks"
) -> Clipped:
    """The reference: Opacus, noise switched off.

    Parameters
    ----------
    model, batch, losses, max_grad_norm
        As for `by_loop`; the model must be in training mode.
    mode
        `"hooks"` holds every example's gradient; `"ghost"` only their norms, and goes back twice.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        grad_sample = _opacus.load("grad_sample")
        kind = {
            "hooks": grad_sample.GradSampleModule,
            "ghost": grad_sample.GradSampleModuleFastGradientClipping,
        }[mode]
        options = {"max_grad_norm": max_grad_norm} if mode == "ghost" else {}
        module = kind(model, loss_reduction="sum", strict=False, **options)
        try:
            values = losses(module, batch)
            torch.autograd.backward(values.sum(), retain_graph=mode == "ghost")
            if mode == "hooks":
                return _from_samples(model, max_grad_norm)
            norms = module.get_norm_sample().detach()
            module.zero_grad()
            module.disable_hooks()
            torch.autograd.backward((values * module.get_clipping_coef().detach()).sum())
            return Clipped({name: _grad(p).clone() for name, p in trained(model).items()}, norms)
        finally:
            module.to_standard_module()
            model.zero_grad()


def _from_samples(model: nn.Module, max_grad_norm: float) -> Clipped:
    slopes: dict[str, Tensor] = {name: p.grad_sample for name, p in trained(model).items()}  # type: ignore[attr-defined]
    return _sum(slopes, max_grad_norm)


def _sum(slopes: dict[str, Tensor], max_grad_norm: float) -> Clipped:
    """From gradients `(B, ...)` by name."""
    norms = torch.stack([slope.flatten(1).norm(dim=1) for slope in slopes.values()]).norm(dim=0)
    scale, kept = factors(norms, max_grad_norm), usable(norms, max_grad_norm)
    if not bool(kept.all()):
        scale, slopes = scale[kept], {name: slope[kept] for name, slope in slopes.items()}
    total = {name: torch.tensordot(scale, slope, dims=1) for name, slope in slopes.items()}
    return Clipped(total, norms)


def _grad(parameter: nn.Parameter) -> Tensor:
    return parameter.grad if parameter.grad is not None else torch.zeros_like(parameter)
