"""Sentences with one tag a token: what `load` returns for a tagged card, or `read_conll`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lablib.data.catalogue import Card
from lablib.data.conll import parse_conll
from lablib.data.errors import DataError
from lablib.data.splitting import Splits, stratified_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, eq=False, repr=False)
class TaggedData:
    """N sentences, each a tuple of tokens with one IOB2 tag a token.

    Attributes
    ----------
    name : name of the card, or of the file.
    sentences : N tuples of tokens.
    tags : N tuples of the same lengths: `O`, or `B-` and `I-` before a type. `B-` starts an entity.
    types : names of the entity types, in alphabetical order.
    card : the card the sentences came from, or None for files of your own.
    """

    name: str
    sentences: tuple[tuple[str, ...], ...]
    tags: tuple[tuple[str, ...], ...]
    types: tuple[str, ...]
    card: Card | None = None

    def __len__(self) -> int:
        return len(self.sentences)

    def __repr__(self) -> str:
        tokens = sum(map(len, self.sentences))
        entities = sum(tag.startswith("B-") for line in self.tags for tag in line)
        return (
            f"TaggedData({self.name}: {len(self):,} sentences, {tokens:,} tokens, "
            f"{entities:,} entities of {len(self.types)} types)"
        )

    def take(self, rows: ArrayLike) -> TaggedData:
        """The sentences at these positions (0 to N-1), in this order."""
        import numpy as np

        positions = np.asarray(rows, dtype=np.int64).tolist()
        return replace(
            self,
            sentences=tuple(self.sentences[i] for i in positions),
            tags=tuple(self.tags[i] for i in positions),
        )

    def split(
        self,
        *,
        seed: int,
        sizes: Sequence[float] = (0.6, 0.2, 0.2),
        groups: ArrayLike | None = None,
    ) -> Splits[TaggedData]:
        """Cut into training, validation and test parts, at random.

        Sentences with an entity and sentences without one have the same shares in every part.
        Sentences with the same tokens stay in one part unless `groups` says otherwise.

        Parameters
        ----------
        seed : whole number, 0 or more; the same seed gives the same parts on every machine.
        sizes : shares of the three parts; positive, summing to 1.
        groups : labels (N,) of sentences that must stay in one part; by default equal sentences.

        Raises
        ------
        ValueError
            An argument is invalid, or there are too few sentences.
        """
        import numpy as np

        tagged = np.array([any(tag != "O" for tag in line) for line in self.tags], dtype=np.int64)
        if groups is None:
            first: dict[tuple[str, ...], int] = {}
            groups = np.array([first.setdefault(s, i) for i, s in enumerate(self.sentences)])
        rows = stratified_rows(tagged, seed=seed, sizes=sizes, groups=groups, name="has entities")
        train, validation, test = (self.take(part) for part in rows)
        return Splits(train=train, validation=validation, test=test)


def read_tagged(card: Card, files: Mapping[str, bytes]) -> TaggedData:
    """Read the verified file of a tagged card: one token and its tag a line.

    Raises
    ------
    DataError
        The file does not hold what the card describes.
    """
    text = "\n\n".join(content.decode("utf-8") for content in files.values())
    sentences, tags = parse_conll(text, where=card.file)
    types = tuple(sorted({tag[2:] for line in tags for tag in line if tag != "O"}))
    if len(sentences) != card.rows or types != card.classes:
        raise DataError(
            f"{card.name}: read {len(sentences)} sentences with types {', '.join(types)}, expected "
            f"{card.rows} with {', '.join(card.classes)}; the card and its reader disagree, please "
            "report it."
        )
    return TaggedData(name=card.name, sentences=sentences, tags=tags, types=types, card=card)
