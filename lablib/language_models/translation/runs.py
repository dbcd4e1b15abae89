"""One seed of the translation experiment: a split, a translator, two baselines, their answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from lablib.data.pair import PairData
from lablib.data.splitting import Splits
from lablib.evaluation.translation import chrf_counts, chrf_score, exact_matches
from lablib.language_models.translation.alignment import Alignment, align
from lablib.language_models.translation.baselines import (
    nearest_names,
    word_by_word,
    word_dictionary,
)
from lablib.language_models.translation.name_pairs import all_words_seen
from lablib.language_models.translation.translator import (
    Shape,
    TokenScores,
    Translator,
    train_translator,
)

SYSTEMS = ("translator", "dictionary", "nearest")
TONES = ("较浅肤色", "中等浅肤色", "中等肤色", "中等深肤色", "较深肤色")
NATS_A_BIT = float(np.log(2))


@dataclass(frozen=True)
class Answers:
    """What one system wrote for the N test names, against the true names.

    Attributes
    ----------
    written : N names.
    exact : (N,) whether each is right as a whole.
    counts : (N, order, 3) shared and own n-grams, for chrF.
    """

    written: list[str]
    exact: NDArray[np.bool_]
    counts: NDArray[np.int64]

    @property
    def chrf(self) -> float:
        """The chrF of all names together, 0 to 1."""
        return chrf_score(self.counts)


@dataclass(frozen=True)
class OneRun:
    """A trained translator and everything that is measured on its test names."""

    parts: Splits[PairData]
    translator: Translator
    answers: dict[str, Answers]
    forced: TokenScores
    alignment: Alignment
    dictionary: dict[str, str]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Whether every word of a test name occurs in training, (N,)."""
        return all_words_seen(self.parts.test.sources, self.parts.train.sources)

    @property
    def toned(self) -> NDArray[np.bool_]:
        """Whether the true name ends with a skin tone, (N,)."""
        return np.array([bool(tone_of(target)) for target in self.parts.test.targets])

    def ends_right(self) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """For the test names with a tone: is the tone right, and is all before it?"""
        written = self.answers["translator"].written
        pairs = [
            (w, t) for w, t in zip(written, self.parts.test.targets, strict=True) if tone_of(t)
        ]
        tone = [tone_of(w) == tone_of(t) for w, t in pairs]
        rest = [w.removesuffix(tone_of(w)) == t.removesuffix(tone_of(t)) for w, t in pairs]
        return np.array(tone, dtype=bool), np.array(rest, dtype=bool)


def one_run(
    pairs: PairData,
    shape: Shape,
    *,
    seed: int,
    by_name: bool,
    sizes: tuple[float, float, float],
    least: float,
    aligned: int,
) -> OneRun:
    """Split, train and answer.

    Parameters
    ----------
    by_name
        Split name by name, so that variants of one name may lie in both parts: the leak. Else
        variants of a name stay together, as the groups of the data say.
    sizes
        Shares of training, validation and test pairs.
    least
        Smallest Dice of a dictionary entry that says where a character belongs.
    aligned
        Test names whose attention is tested, at most.
    """
    groups = np.arange(len(pairs)) if by_name else None
    parts = pairs.split(seed=seed, sizes=sizes, groups=groups)
    translator = train_translator(parts.train, shape, seed=seed)
    names, true = parts.test.sources, parts.test.targets
    written = {
        "translator": translator.translate(names),
        "dictionary": word_by_word(word_dictionary(parts.train), names),
        "nearest": nearest_names(parts.train, names),
    }
    answers = {
        system: Answers(texts, exact_matches(texts, true), chrf_counts(texts, true))
        for system, texts in written.items()
    }
    dictionary = word_dictionary(parts.train, least=least)
    some = parts.test.take(range(min(aligned, len(true))))
    alignment = align(translator, some, dictionary)
    forced = translator.scores(parts.test)
    return OneRun(parts, translator, answers, forced, alignment, dictionary)


def bits(scores: TokenScores) -> NDArray[np.float64]:
    """Bits and number of scored tokens of each name, (N, 2)."""
    return torch.stack([scores.nats.sum(1) / NATS_A_BIT, scores.counted.sum(1)], dim=1).numpy()


def unigram_bits(run: OneRun) -> NDArray[np.float64]:
    """Bits and tokens of each test name if characters came alone, with their training shares.

    One is added to each count, so that no token is impossible.
    """
    target = run.translator.target
    counts = np.ones(len(target))
    for name in run.parts.train.targets:
        np.add.at(counts, target.encode(name), 1)
    cost = -np.log2(counts / counts.sum())
    rows = [target.encode(name) for name in run.parts.test.targets]
    return np.array([[cost[row].sum(), len(row)] for row in rows])


def tone_of(target: str) -> str:
    """The skin tone that a Chinese name ends with, or an empty text.

    >>> tone_of("女老师较深肤色"), tone_of("女老师")
    ('较深肤色', '')
    """
    return next((tone for tone in TONES if target.endswith(tone)), "")
