"""Was this example in the training data? Answered from its loss alone (Yeom et al., 2018).

The attack says "member" where the loss is low. What counts is how many members it finds while it
accuses almost no other person: the true-positive rate at a low false-positive rate (Carlini et al.,
2022). Accuracy would reward an attack that is a little right on everybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lablib.evaluation import Estimate, proportion, roc_auc


@dataclass(frozen=True)
class LossAttack:
    """What thresholding the loss achieves.

    Attributes
    ----------
    found : share of members called members; equal to `accused` if nothing leaks.
    accused : share of the others called members, on others that did not set the threshold.
    threshold : losses below it are called members.
    auc : probability that a member has the lower loss; 0.5 is guessing.
    """

    found: Estimate
    accused: Estimate
    threshold: float
    auc: float


def loss_attack(members: ArrayLike, others: ArrayLike, *, rate: float = 0.01) -> LossAttack:
    """Call "member" what has a lower loss than all but a share `rate` of known others.

    Every other one of `others` sets the threshold, the rest measure how many are wrongly accused.

    Parameters
    ----------
    members, others
        Losses `(N,)` of examples that were and were not trained on.
    rate
        False-positive rate to aim at, above 0 and below 1.

    Raises
    ------
    ValueError
        If `rate` is out of range, or half of `others` are too few to set it.

    Examples
    --------
    >>> attack = loss_attack(np.zeros(50), np.linspace(1, 2, 400), rate=0.01)
    >>> attack.found.value, attack.auc
    (1.0, 1.0)
    """
    inside, outside = np.asarray(members, np.float64), np.asarray(others, np.float64)
    setting, held = outside[::2], outside[1::2]
    place = int(np.floor(rate * len(setting)))
    if not 0 < rate < 1 or place < 1 or not len(held) or not len(inside):
        raise ValueError(
            f"rate={rate} needs at least {int(np.ceil(2 / max(rate, 1e-9)))} others and a member; "
            f"there are {len(outside)} and {len(inside)}"
        )
    threshold = float(np.sort(setting)[place])
    labels = np.concatenate([np.ones(len(inside), int), np.zeros(len(outside), int)])
    return LossAttack(
        found=proportion(inside < threshold),
        accused=proportion(held < threshold),
        threshold=threshold,
        auc=float(roc_auc(labels, -np.concatenate([inside, outside]))),
    )
