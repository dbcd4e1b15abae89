"""A thesaurus: from a word to words that can stand in its place, sometimes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import MappingProxyType

from lablib.data.catalogue import Card
from lablib.data.errors import DataError

_PLAIN = re.compile(r"[a-z]+(?:-[a-z]+)*")


def read_synonyms(card: Card, files: Mapping[str, bytes]) -> Mapping[str, tuple[str, ...]]:
    """Read the verified file of a synonyms card: one JSON object, word -> list of words.

    Entries and synonyms of several words, with signs or with capitals go; repetitions become one.

    Raises
    ------
    DataError
        The file does not hold what the card describes.
    """
    (content,) = files.values()
    entries = json.loads(content)
    made: dict[str, tuple[str, ...]] = {}
    for word, listed in entries.items():
        plain = dict.fromkeys(s for s in listed if _PLAIN.fullmatch(s) and s != word)
        if _PLAIN.fullmatch(word) and plain:
            made[word] = tuple(sorted(plain))
    if len(made) != card.rows:
        raise DataError(
            f"{card.name}: read {len(made)} words, expected {card.rows}; the card and its reader "
            "disagree, please report it."
        )
    return MappingProxyType(made)
