"""Scores of a tagger on entities: an entity counts only if its type and both ends are right.

Tags follow IOB2: B-X begins an entity of type X, I-X continues it, O is outside (Tjong Kim Sang
and Veenstra, 1999). The counts are those of the CoNLL-2003 shared task (Tjong Kim Sang and De
Meulder, 2003); the strict reading of broken sequences is that of seqeval's strict mode.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Tags = Sequence[str]


class Entity(NamedTuple):
    """Words `start` up to, not including, `end` of a sentence name something of `type`."""

    type: str
    start: int
    end: int


@dataclass(frozen=True)
class Score:
    """Counts of entities, and the three shares that follow from them.

    Attributes
    ----------
    correct, predicted, gold : int
        Entities found rightly, entities the tagger named, entities there are.

    >>> score = Score(correct=1, predicted=2, gold=4)
    >>> score.precision, score.recall, round(score.f1, 3)
    (0.5, 0.25, 0.333)
    """

    correct: int
    predicted: int
    gold: int

    @property
    def precision(self) -> float:
        """Share of the named entities that are right; 0 if none was named."""
        return self.correct / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the entities there are that were found; 0 if there are none."""
        return self.correct / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 to 1; 0 if nothing is right."""
        return float(entity_f1(self.correct, self.predicted, self.gold))


@dataclass(frozen=True)
class EntityReport:
    """`overall` counts every entity alike (micro); `types` holds one score a type."""

    overall: Score
    types: Mapping[str, Score]

    @property
    def macro_f1(self) -> float:
        """Mean F1 of the types, each type alike however rare; 0 if there are none."""
        return float(np.mean([s.f1 for s in self.types.values()])) if self.types else 0.0


def entities(tags: Tags, *, repair: bool = False) -> list[Entity]:
    """The entities of one sentence of IOB2 tags, from left to right.

    A tag I-X that follows neither B-X nor I-X is broken: it begins nothing. Strictly (the
    default) it belongs to no entity; with ``repair=True`` it begins one, as in the shared
    task's script and in seqeval without ``mode="strict"``.

    Raises
    ------
    ValueError
        If a tag is not O, B-type or I-type.

    >>> entities(["B-person", "I-person", "O", "I-place"])
    [Entity(type='person', start=0, end=2)]
    >>> entities(["O", "I-place"], repair=True)
    [Entity(type='place', start=1, end=2)]
    """
    found: list[Entity] = []
    begun: tuple[str, int] | None = None  # type and first word of the entity being read
    for place, tag in enumerate(tags):
        prefix, kind = _parts(tag)
        if begun and not (prefix == "I" and kind == begun[0]):
            found.append(Entity(*begun, place))
            begun = None
        if prefix == "B" or (prefix == "I" and begun is None and repair):
            begun = (kind, place)
    if begun:
        found.append(Entity(*begun, len(tags)))
    return found


def entity_report(
    gold: Sequence[Tags], predicted: Sequence[Tags], *, repair: bool = False
) -> EntityReport:
    """Precision, recall and F1 over all entities and for each type.

    Parameters
    ----------
    gold, predicted : sequence of sequences of str
        IOB2 tags, N sentences of equal lengths.
    repair : bool
        How to read a broken I-X; see `entities`.

    Raises
    ------
    ValueError
        If sentences do not match or a tag is no IOB2 tag.

    >>> truth = [["B-person", "I-person", "O", "B-place"]]
    >>> guess = [["B-person", "O", "O", "B-place"]]
    >>> report = entity_report(truth, guess)
    >>> report.overall.f1, report.types["person"].f1, report.types["place"].f1
    (0.5, 0.0, 1.0)
    """
    correct: Counter[str] = Counter()
    named: Counter[str] = Counter()
    there: Counter[str] = Counter()
    for truth, guess in _pairs(gold, predicted):
        real, said = set(entities(truth, repair=repair)), set(entities(guess, repair=repair))
        there.update(entity.type for entity in real)
        named.update(entity.type for entity in said)
        correct.update(entity.type for entity in real & said)
    types = {
        kind: Score(correct[kind], named[kind], there[kind]) for kind in sorted({*there, *named})
    }
    return EntityReport(Score(correct.total(), named.total(), there.total()), types)


def entity_counts(
    gold: Sequence[Tags], predicted: Sequence[Tags], *, repair: bool = False
) -> NDArray[np.int64]:
    """One row a sentence, (N, 3): entities correct, predicted, gold.

    Rows can be resampled: ``bootstrap(entity_f1, *counts.T, seed=0, vectorized=True)``.

    Parameters
    ----------
    gold, predicted, repair
        As in `entity_report`.

    >>> entity_counts([["B-x", "O"], ["O"]], [["B-x", "B-x"], ["O"]]).tolist()
    [[1, 2, 1], [0, 0, 0]]
    """
    rows = []
    for truth, guess in _pairs(gold, predicted):
        real, said = set(entities(truth, repair=repair)), set(entities(guess, repair=repair))
        rows.append((len(real & said), len(said), len(real)))
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def entity_f1(correct: ArrayLike, predicted: ArrayLike, gold: ArrayLike, axis: int = -1) -> Any:
    """F1 of summed counts, 2 * correct / (predicted + gold), along `axis`; 0 if all are 0.

    Parameters
    ----------
    correct, predicted, gold : array_like
        Counts of one sentence each, or of whole sets, which need no sum.
    axis : int
        Sentences lie along it.

    >>> float(entity_f1([1, 0], [1, 1], [1, 1]))
    0.5
    """
    right, named, there = (
        np.sum(np.atleast_1d(counts), axis=axis) for counts in (correct, predicted, gold)
    )
    return 2 * right / np.maximum(named + there, 1)


def token_micro_f1(gold: Sequence[Tags], predicted: Sequence[Tags]) -> float:
    """Micro-F1 over *words* with O as one of the classes: no score of a tagger; shown as a trap.

    Every word has one true and one predicted tag, so each error is a false positive of one tag
    and a false negative of another, and the number equals plain token accuracy. A tagger that
    says only O reaches the share of words outside entities.

    >>> token_micro_f1([["O"] * 9 + ["B-person"]], [["O"] * 10])
    0.9
    """
    hits = [t == g for truth, guess in _pairs(gold, predicted)
            for t, g in zip(truth, guess, strict=True)]  # fmt: skip
    if not hits:
        raise ValueError("gold holds no words; pass at least one sentence with a word")
    return sum(hits) / len(hits)


def _parts(tag: str) -> tuple[str, str]:
    """Prefix and type: ("B", "geo-loc") of "B-geo-loc", ("O", "") of "O"."""
    prefix, _, kind = tag.partition("-")
    if tag != "O" and not (prefix in ("B", "I") and kind):
        raise ValueError(
            f"tag {tag!r} is not IOB2: it must be O, B-type or I-type; "
            "lablib.data.read_conll converts other schemes"
        )
    return prefix, kind


def _pairs(gold: Sequence[Tags], predicted: Sequence[Tags]) -> list[tuple[Tags, Tags]]:
    """Sentences side by side; ValueError unless both have the same words."""
    if len(gold) != len(predicted):
        raise ValueError(
            f"gold has {len(gold)} sentences and predicted {len(predicted)}; "
            "pass the same sentences in the same order"
        )
    for place, (truth, guess) in enumerate(zip(gold, predicted, strict=True)):
        if len(truth) != len(guess):
            raise ValueError(
                f"sentence {place} has {len(truth)} gold tags and {len(guess)} predicted ones; "
                "give every word one tag in both"
            )
    return list(zip(gold, predicted, strict=True))
