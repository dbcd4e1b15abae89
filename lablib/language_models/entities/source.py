"""Sentences for the entity experiment: a card that is split anew, or a folder with fixed parts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lablib.data import TaggedData, load, read_conll


@dataclass(frozen=True)
class Source:
    """Where sentences come from: a data set to split anew, or a folder's fixed parts."""

    name: str
    sha256: str
    whole: TaggedData | None
    fixed: tuple[TaggedData, TaggedData] | None

    @property
    def types(self) -> tuple[str, ...]:
        """The entity types, in alphabetical order."""
        data = self.whole if self.whole is not None else self._fixed()[0]
        return data.types

    def parts(
        self, *, seed: int, train_sentences: int | None = None, test_sentences: int | None = None
    ) -> tuple[TaggedData, TaggedData]:
        """Training and test sentences of one seed, in random order.

        Parameters
        ----------
        seed
            Of the split and of the order.
        train_sentences, test_sentences
            Keep this many; None keeps all.
        """
        if self.whole is not None:
            splits = self.whole.split(seed=seed)
            train, test = splits.train, splits.test
        else:
            train, test = self._fixed()
        rng = np.random.default_rng(seed)
        train = train.take(rng.permutation(len(train))[:train_sentences])
        if self.whole is not None:  # a fixed test file keeps its first sentences for every seed
            test = test.take(rng.permutation(len(test)))
        return train, test.take(range(min(len(test), test_sentences or len(test))))

    def _fixed(self) -> tuple[TaggedData, TaggedData]:
        assert self.fixed is not None, "a source has either a whole data set or fixed parts"
        return self.fixed


def source(data: str) -> Source:
    """A card of tagged sentences, or a folder in CoNLL format with its hash.

    Raises
    ------
    ValueError
        If `data` is neither; a folder's own errors name file and line.
    """
    folder = Path(data)
    if folder.is_dir():
        parts: Any = read_conll(folder)
        digest = hashlib.sha256()
        for part in (parts.train, parts.validation, parts.test):
            for words, tags in zip(part.sentences, part.tags, strict=True):
                digest.update(repr((words, tags)).encode())
        return Source(folder.resolve().name, digest.hexdigest(), None, (parts.train, parts.test))
    if folder.exists() or folder.name != data:
        raise ValueError(
            f"data={data!r} must be a card of tagged sentences, such as tweet-entities, or a "
            "folder that holds train.txt, dev.txt and test.txt; give the folder"
        )
    loaded = load(data)
    if not isinstance(loaded, TaggedData):
        raise ValueError(f"data={data!r} holds no tagged sentences; try tweet-entities")
    return Source(data, loaded.card.file_sha256 if loaded.card else "", loaded, None)
