"""Adversarial training on continuous inputs: one step of the inner maximum, then the loss.

min over theta of E[max over norm(r) <= eps of loss(f(x + r), y)] (Madry et al., 2018), with the
inner maximum taken from one gradient step (Goodfellow et al., 2015). For text, x are
embeddings, and r is bounded in Euclidean norm for each example, as Miyato et al. (2017) do it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from lablib.training.gradient import Loss


def perturbed(model: nn.Module, batch: tuple[Tensor, ...], *, loss: Loss, eps: float) -> Tensor:
    """Return the first tensor of `batch`, moved by a step of length `eps` that raises `loss`.

    Parameters
    ----------
    model, loss
        As `fit` calls them.
    batch
        Inputs `(B, ...)` of floats first; only these are moved.
    eps
        Euclidean length of each example's step, in units of the inputs; 0 moves nothing.

    Raises
    ------
    ValueError
        If the inputs are not floats, or `eps` is negative.
    """
    inputs, *rest = batch
    if not inputs.is_floating_point():
        raise ValueError(
            f"inputs are {inputs.dtype} and cannot be moved a little; pass embeddings instead"
        )
    if eps < 0:
        raise ValueError(f"eps={eps} must be at least 0; pass e.g. eps=0.1")
    with torch.enable_grad():
        start = inputs.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(loss(model, (start, *rest)), start)
    length = gradient.flatten(1).norm(dim=1).clamp(min=1e-12)  # (B,)
    step: Tensor = eps * gradient / length.view(-1, *[1] * (inputs.ndim - 1))
    return inputs + step


def adversarial_loss(
    model: nn.Module, batch: tuple[Tensor, ...], *, loss: Loss, eps: float
) -> Tensor:
    """Return the mean of the loss on the inputs as they are and on perturbed ones.

    For `fit`, fix the options with `functools.partial`. Costs about twice the time.

    Parameters
    ----------
    model, batch, loss, eps
        As for `perturbed`.
    """
    moved = perturbed(model, batch, loss=loss, eps=eps)
    return (loss(model, batch) + loss(model, (moved, *batch[1:]))) / 2
