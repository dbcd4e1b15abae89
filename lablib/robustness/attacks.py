"""Attacks by gradients of the input: one step (FGSM), many (PGD), and noise as their control.

max over r of loss(f(x + r), y) is climbed along the gradient with respect to x, and every step is
projected back (Goodfellow et al., 2015; Madry et al., 2018). Projecting after the step, and never
inside the function that is differentiated, matters: a clamp has gradient 0 where it cuts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from lablib.evaluation import Estimate, clopper_pearson
from lablib.robustness.threat import ThreatModel, check_examples, check_logits
from lablib.training.validation import evaluating

Objective = Callable[[nn.Module, Tensor, Tensor], Tensor]
Climb = Literal["cross-entropy", "margin"]
BATCH = 500


@dataclass(frozen=True, eq=False)
class AttackResult:
    """What an attack found for N inputs.

    Attributes
    ----------
    moved : `(N, ...)`, for each input the allowed one with the largest excess that was seen.
    success : booleans `(N,)`, True where the model's answer is wrong there, or no number.
    excess : `(N,)`, largest wrong logit minus the right one; above 0 is an error. The margin is
        the same with the other sign.
    """

    moved: Tensor
    success: Tensor
    excess: Tensor

    @property
    def robust_accuracy(self) -> Estimate:
        """Share of inputs that withstood, with the exact interval for these N.

        1 means that this attack failed on all of them, 0 that it succeeded on all. It is an upper
        bound of the accuracy in the worst case.
        """
        return withstood(self.success)


def withstood(success: Tensor) -> Estimate:
    """Share of inputs without success of an attack, and its Clopper-Pearson interval.

    Parameters
    ----------
    success
        Booleans `(N,)`.
    """
    count, right = len(success), int((~success).sum())
    return Estimate(right / count, clopper_pearson(right, count), n=count)


def cross_entropy(model: nn.Module, moved: Tensor, target: Tensor) -> Tensor:
    """Loss of each input, `(B,)`, in nats.

    Parameters
    ----------
    model, moved, target
        Logits `(B, K)` of the moved inputs `(B, ...)`, and classes `(B,)`.
    """
    loss: Tensor = functional.cross_entropy(model(moved), target, reduction="none")
    return loss


def excesses(model: nn.Module, moved: Tensor, target: Tensor) -> Tensor:
    """Largest wrong logit minus the right one, `(B,)`; above 0 the answer is wrong.

    A model that answers with no number has failed: there it is infinite.

    Parameters
    ----------
    model, moved, target
        As for `cross_entropy`.

    Raises
    ------
    ValueError
        If the logits are not `(B, K)` with K of at least 2, or a class is not below K.

    Examples
    --------
    >>> logits, target = torch.tensor([[2.0, 0.5], [torch.nan, 0.0]]), torch.tensor([0, 0])
    >>> excesses(nn.Identity(), logits, target)
    tensor([-1.5000,     inf])
    """
    logits: Tensor = model(moved)
    check_logits(logits, target)
    right = logits.gather(1, target[:, None])[:, 0]
    wrong: Tensor = logits.scatter(1, target[:, None], -torch.inf).amax(1)
    excess = wrong - right  # a tie, 0, counts as right
    return torch.where(excess.isnan(), torch.inf, excess)


# The attack on the margin raises its negative.
OBJECTIVES: dict[Climb, Objective] = {"cross-entropy": cross_entropy, "margin": excesses}


def climb(
    model: nn.Module,
    images: Tensor,
    target: Tensor,
    *,
    threat: ThreatModel,
    start: Tensor,
    steps: int,
    step_size: float,
    objective: Objective = cross_entropy,
) -> Iterator[Tensor]:
    """Yield the start and then the input after each projected step, `(B, ...)` each.

    Parameters
    ----------
    model, images, target, threat
        As for `pgd`.
    start
        Allowed inputs to begin from.
    steps, step_size
        Number of steps and their length in the norm of the threat model.
    objective
        `objective(model, moved, target)` gives `(B,)` numbers to raise.
    """
    moved = start
    yield moved
    for _ in range(steps):
        gradient = input_gradient(model, moved, target, objective=objective)
        moved = threat.project(moved + step_size * threat.direction(gradient), images)
        yield moved


def input_gradient(
    model: nn.Module, moved: Tensor, target: Tensor, *, objective: Objective = cross_entropy
) -> Tensor:
    """Gradient of the objective with respect to the input, `(B, ...)`: never to the weights.

    Parameters
    ----------
    model, moved, target, objective
        As for `climb`.
    """
    with torch.enable_grad():
        moved = moved.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(objective(model, moved, target).sum(), moved)
    return gradient


def fgsm(model: nn.Module, images: Tensor, target: Tensor, *, threat: ThreatModel) -> AttackResult:
    """One full step along the gradient, from the input itself (Goodfellow et al., 2015).

    Parameters
    ----------
    model, images, target, threat
        As for `pgd`.
    """
    whole = threat.eps or None  # with a radius of 0 no step has a length
    return pgd(model, images, target, threat=threat, steps=1, step_size=whole, random_start=False)


def pgd(
    model: nn.Module,
    images: Tensor,
    target: Tensor,
    *,
    threat: ThreatModel,
    steps: int = 20,
    step_size: float | None = None,
    restarts: int = 1,
    random_start: bool = True,
    objective: Climb = "cross-entropy",
    seed: int = 0,
) -> AttackResult:
    """Projected gradient ascent with restarts; keeps the best of all that it saw.

    More steps or restarts of the same attack never make it weaker by much: the best of a longer
    climb with another step size may differ a little. The input itself is among what was seen, so
    that robust accuracy never exceeds accuracy.

    Parameters
    ----------
    model
        Gives logits `(B, K)`, also of a wrapper; dropout is off meanwhile.
    images, target
        `(N, ...)` floats inside the box of the threat model, and their classes `(N,)`.
    threat
        What is allowed.
    steps, step_size
        Steps of each climb, 0 or more, and their length, above 0; `None` takes 2.5 eps / steps,
        with which a climb can cross the ball and turn back (Madry et al., 2018).
    restarts, random_start
        Climbs, from random points of the ball or all from the input.
    objective
        What is climbed: the loss, or with `"margin"` the excess, which lowers the margin. What is
        *kept* is decided by the excess.
    seed
        Decides the random starts.

    Raises
    ------
    ValueError
        If inputs or numbers do not fit, or the objective is unknown.

    Examples
    --------
    >>> model = nn.Linear(2, 2, bias=False)
    >>> _ = model.weight.data.copy_(torch.tensor([[1.0, -1.0], [0.0, 0.0]]))
    >>> image, target = torch.tensor([[0.75, 0.25]]), torch.tensor([0])
    >>> attack = pgd(model, image, target, threat=ThreatModel(eps=0.125))
    >>> attack.excess.item()  # -(0.75 - 0.25) and twice 0.125 more
    -0.25
    """
    check_examples(images, target, threat)
    if steps < 0 or restarts < 1:
        raise ValueError(f"steps={steps} must be at least 0 and restarts={restarts} at least 1")
    if step_size is not None and not 0 < step_size < math.inf:
        raise ValueError(f"step_size={step_size} must be above 0 and finite; None chooses it")
    if objective not in OBJECTIVES:
        raise ValueError(f"objective={objective!r} must be one of {', '.join(OBJECTIVES)}")
    length = 2.5 * threat.eps / max(steps, 1) if step_size is None else step_size
    generator = torch.Generator().manual_seed(seed)
    home, device = images.device, _device(model, images)
    found = []
    for part, labels in zip(torch.split(images, BATCH), torch.split(target, BATCH), strict=True):
        part, labels = part.to(device), labels.to(device)
        best = _Best(part)
        with evaluating(model):
            for _ in range(restarts):
                start = threat.random(part, generator=generator) if random_start else part
                best.see(model, part, labels)
                for moved in climb(
                    model, part, labels, threat=threat, start=start, steps=steps,
                    step_size=length, objective=OBJECTIVES[objective],
                ):  # fmt: skip
                    best.see(model, moved, labels)
        found.append((best.moved.to(home), best.excess.to(home)))
    moved, excess = (torch.cat(column) for column in zip(*found, strict=True))
    return AttackResult(moved, excess > 0, excess)


def noise(
    model: nn.Module,
    images: Tensor,
    target: Tensor,
    *,
    threat: ThreatModel,
    draws: int = 20,
    seed: int = 0,
) -> AttackResult:
    """The best of random allowed inputs: a control that knows no gradient.

    Parameters
    ----------
    model, images, target, threat, seed
        As for `pgd`.
    draws
        Random inputs tried for each; as many as PGD takes steps makes the comparison fair.
    """
    return pgd(model, images, target, threat=threat, steps=0, restarts=draws, seed=seed)


class _Best:
    """For each input the largest excess seen so far, and where."""

    def __init__(self, images: Tensor) -> None:
        self.moved = images.clone()
        self.excess = torch.full((len(images),), -torch.inf, device=images.device)

    @torch.no_grad()
    def see(self, model: nn.Module, moved: Tensor, target: Tensor) -> None:
        excess = excesses(model, moved, target)
        better = excess > self.excess
        self.excess = torch.where(better, excess, self.excess)
        self.moved[better] = moved[better]


def _device(model: nn.Module, images: Tensor) -> torch.device:
    parameter = next(model.parameters(), None)
    return images.device if parameter is None else parameter.device
