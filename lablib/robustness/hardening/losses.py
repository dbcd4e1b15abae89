"""Losses that train against an adversary, for `lablib.training.fit`, and two that only look so.

All of them but the last two search the *input* inside the threat model for the worst case, then
take the ordinary step of the weights there. Fix the options with `functools.partial`, or with
`Ramp`, which lets the radius grow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from lablib.robustness.attacks import climb, pgd
from lablib.robustness.threat import ThreatModel
from lablib.training.validation import evaluating

Batch = tuple[Tensor, ...]


def plain_loss(model: nn.Module, batch: Batch, *, threat: ThreatModel | None = None) -> Tensor:
    """Cross-entropy on the inputs as they are; the threat model is not looked at.

    Parameters
    ----------
    model, batch, threat
        As for `adversarial_loss`.
    """
    del threat
    images, target = batch
    return functional.cross_entropy(model(images), target)


def adversarial_loss(
    model: nn.Module,
    batch: Batch,
    *,
    threat: ThreatModel,
    steps: int = 10,
    reach: float = 2.5,
    random_start: bool = True,
) -> Tensor:
    """Cross-entropy at the end of a climb: PGD training (Madry et al., 2018).

    With `steps=1` and `reach=1.25` it is fast training (Wong et al., 2020): one step from a random
    start. With `steps=1`, `reach=1` and no random start it is FGSM training.

    Parameters
    ----------
    model, batch
        As `fit` calls it; images inside the box of the threat model, and classes.
    threat
        What the adversary may do.
    steps, reach
        Steps, and their total length in units of `eps`.
    random_start
        Begin at a random point of the ball; otherwise at the input.
    """
    images, target = batch
    with evaluating(model):
        start = threat.random(images) if random_start else images
        *_, moved = climb(
            model, images, target, threat=threat, start=start, steps=steps,
            step_size=reach * threat.eps / steps,
        )  # fmt: skip
    return functional.cross_entropy(model(moved), target)


def trades_loss(
    model: nn.Module,
    batch: Batch,
    *,
    threat: ThreatModel,
    steps: int = 10,
    reach: float = 2.5,
    beta: float = 6.0,
) -> Tensor:
    """Cross-entropy on the input plus beta times how far the answer can be moved (TRADES).

    The second term is the Kullback-Leibler divergence of the probabilities at the input from those
    at the worst point found, in nats (Zhang et al., 2019).

    Parameters
    ----------
    model, batch, threat, steps, reach
        As for `adversarial_loss`.
    beta
        Weight of the second term; 0 is plain training.
    """
    images, target = batch
    with evaluating(model):
        with torch.no_grad():
            before = functional.log_softmax(model(images), dim=1)

        def divergence(model: nn.Module, moved: Tensor, _: Tensor) -> Tensor:
            after = functional.log_softmax(model(moved), dim=1)
            return (before.exp() * (before - after)).sum(1)

        # At the input itself the divergence is 0 and flat, so the climb must start beside it.
        *_, moved = climb(
            model, images, target, threat=threat, start=threat.random(images), steps=steps,
            step_size=reach * threat.eps / steps, objective=divergence,
        )  # fmt: skip
    logits = model(images)
    here, there = (functional.log_softmax(z, dim=1) for z in (logits, model(moved)))
    apart = functional.kl_div(there, here, reduction="batchmean", log_target=True)
    return functional.cross_entropy(logits, target) + beta * apart


def zeros_loss(model: nn.Module, batch: Batch, *, threat: ThreatModel) -> Tensor:
    """WRONG on purpose: the generator returns zeros, so this is plain training.

    Parameters
    ----------
    model, batch, threat
        As for `adversarial_loss`.
    """
    images, target = batch
    moved = threat.project(images + torch.zeros_like(images), images)
    return functional.cross_entropy(model(moved), target)


def parameter_gradient_loss(model: nn.Module, batch: Batch, *, threat: ThreatModel) -> Tensor:
    """WRONG on purpose: moves the input along the sign of a gradient of *weights*.

    The gradient of the first weight matrix is cut to the shape of an image. The change has full
    size, lies in the ball, and has nothing to do with what raises the loss of an input.

    Parameters
    ----------
    model, batch, threat
        As for `adversarial_loss`.
    """
    images, target = batch
    weights = next(model.parameters())
    (gradient,) = torch.autograd.grad(functional.cross_entropy(model(images), target), weights)
    size = images[0].numel()
    copies = -(-size // gradient.numel())
    change = gradient.flatten().repeat(copies)[:size].view(images.shape[1:]).sign()
    moved = threat.project(images + threat.eps * change, images)
    return functional.cross_entropy(model(moved), target)


@dataclass
class Ramp:
    """A loss whose radius grows from 0 over the first `steps` batches, and who watches it.

    A network that meets the full radius before it has learned anything may never learn. In
    validation the loss is that of a strong attack at the full radius, whatever is trained: so
    the history of `fit` shows both, and early stopping keeps the epoch that withstood best.

    The count of batches is kept here and in no checkpoint: a run that resumes ramps anew.

    Parameters
    ----------
    loss
        `loss(model, batch, threat=..., **options)`.
    threat
        The full radius.
    steps
        Batches until it is reached; 0 starts with it.
    options
        Passed on to the loss.
    watch_steps
        Steps of the attack in validation.
    """

    loss: Callable[..., Tensor]
    threat: ThreatModel
    steps: int
    options: dict[str, Any]
    watch_steps: int = 10
    seen: int = 0

    def __call__(self, model: nn.Module, batch: Batch) -> Tensor:
        """The loss of a batch; smaller is better."""
        if not torch.is_grad_enabled():
            images, target = batch
            moved = pgd(model, images, target, threat=self.threat, steps=self.watch_steps).moved
            return functional.cross_entropy(model(moved), target)
        self.seen += 1
        share = min(1.0, self.seen / self.steps) if self.steps else 1.0
        return self.loss(model, batch, threat=self.threat.scaled(share), **self.options)


def noisy_loss(
    model: nn.Module, batch: Batch, *, threat: ThreatModel | None = None, sigma: float = 0.25
) -> Tensor:
    """Cross-entropy under Gaussian noise, which randomised smoothing needs (Cohen et al., 2019).

    Parameters
    ----------
    model, batch
        As for `adversarial_loss`.
    threat
        Not looked at.
    sigma
        Standard deviation of the noise, in units of the inputs.
    """
    del threat
    images, target = batch
    return functional.cross_entropy(model(images + sigma * torch.randn_like(images)), target)
