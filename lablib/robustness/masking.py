"""Is an attack that fails to be believed? Checks that expose defences which only hide gradients.

Each check is something that must hold where gradients lead uphill (Athalye et al., 2018; Carlini
et al., 2019). Passing proves nothing; failing shows that the robust accuracy is not one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lablib.robustness.attacks import (
    BATCH,
    AttackResult,
    cross_entropy,
    fgsm,
    input_gradient,
    noise,
    pgd,
)
from lablib.robustness.black_box import random_search
from lablib.robustness.threat import ThreatModel
from lablib.training.validation import evaluating


@dataclass(frozen=True)
class MaskingCheck:
    """One thing that must hold: `measured` is a share of inputs, and may not pass `limit`."""

    name: str
    meaning: str
    measured: float
    limit: float

    @property
    def passed(self) -> bool:
        """Whether the share stays within its limit."""
        return self.measured <= self.limit


@dataclass(frozen=True)
class MaskingReport:
    """All checks of one model, on `n` inputs.

    Attributes
    ----------
    checks : in the order of `masking_checks`.
    n : inputs.
    accuracy : on the inputs as they are.
    robust_accuracy : against the strongest white-box attack of the checks.
    """

    checks: tuple[MaskingCheck, ...]
    n: int
    accuracy: float
    robust_accuracy: float

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of the checks that failed; any of them makes the robust accuracy void."""
        return tuple(check.name for check in self.checks if not check.passed)

    def rows(self) -> list[dict[str, str]]:
        """A line a check, formatted, for `figures.table`."""
        return [
            {
                "check": check.name,
                "counts": check.meaning,
                "share": f"{check.measured:.1%}",
                "at most": f"{check.limit:.0%}",
                "verdict": "holds" if check.passed else "FAILS",
            }
            for check in self.checks
        ]


def masking_checks(
    model: nn.Module,
    images: Tensor,
    target: Tensor,
    *,
    threat: ThreatModel,
    surrogate: nn.Module | None = None,
    steps: int = 20,
    queries: int = 200,
    tolerance: float = 0.02,
    seed: int = 0,
) -> MaskingReport:
    """Attack a classifier in ways that must agree with each other, and say where they do not.

    1. Gradients exist: the loss has a gradient at (nearly) every input.
    2. The loss rises along the attack.
    3. More steps are never weaker: what one step breaks, many steps break, and more of them too.
    4. With an unbounded radius nothing withstands.
    5. Noise is not stronger than the gradient.
    6. The black box is not stronger than the white one: a search that sees logits only.
    7. With a `surrogate`: nor are examples made for another model.

    Parameters
    ----------
    model
        Any torch classifier with logits `(B, K)`.
    images, target
        `(N, ...)` inside the box of the threat model, 100 or more, and their classes `(N,)`.
    threat
        The claim under test; its `eps` should not be 0.
    surrogate
        Another classifier of the same inputs, best one that was trained plainly.
    steps, queries
        Of the white-box attack, and of the black-box search.
    tolerance
        Share of inputs on which a weaker attack may be luckier.
    seed
        Decides every random draw.

    Raises
    ------
    ValueError
        If inputs do not fit, or `eps` is 0.
    """
    if threat.eps == 0:
        raise ValueError("threat.eps is 0: nothing may be attacked; pass the radius of the claim")
    case = (model, images, target)
    one, many = fgsm(*case, threat=threat), pgd(*case, threat=threat, steps=steps, seed=seed)
    more = pgd(*case, threat=threat, steps=4 * steps, seed=seed)
    white = many.success | more.success
    free = pgd(*case, threat=threat.unbounded(), steps=max(50, steps), seed=seed)
    flat, rose = _slopes(model, images, target, many.moved)
    limit = tolerance
    checks = [
        MaskingCheck("gradients exist", "inputs where the gradient is 0", flat, limit),
        MaskingCheck("loss rises", "inputs whose loss did not rise", 1 - rose, 5 * limit),
        MaskingCheck(
            "more steps, not weaker",
            "inputs that fewer steps break and more do not",
            max(_only(one, many.success), _only(many, more.success)),
            limit,
        ),
        MaskingCheck(
            "unbounded radius", "inputs that withstand any change", _held(free.success), limit
        ),
        MaskingCheck(
            "noise not stronger",
            "inputs that noise breaks and the gradient does not",
            _only(noise(*case, threat=threat, draws=steps, seed=seed), white),
            limit,
        ),
        MaskingCheck(
            "black box not stronger",
            "inputs that a search without gradients breaks alone",
            _only(random_search(*case, threat=threat, queries=queries, seed=seed), white),
            limit,
        ),
    ]
    if surrogate is not None:
        moved = pgd(surrogate, images, target, threat=threat, steps=steps, seed=seed).moved
        transferred = pgd(model, moved, target, threat=threat.scaled(0), steps=0)
        checks.append(
            MaskingCheck(
                "transfer not stronger",
                "inputs that another model's attack breaks alone",
                _only(transferred, white),
                limit,
            )
        )
    clean = pgd(*case, threat=threat.scaled(0), steps=0)
    return MaskingReport(tuple(checks), len(images), _held(clean.success), _held(white))


def _only(weaker: AttackResult, stronger: Tensor) -> float:
    """Share of inputs that the weaker attack breaks and the stronger does not."""
    return float((weaker.success & ~stronger).float().mean())


def _held(success: Tensor) -> float:
    return float((~success).float().mean())


def _slopes(model: nn.Module, images: Tensor, target: Tensor, moved: Tensor) -> tuple[float, float]:
    """Share of inputs with a gradient of 0, and share whose loss is higher where it was moved."""
    flat, rose = [], []
    with evaluating(model):
        for x, there, y in _batches(model, images, moved, target):
            gradient = input_gradient(model, x, y)
            flat.append((gradient.flatten(1).abs().amax(1) == 0).cpu())
            with torch.no_grad():
                rose.append((cross_entropy(model, there, y) > cross_entropy(model, x, y)).cpu())
    return float(torch.cat(flat).float().mean()), float(torch.cat(rose).float().mean())


def _batches(
    model: nn.Module, images: Tensor, moved: Tensor, target: Tensor
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    parameter = next(model.parameters(), None)
    device = images.device if parameter is None else parameter.device
    parts = zip(*(torch.split(part, BATCH) for part in (images, moved, target)), strict=True)
    for x, there, y in parts:
        yield x.to(device), there.to(device), y.to(device)
