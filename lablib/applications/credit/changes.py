"""Small changes of the amounts: can they turn a decision, and how much of that is luck?

A statement may be wrong by a little, a payment may be booked a day late. Each of the twelve amounts
may move by `share` of itself and NT$ 1,000; nothing else may. The search needs no gradient, so
trees and networks meet the same one; for networks PGD is its cross-check.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lablib.applications.credit.accounts import AMOUNTS
from lablib.robustness.attacks import pgd
from lablib.robustness.threat import ThreatModel

Floats = NDArray[np.float64]
Score = Callable[[Floats], Floats]
PASSES = 2
BOX = 30.0  # squeezed amounts are far inside


def threat(share: float) -> ThreatModel:
    """Every squeezed amount moves by at most log(1 + share).

    Parameters
    ----------
    share : float
        0.1 is a tenth; 0 allows nothing.
    """
    if not 0 <= share < math.inf:
        raise ValueError(f"share is {share}; pass a share of the amount such as 0.1")
    return ThreatModel(norm="linf", eps=math.log1p(share), low=-BOX, high=BOX)


def queries() -> int:
    """Scores that the search asks for each row, besides its own."""
    return PASSES * 2 * (AMOUNTS.stop - AMOUNTS.start)


def searched(score: Score, x: Floats, towards: NDArray[np.int64], *, share: float) -> Floats:
    """Amounts moved, one after the other, to whichever end of the range helps most.

    Parameters
    ----------
    score : function
        Scores (M,) of rows (M, F).
    x : array, shape (N, F)
        Rows to move.
    towards : array, shape (N,)
        1 to raise a row's score, -1 to lower it.
    share : float
        As for `threat`.
    """
    eps = threat(share).eps
    moved, best = x.copy(), towards * score(x)
    for _ in range(PASSES):
        for column in range(AMOUNTS.start, AMOUNTS.stop):
            for step in (-eps, eps):
                tried = moved.copy()
                tried[:, column] = x[:, column] + step
                found = towards * score(tried)
                better = found > best
                moved[better], best = tried[better], np.maximum(found, best)
    return moved


def drawn(
    score: Score, x: Floats, towards: NDArray[np.int64], *, share: float, seed: int
) -> Floats:
    """The best of as many random corners of the range as `searched` asks scores: the control.

    Parameters
    ----------
    score, x, towards, share
        As for `searched`.
    seed : int
        Of the corners.
    """
    eps, rng = threat(share).eps, np.random.default_rng(seed)
    moved, best = x.copy(), towards * score(x)
    for _ in range(queries()):
        tried = x.copy()
        tried[:, AMOUNTS] += rng.choice([-eps, eps], tried[:, AMOUNTS].shape)
        found = towards * score(tried)
        better = found > best
        moved[better], best = tried[better], np.maximum(found, best)
    return moved


@dataclass(frozen=True)
class Turned:
    """Whether a decision (N,) was turned by the search, and by the random changes."""

    searched: NDArray[np.bool_]
    drawn: NDArray[np.bool_]


def turned(score: Score, x: Floats, threshold: float, *, share: float, seed: int) -> Turned:
    """Try to turn the decision `score(x) > threshold` of each row, in both ways.

    Parameters
    ----------
    score, x, share, seed
        As for `drawn`.
    threshold : float
        Above it a row is refused.
    """
    before = score(x) > threshold
    towards = np.where(before, -1, 1)
    return Turned(
        (score(searched(score, x, towards, share=share)) > threshold) != before,
        (score(drawn(score, x, towards, share=share, seed=seed)) > threshold) != before,
    )


class AmountsOnly(nn.Module):
    """A network's two logits around a cut, in which only the amounts have a gradient.

    Where there is no gradient, a step of PGD in the largest norm does not move: so the attack
    keeps to what the threat model allows.

    Parameters
    ----------
    network : from (B, F) to one logit (B, 1).
    cut : logit above which a row is refused.
    """

    def __init__(self, network: nn.Module, *, cut: float = 0.0) -> None:
        super().__init__()
        self.network, self.cut = network, cut

    def forward(self, x: Tensor) -> Tensor:
        """Logits (B, 2) of "accepted" and "refused"."""
        free, fixed = x[:, AMOUNTS], x[:, AMOUNTS.stop :].detach()
        refuse: Tensor = self.network(torch.cat([free, fixed], dim=1)) - self.cut
        return torch.cat([torch.zeros_like(refuse), refuse], dim=1)


def turned_by_gradient(
    network: nn.Module, x: Floats, cut: float, *, share: float, steps: int = 10
) -> NDArray[np.bool_]:
    """Whether PGD turns each row's decision `network(x) > cut`, (N,).

    Parameters
    ----------
    network, cut
        As for `AmountsOnly`.
    x, share
        As for `turned`.
    steps : int
        Of PGD, from the row itself.
    """
    guarded = AmountsOnly(network, cut=cut)
    rows = torch.from_numpy(x.astype(np.float32))
    with torch.no_grad():
        decided = (guarded(rows)[:, 1] > 0).long()
    found = pgd(guarded, rows, decided, threat=threat(share), steps=steps, random_start=False)
    return np.asarray(found.success.numpy())


def turned_by_transfer(
    score: Score,
    x: Floats,
    threshold: float,
    *,
    behind: nn.Module,
    cut: float,
    share: float,
    steps: int = 10,
) -> NDArray[np.bool_]:
    """Whether points found on the network behind a rounded score turn that score's decisions, (N,).

    Rounding makes a score of small steps, on which a search that goes by improvements stops
    early. What it misses there, gradients and the same search find on the network behind.

    Parameters
    ----------
    score, x, threshold, share
        As for `turned`; only `score` says whether a decision was turned.
    behind, cut : network and logit
        What the score was rounded from, and where it decides, as for `AmountsOnly`.
    steps : int
        Of PGD, from the row itself.
    """
    before = score(x) > threshold
    guarded = AmountsOnly(behind, cut=cut)

    def logits(rows: Floats) -> Floats:
        with torch.no_grad():
            refuse = guarded(torch.from_numpy(rows.astype(np.float32)))[:, 1]
        return np.asarray(refuse.numpy(), dtype=np.float64)

    climbed = pgd(
        guarded, torch.from_numpy(x.astype(np.float32)), torch.from_numpy(before.astype(np.int64)),
        threat=threat(share), steps=steps, random_start=False,
    )  # fmt: skip
    tried = searched(logits, x, np.where(before, -1, 1), share=share)
    found = [climbed.moved.numpy().astype(np.float64), tried]
    return np.asarray(np.any([(score(points) > threshold) != before for points in found], axis=0))
