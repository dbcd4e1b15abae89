"""Two ways in which adversarial training fails without a word, and what gives them away.

Catastrophic overfitting: training with one step learns to defeat that step, and many steps break
everything (Wong et al., 2020). Collapse: the network answers with one class, which no attack can
change, so that its accuracy is the same under all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lablib.evaluation import Interval, clopper_pearson
from lablib.robustness.attacks import fgsm, pgd
from lablib.robustness.threat import ThreatModel
from lablib.training import EpochSummary, predict

OVERFITTED, COLLAPSED, SILENT = "catastrophic overfitting", "collapsed to a constant", "no alarm"


@dataclass(frozen=True)
class Diagnosis:
    """How a trained network stands to one step, to many, and to saying always the same.

    Attributes
    ----------
    accuracy, one_step, many_steps : on the inputs as they are, after FGSM, and after PGD.
    apart : share of inputs that withstand one step and not many, of those that withstand one.
    apart_interval : exact interval of that share; None where nothing withstands one step.
    largest_share : share of inputs that are given the most frequent answer.
    verdict : one of `OVERFITTED`, `COLLAPSED`, `SILENT`.
    """

    accuracy: float
    one_step: float
    many_steps: float
    apart: float
    apart_interval: Interval | None
    largest_share: float
    verdict: str


def diagnose(
    model: nn.Module,
    images: Tensor,
    target: Tensor,
    *,
    threat: ThreatModel,
    steps: int = 20,
    restarts: int = 1,
    gap: float = 0.5,
    share: float = 0.9,
    seed: int = 0,
) -> Diagnosis:
    """Say whether a network trained against an adversary has failed in one of the two ways.

    Parameters
    ----------
    model, images, target, threat, seed
        As for `pgd`; inputs that were not trained on.
    steps, restarts
        Of the stronger attack.
    gap
        Alarm where, by the exact interval, more than this share of the inputs that withstand one
        step falls to many.
    share
        Alarm where more than this share of the answers is one and the same class.
    """
    answers = predict(model, images).argmax(1)
    one = fgsm(model, images, target, threat=threat).success
    many = pgd(
        model, images, target, threat=threat, steps=steps, restarts=restarts, seed=seed
    ).success
    held, fell = int((~one).sum()), int((~one & many).sum())
    interval = clopper_pearson(fell, held) if held else None
    largest = float(torch.bincount(answers).max() / len(answers))
    if largest > share:
        verdict = COLLAPSED
    elif interval is not None and interval.low > gap:
        verdict = OVERFITTED
    else:
        verdict = SILENT
    return Diagnosis(
        accuracy=float((answers == target.cpu()).float().mean()),
        one_step=float((~one).float().mean()),
        many_steps=float((~many).float().mean()),
        apart=fell / held if held else 0.0,
        apart_interval=interval,
        largest_share=largest,
        verdict=verdict,
    )


def overfitted_epoch(history: Sequence[EpochSummary], *, factor: float = 1.5) -> int | None:
    """First epoch whose validation loss, under a strong attack, is far above the best before.

    Parameters
    ----------
    history
        Of `fit`, trained with `Ramp` and validation examples.
    factor
        How many times the best; the training loss must have fallen meanwhile.

    Returns
    -------
    int or None
        An epoch counted from 1; None where there is none.

    Examples
    --------
    >>> losses = [(2.0, 2.2), (1.0, 1.1), (0.4, 2.5)]  # training, validation
    >>> history = [EpochSummary(e, e, *pair, 0.1) for e, pair in enumerate(losses, start=1)]
    >>> overfitted_epoch(history)
    3
    """
    best, at_best = float("inf"), float("inf")
    for summary in history:
        if summary.validation_loss is None:
            raise ValueError("the history has no validation losses; pass validation= to fit")
        if summary.validation_loss > factor * best and summary.train_loss < at_best:
            return summary.epoch
        if summary.validation_loss < best:
            best, at_best = summary.validation_loss, summary.train_loss
    return None
