"""What copies in a text collection do to a test score, and what cleaning and augmentation do.

Main question: by how much does a random split of lines overstate the accuracy on new reviews, when
most reviews occur twice? One fitted model is scored on both test parts. Control: groups of the
same sizes made at random, which must show no gap. Then: does the leak choose the wrong model, does
normalising matter, and does augmentation help with few labels?
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lablib import record
from lablib.data import TextData, card, load
from lablib.data.cleaning import comparable, normalise
from lablib.data.near_duplicates import duplicate_groups
from lablib.evaluation import Interval, over_splits
from lablib.language_models.pipeline.augmentation import (
    augmented_before_the_split,
    compare,
    operations,
)
from lablib.language_models.pipeline.leak import Scores, linear_on_fresh, represent, score
from lablib.record import Record, Recorder

NAME = "language-models/text-data"
TEST_OVER_TRAIN = 20 / 60  # sizes of the parts, in every study of this experiment
DIFFERENCES = {"gap", "choice", "difference", "over-repeat"}  # parts of names; the rest are shares


@dataclass(frozen=True)
class Config:
    """Settings: every seed is one split and one training of each model.

    `augmentation_seeds` are the seeds of the study with few labels, `label_counts` its numbers of
    training texts (the first is the main one), `copies` the changed versions of each text.
    """

    seeds: tuple[int, ...] = tuple(range(5))
    threshold: float = 0.8
    augmentation_seeds: tuple[int, ...] = tuple(range(10))
    label_counts: tuple[int, ...] = (200,)
    copies: int = 4


CONFIGS = {
    "quick": Config(),
    "full": Config(
        seeds=tuple(range(30)),
        augmentation_seeds=tuple(range(50)),
        label_counts=(200, 50, 1000),
    ),
}


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> Record:
    """Find the copies, score with and without the leak, then study cleaning and augmentation."""
    names = ("chinese-reviews", "movie-reviews", "medical-questions", "synonyms")
    recorder = record.start(
        NAME,
        scale=scale,
        config=config,
        seeds=config.seeds,
        data={name: card(name).archive_sha256 for name in names},
    )
    reviews, movies = load("chinese-reviews"), load("movie-reviews")
    groups = duplicate_groups(reviews.texts, threshold=config.threshold)
    _copies(recorder, reviews.texts, groups)
    for other in (movies, load("medical-questions")):
        shared = _shared(duplicate_groups(other.texts, threshold=config.threshold))
        recorder.metric(f"copies.{other.name}", shared, n=len(other))
        equal = len(other) - len(set(other.texts))
        recorder.metric(f"repeated-lines.{other.name}", equal, n=len(other))

    texts = represent(reviews.texts, reviews.target)
    real, random = [], []
    for seed in _shown(config.seeds, progress):
        shuffled = np.random.Generator(np.random.PCG64([seed, 4])).permutation(groups)
        real.append(score(texts, groups, seed=seed))
        random.append(score(texts, shuffled, seed=seed))
    _leak(recorder, real, random)
    _choice(recorder, real)
    _normalising(recorder, reviews, groups, dict(zip(config.seeds, real, strict=True)))
    _augmentation(recorder, movies, config, progress)
    return recorder.finish(baseline="majority.fresh", control="random.gap")


def _copies(recorder: Recorder, texts: Sequence[str], groups: NDArray[np.int64]) -> None:
    """How many different texts there are, by ever more tolerant ways of comparing."""
    distinct = {
        "lines": len(set(texts)),
        "normalised": len({normalise(text) for text in set(texts)}),
        "letters": len({comparable(text) for text in set(texts)}),
        "groups": len(np.unique(groups)),
    }
    recorder.metric("rows", len(texts))
    for name, count in distinct.items():
        recorder.metric(f"distinct.{name}", count, n=len(texts))
    recorder.metric("largest-group", int(np.unique(groups, return_counts=True)[1].max()))


def _shared(groups: NDArray[np.int64]) -> int:
    """Rows that share their group with another row."""
    _, counts = np.unique(groups, return_counts=True)
    return int(counts[counts > 1].sum())


def _leak(recorder: Recorder, real: Sequence[Scores], random: Sequence[Scores]) -> None:
    """The same fitted model on both test parts, with real groups and with random ones."""
    for model in ("linear", "smooth", "sharp", "lookup", "majority"):
        leaky = [s.leaky[model] for s in real]
        fresh = [s.fresh[model] for s in real]
        _put(recorder, f"{model}.leaky", leaky)
        _put(recorder, f"{model}.fresh", fresh)
        _put(recorder, f"{model}.gap", np.subtract(leaky, fresh))
    _put(recorder, "seen", [s.seen for s in real])
    _put(recorder, "linear.unseen", [s.unseen for s in real])
    control = [s.leaky["linear"] - s.fresh["linear"] for s in random]
    _put(recorder, "random.gap", control)
    for part in ("leaky", "fresh"):
        _put(recorder, f"random.{part}", [getattr(s, part)["linear"] for s in random])


def _choice(recorder: Recorder, real: Sequence[Scores]) -> None:
    """Which of two models each test part would choose: sharp minus smooth naive Bayes."""
    for part in ("leaky", "fresh"):
        scores = [getattr(s, part) for s in real]
        _put(recorder, f"choice.{part}", [s["sharp"] - s["smooth"] for s in scores])


def _normalising(
    recorder: Recorder, reviews: TextData, groups: NDArray[np.int64], real: dict[int, Scores]
) -> None:
    """Share of texts that normalising changes, and what it does to the score on fresh texts."""
    forms = {text: normalise(text) for text in set(reviews.texts)}
    clean = [forms[text] for text in reviews.texts]
    changed = np.mean([a != b for a, b in zip(clean, reviews.texts, strict=True)])
    recorder.metric("normalise.changed", float(changed), n=len(clean))
    cleaned = represent(clean, reviews.target)
    differences = [
        linear_on_fresh(cleaned, groups, seed=seed) - scores.fresh["linear"]
        for seed, scores in real.items()
    ]
    _put(recorder, "normalise.difference", differences)


def _augmentation(recorder: Recorder, movies: TextData, config: Config, progress: bool) -> None:
    """Each way to augment minus plain training; unchanged repetition is the control."""
    ways = operations(load("synonyms"))
    rows = []
    for labels in config.label_counts:
        end = "" if labels == config.label_counts[0] else f".{labels}"
        scores = [
            compare(movies, ways, labels=labels, copies=config.copies, seed=seed)
            for seed in _shown(config.augmentation_seeds, progress)
        ]
        _put(recorder, f"plain.accuracy{end}", [s["plain"] for s in scores])
        for name in ("repeat", *ways):
            gains = [s[name] - s["plain"] for s in scores]
            over = [s[name] - s["repeat"] for s in scores]
            _put(recorder, f"{name}.difference{end}", gains)
            if name != "repeat":
                _put(recorder, f"{name}.over-repeat{end}", over)
            estimate = over_splits(gains, test_over_train=TEST_OVER_TRAIN)
            ends = {"low": estimate.interval.low, "high": estimate.interval.high}
            rows.append({"labels": labels, "way": name, "value": estimate.value, **ends})
    recorder.table("augmentation", rows)
    faulty = [
        augmented_before_the_split(
            movies,
            ways["synonyms"],
            labels=config.label_counts[0],
            copies=config.copies,
            seed=seed,
        )
        for seed in config.augmentation_seeds
    ]
    _put(recorder, "augment-first.inside", [inside for inside, _ in faulty])
    _put(recorder, "augment-first.new", [new for _, new in faulty])


def _put(recorder: Recorder, name: str, values: Sequence[float] | NDArray[np.float64]) -> None:
    """Mean over splits of one file, with the corrected interval; that of a share is cut at 0 and 1.

    The studies with few labels draw them from a training part of the same size, so the same ratio
    stands for what their splits share. It is on the careful side: their draws hardly overlap.
    """
    estimate = over_splits(values, test_over_train=TEST_OVER_TRAIN)
    ends = estimate.interval
    if DIFFERENCES.isdisjoint(name.split(".")):
        ends = Interval(max(ends.low, 0.0), min(ends.high, 1.0))
    recorder.metric(name, estimate.value, interval=ends, n=estimate.n)


def _shown(seeds: tuple[int, ...], progress: bool) -> Iterable[int]:
    if not progress:
        return seeds
    from tqdm import tqdm

    return tqdm(seeds, unit="seed")


# Two-sided: a fresh score near the leaky one would mean that copies got through. The bands on ends
# of intervals hold the sentences of the page: which differences exclude zero, and which do not.
_BOTH = {
    "linear.leaky": (0.93, 0.965),
    "linear.fresh": (0.82, 0.86),
    "linear.gap": (0.09, 0.125),
    "linear.gap.low": (0.08, 0.12),
    "linear.unseen": (0.82, 0.865),
    "random.gap": (-0.01, 0.01),
    "random.gap.low": (-0.02, 0.0),
    "random.gap.high": (0.0, 0.02),
    "majority.fresh": (0.52, 0.54),
    "lookup.leaky": (0.84, 0.89),
    "lookup.fresh": (0.52, 0.54),
    "choice.leaky": (0.025, 0.06),
    "choice.leaky.low": (0.01, 0.06),
    "choice.fresh": (-0.075, -0.035),
    "choice.fresh.high": (-0.075, -0.02),
    "normalise.difference": (-0.01, 0.01),
    "normalise.difference.low": (-0.02, 0.0),
    "normalise.difference.high": (0.0, 0.02),
    "plain.accuracy": (0.58, 0.63),
    "synonyms.difference": (-0.015, 0.02),
    "synonyms.over-repeat.low": (-0.025, 0.0),
    "synonyms.over-repeat.high": (0.0, 0.025),
    "swap.over-repeat": (0.001, 0.006),
    "augment-first.inside": (0.97, 1.0),
    "augment-first.new": (0.57, 0.64),
}
ACCEPTANCE: dict[str, dict[str, tuple[float, float]]] = {
    "quick": {**_BOTH, "swap.over-repeat.low": (0.0, 0.005)},
    "full": _BOTH,
}
