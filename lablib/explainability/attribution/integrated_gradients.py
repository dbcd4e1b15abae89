"""Integrated gradients, written out to be read (Sundararajan, Taly and Yan, 2017).

The gradient at the input says what an infinitely small change does there. Collected on the whole
straight way from a baseline to the input, gradients add up to the change of the score.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Function = Callable[[Tensor], Tensor]  # inputs (M, ...) to scores (M,)


def integrated_gradients(
    function: Function, inputs: Tensor, baseline: Tensor, *, steps: int = 64
) -> Tensor:
    """Attributions of the shape of `inputs`: (x - x') times the mean gradient on the way to x.

    They add up to f(x) - f(x') up to the error of the quadrature (*completeness*). Where the
    gradient jumps, as in networks of rectified linear units, this error falls like 1 / steps.

    Parameters
    ----------
    function : callable
        Inputs (M, ...) to scores (M,), differentiable and without mixing of rows.
    inputs : Tensor, shape (N, ...)
        Rows to explain.
    baseline : Tensor, shape (1, ...) or (N, ...)
        Where the way begins.
    steps : int
        Points of the midpoint rule.

    Raises
    ------
    ValueError
        If `steps` is below 1 or the shapes do not fit.

    >>> square = lambda z: (z**2).sum(1)
    >>> integrated_gradients(square, torch.tensor([[1.0, 2.0]]), torch.zeros(1, 2), steps=2)
    tensor([[1., 4.]])
    """
    if steps < 1 or baseline.shape[1:] != inputs.shape[1:]:
        raise ValueError(
            f"steps={steps}, inputs {tuple(inputs.shape)}, baseline {tuple(baseline.shape)}: use "
            "at least one step, and a baseline of the inputs' shape behind its first axis"
        )
    alphas = (torch.arange(steps, dtype=inputs.dtype) + 0.5) / steps  # middles of equal pieces
    where = alphas.reshape(steps, *[1] * inputs.ndim)

    difference = (inputs - baseline).detach()  # (N, ...)
    way = (baseline + where * difference).detach().requires_grad_()  # (steps, N, ...)
    scores = function(way.flatten(0, 1))  # (steps * N,)
    (gradient,) = torch.autograd.grad(scores.sum(), way)  # (steps, N, ...)
    return difference * gradient.mean(0)
