"""The one step that must be right, and ways in which programs get it wrong.

A release takes the gradients of all N examples and who of them is in the batch, and returns the
noisy mean. `right` is DP-SGD; each of `FAULTS` claims the same epsilon without having it. All work
on many runs side by side, so that an audit can repeat a whole training thousands of times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lablib.privacy.private_sgd.clipping import factors

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """What is claimed: clipping norm, noise multiplier and expected batch size."""

    max_grad_norm: float
    noise_multiplier: float
    expected: float

    @property
    def spread(self) -> float:
        """Standard deviation of the noise that belongs on the sum."""
        return self.noise_multiplier * self.max_grad_norm


@dataclass(frozen=True)
class Step:
    """What a release is given.

    Attributes
    ----------
    gradients : `(..., N, P)`, of all N examples.
    included : `(..., N)`, 1 for who is in the batch and 0 for who is not.
    noise : `(..., P)`, standard normal.
    at : the claim.
    """

    gradients: Tensor
    included: Tensor
    noise: Tensor
    at: Setting

    def total(self, gradients: Tensor) -> Tensor:
        """Sum `(..., P)` of the gradients of those who are in the batch."""
        return (self.included[..., None, :] @ gradients)[..., 0, :]

    @property
    def clipped(self) -> Tensor:
        """Sum of gradients, each shortened to the clipping norm."""
        return self.total(clip(self.gradients, self.at.max_grad_norm))


Release = Callable[[Step], Tensor]
"""From what it is given to the released mean gradient `(..., P)`."""


def clip(gradients: Tensor, max_grad_norm: float) -> Tensor:
    """Shorten each gradient along the last axis to at most `max_grad_norm`."""
    return gradients * factors(gradients.norm(dim=-1), max_grad_norm)[..., None]


def right(step: Step) -> Tensor:
    """Clip each example, add up, add noise to the sum, divide by the expected size."""
    return (step.clipped + step.at.spread * step.noise) / step.at.expected


def no_clipping(step: Step) -> Tensor:
    """Noise for a clipping norm that nobody enforces: one example can be as loud as it likes."""
    return (step.total(step.gradients) + step.at.spread * step.noise) / step.at.expected


def noise_on_the_loss(step: Step) -> Tensor:
    """Noise is added to the loss before the backward pass: a constant, whose gradient is zero.

    What is released is the plain gradient, as from a "privacy engine" that was made and never used.
    """
    return step.total(step.gradients) / step.at.expected + 0 * step.noise


def clipped_mean(step: Step) -> Tensor:
    """The batch's mean is clipped, not each example: the mean may still be one example's doing."""
    mean = clip(step.total(step.gradients) / step.at.expected, step.at.max_grad_norm)
    return mean + step.at.spread / step.at.expected * step.noise


def divided_twice(step: Step) -> Tensor:
    """The noise is scaled for a mean, and the noisy sum is then divided once more."""
    return (step.clipped + step.at.spread / step.at.expected * step.noise) / step.at.expected


def forgotten_norm(step: Step) -> Tensor:
    """The noise has the multiplier as its spread; that it counts in clipping norms is forgotten."""
    return (step.clipped + step.at.noise_multiplier * step.noise) / step.at.expected


@dataclass(frozen=True)
class Program:
    """A release and how it is fed.

    Attributes
    ----------
    release : the step.
    batches : drawn by coins, or the same ones in turn, in the order of the data.
    noise : drawn anew at every step, or from the same seed each time.
    """

    release: Release
    batches: Literal["poisson", "fixed"] = "poisson"
    noise: Literal["fresh", "same"] = "fresh"


RIGHT = Program(right)
FAULTS: dict[str, Program] = {
    "no-clipping": Program(no_clipping),
    "noise-on-loss": Program(noise_on_the_loss),
    "clipped-mean": Program(clipped_mean),
    "divided-twice": Program(divided_twice),
    "forgotten-norm": Program(forgotten_norm),
    "same-noise": Program(right, noise="same"),
    "fixed-batches": Program(right, batches="fixed"),
}


@dataclass(frozen=True)
class Trial:
    """The tiny training that is audited: N examples, of which the last may be the canary.

    `rate` and `steps` are those of the claim; `loudness` is the length of the canary's gradient in
    clipping norms.
    """

    examples: int = 100
    rate: float = 0.05
    steps: int = 160
    max_grad_norm: float = 8.0
    noise_multiplier: float = 2.0
    loudness: float = 10.0
    runs: int = 1000


def statistics(program: Program, trial: Trial, *, canary: bool, seed: int) -> dict[str, Floats]:
    """What an auditor who sees every released gradient computes from each run, `(R,)`.

    The canary's gradient points along the first axis, all others along the other axes, so the
    auditor looks at the first axis only. `likelihood` is the best test against the right program,
    `range` finds noise that does not change, `turn` adds up the steps in which a fixed order of
    batches would show the canary.

    Parameters
    ----------
    program, trial
        What is audited.
    canary
        Whether the canary is among the examples.
    seed
        Of the coins, the noise and the gradients of the others.
    """
    draw = torch.Generator().manual_seed(seed)
    n, size = trial.examples, max(1, round(trial.rate * trial.examples))
    at = Setting(trial.max_grad_norm, trial.noise_multiplier, trial.rate * n)
    gradients = torch.zeros(n, 3)
    gradients[:-1, 1:] = torch.randn(n - 1, 2, generator=draw) * trial.max_grad_norm / 4
    gradients[-1, 0] = trial.loudness * trial.max_grad_norm * canary
    same = torch.randn(trial.runs, 3, generator=draw)
    seen = []
    for step in range(trial.steps):
        if program.batches == "poisson":
            included = (torch.rand(trial.runs, n, generator=draw) < trial.rate).float()
        else:
            turn = step % (n // size)
            included = torch.zeros(n)
            included[turn * size : (turn + 1) * size] = 1
        fresh = torch.randn(trial.runs, 3, generator=draw)
        noise = fresh if program.noise == "fresh" else same
        seen.append(program.release(Step(gradients, included, noise, at))[..., 0])
    shown = (
        torch.stack(seen, 1).double() * at.expected / at.max_grad_norm
    )  # (R, steps), in units of C
    variance = trial.noise_multiplier**2
    ratio = torch.log1p(trial.rate * (torch.exp((shown - 0.5) / variance).clamp(max=1e30) - 1))
    last = torch.arange(trial.steps) % (n // size) == n // size - 1
    found = {
        "likelihood": ratio.sum(1),
        "range": shown.amax(1) - shown.amin(1),
        "turn": shown[:, last].sum(1),
    }
    return {name: value.numpy() for name, value in found.items()}
