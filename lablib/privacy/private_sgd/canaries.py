"""An attack by loss on a real training: pictures with wrong labels, in it or not, by a coin.

A picture with a wrong label can be got right only by remembering it. Mislabelled pictures stand for
everybody who differs from the rest; an average over ordinary people would hide what they risk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lablib.privacy import auditing
from lablib.privacy.accounting import Guarantee
from lablib.privacy.private_sgd.clipping import class_losses
from lablib.privacy.private_sgd.digits import hits, train_linear
from lablib.privacy.private_sgd.training import PrivateConfig

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Pool:
    """Pictures for one attack: ordinary ones, and canaries whose labels are wrong.

    Attributes
    ----------
    ordinary, canaries : features and labels.
    ordinary_in, canaries_in : booleans, which of them are trained on.
    """

    ordinary: tuple[Tensor, Tensor]
    canaries: tuple[Tensor, Tensor]
    ordinary_in: Flags
    canaries_in: Flags

    @property
    def train(self) -> tuple[Tensor, Tensor]:
        """What is trained on."""
        parts = ((self.ordinary, self.ordinary_in), (self.canaries, self.canaries_in))
        features, labels = (
            torch.cat([part[place][torch.from_numpy(kept)] for part, kept in parts])
            for place in (0, 1)
        )
        return features, labels


@dataclass(frozen=True)
class Leak:
    """What the losses of one trained model give away.

    Attributes
    ----------
    canaries, ordinary : losses of all pictures of the pool under their labels.
    accuracy : on the ordinary pictures that were left out; what leaks from a model that learned
        nothing would be no finding.
    bound : lower bound for epsilon from this one run, with confidence 0.95.
    guarantee : what is claimed.
    """

    canaries: Floats
    ordinary: Floats
    accuracy: float
    bound: float
    guarantee: Guarantee


def draw_pool(
    features: Tensor, target: Tensor, *, ordinary: int, canaries: int, seed: int, classes: int = 10
) -> Pool:
    """Draw pictures, give the canaries wrong labels, and let coins decide who is in.

    Parameters
    ----------
    features, target
        All pictures there are, `(N, F)` and `(N,)`.
    ordinary
        Members of the training set that keep their label; as many are left out.
    canaries
        Each is in with probability 1/2.
    seed
        Of everything.
    classes
        K; a wrong label is any of the others, equally likely.
    """
    rng = np.random.default_rng(seed)
    rows = rng.permutation(len(target))[: 2 * ordinary + canaries]
    if len(rows) < 2 * ordinary + canaries:
        raise ValueError(
            f"ordinary={ordinary} and canaries={canaries} need {2 * ordinary + canaries} pictures; "
            f"there are {len(target)}"
        )
    usual, odd = torch.from_numpy(rows[: 2 * ordinary]), torch.from_numpy(rows[2 * ordinary :])
    wrong = (target[odd] + torch.from_numpy(rng.integers(1, classes, canaries))) % classes
    return Pool(
        (features[usual], target[usual]),
        (features[odd], wrong),
        np.arange(2 * ordinary) < ordinary,
        rng.random(canaries) < 0.5,
    )


def leak(pool: Pool, config: PrivateConfig) -> Leak:
    """Train on the pool's members and score everybody.

    Parameters
    ----------
    pool
        From `draw_pool`.
    config
        How; the claim follows from it.
    """
    found = train_linear(pool.train, config)
    model = found.model.cpu()
    losses = {name: _losses(model, getattr(pool, name)) for name in ("canaries", "ordinary")}
    guesses = len(pool.canaries_in) // 4 * 2
    bound = auditing.one_run(
        -losses["canaries"], pool.canaries_in, guesses=guesses, delta=config.delta
    )
    out = torch.from_numpy(~pool.ordinary_in)
    right = hits(model, (pool.ordinary[0][out], pool.ordinary[1][out]))
    return Leak(losses["canaries"], losses["ordinary"], float(right.mean()), bound, found.guarantee)


@torch.no_grad()
def _losses(model: nn.Module, part: tuple[Tensor, Tensor]) -> Floats:
    return class_losses(model, part).double().numpy()
