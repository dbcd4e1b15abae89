"""What the page on DP-SGD records: accuracies, guarantees, an attack and audits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lablib.evaluation import Estimate, across_seeds, over_splits
from lablib.privacy import auditing
from lablib.privacy.accounting import Guarantee, account
from lablib.privacy.membership import LossAttack, loss_attack
from lablib.privacy.private_sgd.canaries import Leak, Pool
from lablib.privacy.private_sgd.faults import FAULTS, RIGHT, Trial, statistics
from lablib.record import Recorder

_COUNTS = ("smallest-batch", "largest-batch")


def accuracies(
    recorder: Recorder, scores: Mapping[str, Sequence[float]], *, test_over_train: float
) -> None:
    """Record every score over seeds, and three differences that the page reads.

    Parameters
    ----------
    scores
        By name of a metric one number a seed.
    test_over_train
        As for `over_splits`; 0 where all seeds share a published split.
    """

    def over(values: Sequence[float] | NDArray[np.float64]) -> Estimate:
        return over_splits(values, test_over_train=test_over_train)

    values = {name: np.asarray(line) for name, line in scores.items()}
    for name, line in values.items():
        if name.endswith(_COUNTS):
            pick = min if "smallest" in name else max
            recorder.metric(name, float(pick(line)))
        else:
            recorder.estimate(name, over(line))
    for budget in ("tight", "middle", "loose"):
        cost = values["plain.accuracy"] - values[f"{budget}.accuracy"]
        recorder.estimate(f"{budget}.cost", over(cost))
    recorder.estimate("middle.gain", over(values["middle.accuracy"] - values["pixels.accuracy"]))
    drops = {who: values[f"plain.{who}"] - values[f"middle.{who}"] for who in ("rare", "common")}
    for who, drop in drops.items():
        recorder.estimate(f"{who}.drop", over(drop))
    recorder.estimate("rare.extra-drop", over(drops["rare"] - drops["common"]))


def guarantees(recorder: Recorder, claims: Mapping[str, Guarantee]) -> None:
    """Record epsilon of each budget, and a table with all that it rests on.

    Parameters
    ----------
    claims
        By name of the budget.
    """
    for name, claim in claims.items():
        recorder.metric(f"{name}.epsilon", claim.epsilon)
    recorder.table("guarantees", [{"budget": name} | vars(claim) for name, claim in claims.items()])


def attack(
    recorder: Recorder, leaks: Mapping[str, Sequence[tuple[Pool, Leak]]], *, rate: float
) -> None:
    """Record what thresholding the loss finds, over the pictures of all seeds together.

    Parameters
    ----------
    leaks
        `"plain"` and `"private"`: one pool and what its training gave away, a seed.
    rate
        Share of others that may be accused.
    """
    for kind, runs in leaks.items():
        for whom in ("canaries", "ordinary"):
            found = _pooled(runs, whom, rate)
            recorder.estimate(f"attack.{kind}.{whom}.found", found.found)
            recorder.estimate(f"attack.{kind}.{whom}.accused", found.accused)
            recorder.metric(f"attack.{kind}.{whom}.auc", found.auc)
        read = [one.accuracy for _, one in runs]
        recorder.estimate(f"attack.{kind}.accuracy", across_seeds(read))
        bounds = [one.bound for _, one in runs]
        recorder.metric(f"attack.{kind}.bound.lowest", min(bounds))
        recorder.metric(f"attack.{kind}.bound.highest", max(bounds))
    claim = leaks["private"][0][1].guarantee
    recorder.metric("attack.private.epsilon", claim.epsilon)
    recorder.table("attacked", [vars(claim)])


def _pooled(runs: Sequence[tuple[Pool, Leak]], whom: str, rate: float) -> LossAttack:
    losses = np.concatenate([getattr(one, whom) for _, one in runs])
    inside = np.concatenate([getattr(pool, f"{whom}_in") for pool, _ in runs])
    return loss_attack(losses[inside], losses[~inside], rate=rate)


def audit(recorder: Recorder, trial: Trial, *, repeats: int, delta: float) -> None:
    """Record the lower bounds for epsilon of the right program and of every broken one.

    Each bound holds with confidence 0.95 by itself. For the right program the largest counts, for
    a broken one the smallest: `audit.<program>.bound`.

    Parameters
    ----------
    trial
        The tiny training.
    repeats
        Audits of each program.
    delta
        Of the claim, which is the same for all of them.
    """
    claim = account(
        noise_multiplier=trial.noise_multiplier,
        sampling_rate=trial.rate,
        steps=trial.steps,
        delta=delta,
    )
    recorder.metric("audit.epsilon", claim.epsilon)
    rows, over = [], 0
    for name, program in {"right": RIGHT, **FAULTS}.items():
        bounds = [
            auditing.two_worlds(
                statistics(program, trial, canary=False, seed=2 * place),
                statistics(program, trial, canary=True, seed=2 * place + 1),
                delta=delta,
            )
            for place in range(repeats)
        ]
        recorder.metric(f"audit.{name}.bound", max(bounds) if name == "right" else min(bounds))
        over += sum(bound > claim.epsilon for bound in bounds) if name == "right" else 0
        rows += [{"program": name, "bound": bound} for bound in bounds]
    recorder.metric("audit.right.share-above", over / repeats)
    recorder.table("audits", rows)
    recorder.table("claim", [vars(claim)])
