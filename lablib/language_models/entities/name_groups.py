"""Whose names does a tagger find? The same short sentences, filled with names of four lists.

A template test after Mishra, He and Belli, "Assessing Demographic Bias in Named Entity Recognition"
(2020). A group is the label of a list (see the card `person-names`), not of a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lablib.evaluation.entities import entities

TEMPLATES = (
    "I just met {} at the airport !",
    "Thank you {} for the birthday party tonight",
    "so proud of {} today",
    "RT @newsdesk : {} will speak in the morning",
)


@dataclass(frozen=True)
class Filled:
    """Templates filled with names.

    Attributes
    ----------
    sentences : tuples of words, every template with every name.
    spans : (start, end) of the name in each sentence.
    groups : the list that each sentence's name comes from.
    """

    sentences: tuple[tuple[str, ...], ...]
    spans: tuple[tuple[int, int], ...]
    groups: tuple[str, ...]


def fill(
    first: Mapping[str, Sequence[str]],
    last: Mapping[str, Sequence[str]],
    *,
    names: int,
    seed: int,
    templates: Sequence[str] = TEMPLATES,
) -> Filled:
    """Put `names` random full names of each list into every template.

    Parameters
    ----------
    first, last
        Group to its first names, and to its last names.
    names
        Full names drawn for each group.
    seed
        Fixes the draw.
    templates
        Words separated by spaces, with `{}` where the name stands.

    >>> made = fill({"a": ["Ann"]}, {"a": ["Lee"]}, names=1, seed=0, templates=["hi {} !"])
    >>> made.sentences, made.spans
    ((('hi', 'Ann', 'Lee', '!'),), ((1, 3),))
    """
    rng = np.random.default_rng(seed)
    sentences, spans, groups = [], [], []
    for group in first:
        for _ in range(names):
            name = [str(rng.choice(part[group])) for part in (first, last)]
            for template in templates:
                words = template.split()
                place = words.index("{}")
                sentences.append((*words[:place], *name, *words[place + 1 :]))
                spans.append((place, place + len(name)))
                groups.append(group)
    return Filled(tuple(sentences), tuple(spans), tuple(groups))


def found(filled: Filled, guess: Sequence[Sequence[str]], *, kind: str) -> NDArray[np.int64]:
    """1 where the tagger names exactly the words of the name, as `kind`; else 0.

    Parameters
    ----------
    filled
        From `fill`.
    guess
        IOB2 tags of its sentences.
    kind
        What the tagger calls persons.
    """
    return np.array(
        [
            int((kind, *span) in entities(tags))
            for span, tags in zip(filled.spans, guess, strict=True)
        ]
    )
