"""Who may change what: the one argument that every attack, training and evaluation takes.

A claim of robustness is empty without it. The set of allowed inputs is the ball
{x' : norm(x' - x) <= eps}, cut with the box [low, high] of valid inputs (Madry et al., 2018).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, get_args

import torch
from torch import Tensor

Norm = Literal["linf", "l2"]
TINY = 1e-12  # a gradient of zero has no direction; dividing by this keeps it zero


@dataclass(frozen=True, kw_only=True)
class ThreatModel:
    """A ball around each input, and the box that inputs must stay in.

    Parameters
    ----------
    norm
        `"linf"`: no number moves by more than `eps`; `"l2"`: the Euclidean length is bounded.
    eps
        Radius, in the units of the inputs; 0 allows nothing.
    low, high
        Smallest and largest valid value of an input.

    Raises
    ------
    ValueError
        If the norm is unknown, the radius negative or not a number, or the box empty.

    Examples
    --------
    >>> threat = ThreatModel(eps=0.1)
    >>> threat.project(torch.tensor([[0.9, 0.05]]), torch.tensor([[0.5, 0.0]]))
    tensor([[0.6000, 0.0500]])
    """

    norm: Norm = "linf"
    eps: float
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        if self.norm not in get_args(Norm):
            raise ValueError(f"norm={self.norm!r} is not known; use 'linf' or 'l2'")
        if not self.eps >= 0 or math.isinf(self.eps):
            raise ValueError(f"eps={self.eps} must be finite and at least 0; pass e.g. eps=0.1")
        if not self.low < self.high:
            raise ValueError(
                f"low={self.low} must be below high={self.high}; pass the valid range of an input"
            )

    def project(self, moved: Tensor, images: Tensor) -> Tensor:
        """The allowed input nearest to `moved` (for l2: first into the ball, then into the box).

        Parameters
        ----------
        moved, images
            `(B, ...)`: where an attack stands, and the inputs it began from.
        """
        change = moved - images
        if self.norm == "linf":
            change = change.clamp(-self.eps, self.eps)
        else:
            length = _per_example(change.flatten(1).norm(dim=1), change)
            change = change * (self.eps / length.clamp(min=TINY)).clamp(max=1)
        return (images + change).clamp(self.low, self.high)

    def direction(self, gradient: Tensor) -> Tensor:
        """The change of length 1 in this norm that raises a linear function most.

        Parameters
        ----------
        gradient
            `(B, ...)`, with respect to the input; where it is 0, nothing moves.
        """
        if self.norm == "linf":
            return gradient.sign()
        length = _per_example(gradient.flatten(1).norm(dim=1), gradient)
        return gradient / length.clamp(min=TINY)

    def random(self, images: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
        """A random allowed input for each: uniform in the ball, then cut to the box.

        Parameters
        ----------
        images
            `(B, ...)`.
        generator
            On the processor; `None` uses torch's own.
        """
        # Drawn on the processor, so that a seed means the same on every device.
        if self.norm == "linf":
            change = (2 * torch.rand(images.shape, generator=generator) - 1) * self.eps
        else:
            change = torch.randn(images.shape, generator=generator)
            count = change[:1].numel()
            radius = torch.rand(len(images), generator=generator) ** (1 / max(count, 1)) * self.eps
            length = change.flatten(1).norm(dim=1).clamp(min=TINY)
            change = change * _per_example(radius / length, change)
        return (images + change.to(images)).clamp(self.low, self.high)

    def distance(self, moved: Tensor, images: Tensor) -> Tensor:
        """How far each input was moved, `(B,)`, in this norm."""
        change = (moved - images).flatten(1)
        return change.abs().amax(1) if self.norm == "linf" else change.norm(dim=1)

    def allows(self, moved: Tensor, images: Tensor, *, slack: float = 1e-5) -> bool:
        """Whether every moved input lies in its ball and in the box, up to rounding.

        Parameters
        ----------
        moved, images
            As for `project`.
        slack
            Rounding that is forgiven, in units of the inputs.
        """
        inside = moved.min() >= self.low - slack and moved.max() <= self.high + slack
        return bool(inside and self.distance(moved, images).max() <= self.eps + slack)

    def unbounded(self) -> ThreatModel:
        """The same box with a ball that holds all of it, whatever the input."""
        return self.scaled(math.inf)

    def scaled(self, factor: float) -> ThreatModel:
        """The same with `eps` times `factor`; infinity gives the width of the box (linf)."""
        if math.isinf(factor):
            # The diagonal of 10^8 pixels would be 10^4 widths; no input of ours is longer.
            return replace(self, eps=(self.high - self.low) * (1 if self.norm == "linf" else 1e4))
        return replace(self, eps=self.eps * factor)


def check_examples(images: Tensor, target: Tensor, threat: ThreatModel) -> None:
    """Raise unless these are inputs with one class each, inside the box.

    Parameters
    ----------
    images, target, threat
        As for an attack.
    """
    check_floats(images)
    if len(images) != len(target) or target.ndim != 1 or len(target) == 0:
        raise ValueError(
            f"images have shape {tuple(images.shape)} and target {tuple(target.shape)}; give "
            "(N, ...) and (N,) with N of at least 1"
        )
    check_box(images, threat.low, threat.high)
    if target.dtype != torch.int64 or int(target.min()) < 0:
        raise ValueError(
            f"target is {target.dtype} and begins at {target.min().item()}; classes are int64, 0 "
            "or more: pass their numbers, e.g. target.long()"
        )


def check_floats(images: Tensor) -> None:
    """Raise unless inputs are floats, which alone can be moved a little.

    Parameters
    ----------
    images
        `(N, ...)`.
    """
    if not images.is_floating_point():
        raise ValueError(f"images are {images.dtype}; only floats are moved, pass images.float()")


def check_box(images: Tensor, low: float, high: float) -> None:
    """Raise unless every number of the inputs is finite and lies in the box.

    Parameters
    ----------
    images
        `(N, ...)` with N of at least 1.
    low, high
        Smallest and largest valid value, up to rounding.
    """
    lowest, highest = float(images.min()), float(images.max())
    if not (low - 1e-6 <= lowest and highest <= high + 1e-6 and images.isfinite().all()):
        raise ValueError(
            f"images reach from {lowest:.3g} to {highest:.3g}, outside of low={low} and "
            f"high={high}; scale them, or name their true range"
        )


def check_logits(logits: Tensor, target: Tensor) -> None:
    """Raise unless these are logits of at least two classes that hold all of the target.

    Parameters
    ----------
    logits
        `(B, K)`.
    target
        Classes from 0 to K - 1.
    """
    if logits.ndim != 2 or logits.shape[1] < 2:
        raise ValueError(
            f"the model gives logits of shape {tuple(logits.shape)}; an attack needs (B, K) with "
            "K of at least 2 classes"
        )
    if int(target.max()) >= logits.shape[1]:
        raise ValueError(
            f"target holds class {int(target.max())}, but the model gives {logits.shape[1]} "
            f"logits; classes run from 0 to {logits.shape[1] - 1}"
        )


def _per_example(values: Tensor, like: Tensor) -> Tensor:
    """`(B,)` values in a shape that multiplies `(B, ...)`."""
    return values.view(-1, *[1] * (like.ndim - 1))
