"""AutoAttack by its authors, behind our threat model (Croce and Hein, 2020).

An ensemble without settings: two gradient attacks that choose their own steps (APGD on the
cross-entropy and on a difference of logits towards each other class), one that seeks the nearest
boundary (FAB), and one that uses no gradient (Square). The package is an extra of `lablib`.
"""

from __future__ import annotations

import importlib
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn

from lablib.evaluation import Estimate
from lablib.robustness.attacks import excesses, withstood
from lablib.robustness.threat import ThreatModel, check_examples, check_logits
from lablib.training.validation import evaluating

Part = Literal["apgd-ce", "apgd-t", "fab-t", "square"]
STANDARD: tuple[Part, ...] = get_args(Part)
_NORMS = {"linf": "Linf", "l2": "L2"}


@dataclass(frozen=True, eq=False)
class OfficialResult:
    """What AutoAttack found, and what it said about the defence.

    Attributes
    ----------
    moved : `(N, ...)`; an input that withstood is as it was.
    success : booleans `(N,)`.
    parts : the attacks that were asked for; only all four are "AutoAttack, standard".
    warnings : sentences of its own checks (randomised, gradients of zero, Square ahead), if any.
    """

    moved: Tensor
    success: Tensor
    parts: tuple[Part, ...]
    warnings: tuple[str, ...]

    @property
    def robust_accuracy(self) -> Estimate:
        """Share of inputs that withstood all parts; 1: all did, 0: none."""
        return withstood(self.success)


def autoattack(
    model: nn.Module,
    images: Tensor,
    target: Tensor,
    *,
    threat: ThreatModel,
    parts: Sequence[Part] = STANDARD,
    steps: int = 100,
    queries: int = 5000,
    batch_size: int = 500,
    seed: int = 0,
) -> OfficialResult:
    """Run AutoAttack, or some of its parts, on a classifier.

    The part apgd-t, and so the standard of all four, takes at least four classes.

    Its own code takes inputs from 0 to 1 and leaves the box nowhere; other boxes are scaled.

    Parameters
    ----------
    model
        Gives logits `(B, K)` for `(B, C, H, W)`.
    images, target
        `(N, C, H, W)` floats inside the box of the threat model, and their classes `(N,)`.
    threat
        What is allowed.
    parts
        Which attacks, in this order; those that withstood one meet the next. The defaults for
        `parts`, `steps` and `queries` are the published standard.
    steps, queries
        Of each gradient attack, and of Square for each input.
    batch_size, seed
        Inputs attacked at once, and the seed of all random draws.

    Raises
    ------
    ImportError
        If pyautoattack is not installed.
    ValueError
        If inputs, parts or the number of classes do not fit.
    """
    check_examples(images, target, threat)
    if isinstance(parts, str) or not parts or not set(parts) <= set(STANDARD):
        raise ValueError(
            f"parts={parts!r} must be a sequence of some of {', '.join(STANDARD)}; "
            "pass e.g. parts=('apgd-ce',)"
        )
    parts = tuple(parts)
    if images.ndim != 4:
        raise ValueError(f"images have shape {tuple(images.shape)}; AutoAttack takes (N, C, H, W)")
    parameter = next(model.parameters(), None)
    device = images.device if parameter is None else parameter.device
    width = threat.high - threat.low
    unit = ((images - threat.low) / width).clamp(0, 1).to(device)
    with evaluating(model), _said() as said, torch.random.fork_rng(devices=[]):
        classes = _classes(model, images[:1].to(device), target, parts)
        attack = _attack()(
            _Scaled(model, threat.low, width),
            attacks=list(parts),
            device=device,
            eps=threat.eps / width,
            norm=_NORMS[threat.norm],
            seed=seed,
            version="custom",
        )
        for part in (attack.apgd, attack.apgd_targeted, attack.fab):
            part.n_iter, part.n_restarts = steps, 1
        attack.apgd_targeted.n_target_classes = attack.fab.n_target_classes = min(9, classes - 1)
        attack.square.n_queries = queries
        found, _ = attack.run_standard_evaluation(unit, target.to(device), batch_size=batch_size)
        moved = threat.project(found.to(images) * width + threat.low, images)
        with torch.no_grad():
            chunks = zip(*(torch.split(part, batch_size) for part in (moved, target)), strict=True)
            success = torch.cat(
                [excesses(model, x.to(device), y.to(device)).cpu() > 0 for x, y in chunks]
            )
    return OfficialResult(moved, success, parts, tuple(said))


def _classes(model: nn.Module, image: Tensor, target: Tensor, parts: tuple[Part, ...]) -> int:
    """Number of logits of the model; raises where these parts cannot attack it."""
    logits: Tensor = model(image)
    check_logits(logits, target)
    classes = logits.shape[1]
    if "apgd-t" in parts and classes < 4:
        raise ValueError(
            f"the model gives {classes} classes, and apgd-t compares four logits or more; leave "
            "it out, as in parts=('apgd-ce', 'fab-t', 'square')"
        )
    return classes


class _Scaled(nn.Module):
    """The model for inputs from 0 to 1."""

    def __init__(self, model: nn.Module, low: float, width: float) -> None:
        super().__init__()
        self.model, self.low, self.width = model, low, width

    def forward(self, images: Tensor) -> Tensor:
        logits: Tensor = self.model(images * self.width + self.low)
        return logits


class _Collector(logging.Handler):
    """Appends each warning to a list."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.WARNING)
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


@contextmanager
def _said() -> Iterator[list[str]]:
    """Collect the warnings that AutoAttack logs or raises, instead of showing them."""
    said: list[str] = []
    logger = logging.getLogger("auto-attack")
    handler = _Collector(said)
    before = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield said
        said += [str(one.message) for one in caught]
        said[:] = list(dict.fromkeys(said))
    finally:
        logger.removeHandler(handler)
        logger.propagate = before


def _attack() -> Any:
    try:
        return importlib.import_module("pyautoattack").AutoAttack
    except ModuleNotFoundError as error:
        raise ImportError(
            'the official attack needs pyautoattack: run pip install "lablib[robustness]"'
        ) from error
