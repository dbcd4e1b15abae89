"""Remedies against overfitting, compared on two hundred labels with everything else equal.

At quick scale the encoder is frozen and a head of about 150,000 weights is trained on its mean
vectors; at full scale the whole encoder is trained. Baseline: no remedy. Control: shuffled labels,
which the training fits as well, and which must stay at chance on test sentences.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lablib import record
from lablib.evaluation import across_seeds, log_loss
from lablib.language_models.adaptation.remedies import (
    RECIPES,
    Outcome,
    Strengths,
    Training,
    apply_recipe,
)
from lablib.language_models.adaptation.reviews import Reviews, hashes, load_reviews
from lablib.record import Record, Recorder

NAME = "language-models/overfitting-remedies"
SURE = 1e-7  # probabilities are kept this far from 0 and 1, so that one sure error costs 16 nats
COMPARISONS = 2 * (len(RECIPES) - 2)  # remedies times measures: Bonferroni's factor


@dataclass(frozen=True)
class Config:
    """Settings of one comparison: `labels` training sentences a seed, disjoint between seeds.

    Sentences of at most `longest` tokens are used, `texts` of them (None: all), `tests` of
    these for the test part; `blocks` upper blocks are trained, 0 for a head on the frozen encoder.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    encoder: str = "minilm"
    texts: int | None = 1300
    longest: int = 16
    tests: int = 300
    labels: int = 200
    blocks: int = 0
    strengths: Strengths = field(default_factory=Strengths)
    training: Training = field(default_factory=Training)


CONFIGS = {
    "quick": Config(),
    # For a processor: the last block, with the rates of the quick comparison of methods.
    "medium": Config(
        texts=2500,
        longest=32,
        tests=1500,
        blocks=1,
        strengths=Strengths(rank=8, dropout=0.3),
        training=Training(
            epochs=10, batch_size=16, learning_rate=8e-4, low_rank_learning_rate=5e-3
        ),
    ),
    "full": Config(
        seeds=tuple(range(10)),
        texts=None,
        longest=64,
        tests=2000,
        blocks=6,
        strengths=Strengths(members=5, rank=8, weight_decay=10.0, dropout=0.3),
        training=Training(
            epochs=15, batch_size=16, learning_rate=1e-4, low_rank_learning_rate=1e-3
        ),
    ),
}


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> Record:
    """Train with every remedy on every seed's sentences and score the same test sentences."""
    from tqdm import tqdm

    recorder = record.start(
        NAME, scale=scale, config=config, seeds=config.seeds, data=hashes(config.encoder)
    )
    reviews = load_reviews(
        encoder=config.encoder,
        blocks=config.blocks,
        longest=config.longest,
        count=config.texts,
        tests=config.tests,
    )
    jobs = [(name, place) for name in RECIPES for place in range(len(config.seeds))]
    outcomes: dict[str, list[Outcome]] = {name: [] for name in RECIPES}
    for name, place in tqdm(jobs, desc="trainings", disable=not progress):
        outcome = apply_recipe(
            name,
            reviews,
            reviews.training_rows(place, config.labels),
            strengths=config.strengths,
            training=config.training,
            seed=config.seeds[place],
        )
        outcomes[name].append(outcome)
    _scores(recorder, outcomes, reviews)
    recorder.metric("test.texts", config.tests)
    recorder.metric("training.texts", config.labels)
    return recorder.finish(baseline="nothing.accuracy", control="shuffled.accuracy")


def _scores(recorder: Recorder, outcomes: dict[str, list[Outcome]], reviews: Reviews) -> None:
    """Accuracy and log loss on the test part, accuracy on the training part, and differences."""
    truth = reviews.classes[: reviews.tests].numpy()
    shares = _each(run.truth.mean() for run in outcomes["nothing"])  # of the labels, never of tests
    right = _each(((share > 0.5) == truth).mean() for share in shares)
    recorder.estimate("majority.accuracy", across_seeds(right))
    losses = _each(log_loss(truth, np.full(len(truth), share)) for share in shares)
    recorder.estimate("majority.log-loss", across_seeds(losses))
    nothing: dict[str, NDArray[np.float64]] = {}
    for name, runs in outcomes.items():
        values = {
            "accuracy": _each(((run.test > 0.5) == truth).mean() for run in runs),
            "log-loss": _each(log_loss(truth, np.clip(run.test, SURE, 1 - SURE)) for run in runs),
            "train-accuracy": _each(((run.train > 0.5) == run.truth).mean() for run in runs),
        }
        nothing = nothing or values
        for quantity, numbers in values.items():
            recorder.estimate(f"{name}.{quantity}", across_seeds(numbers))
        if name not in ("nothing", "shuffled"):
            for quantity in ("accuracy", "log-loss"):
                leads = values[quantity] - nothing[quantity]
                recorder.estimate(f"{name}.{quantity}.difference", across_seeds(leads))
                wide = across_seeds(leads, level=1 - 0.05 / COMPARISONS)
                recorder.estimate(f"{name}.{quantity}.difference.together", wide)


def _each(numbers: Iterable[float]) -> NDArray[np.float64]:
    return np.array([float(number) for number in numbers])


# Two-sided: a control above chance means a leak, and a baseline that does not overfit no question.
# Ends of intervals hold sentences of the page: which gains exclude zero, alone and all together.
_BETTER = ("weight-decay", "early-stopping", "adversarial")
_CALMING = (*_BETTER, "dropout")
_NOT_SHOWN = ("augmentation", "dropout", "low-rank", "ensemble")
ACCEPTANCE: dict[str, dict[str, tuple[float, float]]] = {
    "quick": {
        "nothing.accuracy": (0.69, 0.79),
        "nothing.train-accuracy": (0.97, 1.0),
        "nothing.log-loss": (0.8, 1.7),
        "early-stopping.log-loss": (0.42, 0.68),
        "adversarial.log-loss": (0.40, 0.60),
        "nothing.log-loss.low": (0.75, 1.6),
        "majority.log-loss.high": (0.69, 0.74),
        **{f"{name}.log-loss.difference.together.high": (-1.0, 0.0) for name in _CALMING},
        **{f"{name}.accuracy.difference.low": (0.0, 0.05) for name in _BETTER},
        **{f"{name}.accuracy.difference.together.low": (-0.1, 0.0) for name in _BETTER},
        **{f"{name}.accuracy.difference.low": (-0.05, 0.0) for name in _NOT_SHOWN},
        "low-rank.log-loss.difference.high": (0.0, 0.3),
        "augmentation.log-loss.difference.high": (0.0, 0.2),
        "low-rank.train-accuracy": (0.995, 1.0),
        "shuffled.accuracy": (0.43, 0.57),
        "shuffled.train-accuracy": (0.95, 1.0),
    },
    "medium": {
        "nothing.accuracy": (0.66, 0.84),
        "nothing.train-accuracy": (0.95, 1.0),
        "shuffled.accuracy": (0.44, 0.56),
    },
    "full": {
        "nothing.accuracy": (0.68, 0.84),
        "nothing.train-accuracy": (0.95, 1.0),
        "shuffled.accuracy": (0.44, 0.56),
    },
}
CARD = {
    "intended_use": "Showing how remedies against overfitting are compared when labels are few.",
    "not_for": "Choosing a remedy for another task without comparing there.",
    "affected": "People about whom a model with few labels decides: an overfitted one is sure of "
    "itself where it is wrong.",
    "limits": "One strength of each remedy, none tuned; at quick scale a head on a frozen encoder.",
}
