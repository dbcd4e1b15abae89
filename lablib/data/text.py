"""Texts with one class each: what `load` returns for a text card, and how it is cut into parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lablib.data.catalogue import Card
from lablib.data.errors import DataError
from lablib.data.splitting import Splits, stratified_rows

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False, repr=False)
class TextData:
    """N texts of one data set, each with its class.

    Attributes
    ----------
    name : name of the card, or of the file.
    texts : N texts.
    target : integers (N,), 0 to K-1: positions in `classes`.
    classes : K names of classes.
    table : (N, ...) the other columns, such as a title or a rating.
    groups : labels (N,) of texts that must stay in one part, or None.
    card : the card the texts came from, or None for a file of your own.
    """

    name: str
    texts: tuple[str, ...]
    target: NDArray[np.int64]
    classes: tuple[str, ...]
    table: pd.DataFrame
    groups: NDArray[np.int64] | None = None
    card: Card | None = None

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        return f"TextData({self.name}: {len(self):,} texts, {len(self.classes)} classes)"

    def take(self, rows: ArrayLike) -> TextData:
        """The texts at these positions (0 to N-1), in this order."""
        import numpy as np

        positions = np.asarray(rows, dtype=np.int64)
        return replace(
            self,
            texts=tuple(self.texts[i] for i in positions),
            target=self.target[positions],
            table=self.table.iloc[positions].reset_index(drop=True),
            groups=None if self.groups is None else self.groups[positions],
        )

    def split(
        self,
        *,
        seed: int,
        sizes: Sequence[float] = (0.6, 0.2, 0.2),
        groups: ArrayLike | None = None,
    ) -> Splits[TextData]:
        """Cut into training, validation and test parts, at random within each class.

        Parameters
        ----------
        seed : whole number, 0 or more; the same seed gives the same parts on every machine.
        sizes : shares of the three parts; positive, summing to 1.
        groups : labels (N,) of texts that must stay in one part; by default `self.groups`.

        Raises
        ------
        ValueError
            An argument is invalid, or a class has too few texts to be in every part.
        """
        kept = self.groups if groups is None else groups
        rows = stratified_rows(self.target, seed=seed, sizes=sizes, groups=kept, name="class")
        train, validation, test = (self.take(part) for part in rows)
        return Splits(train=train, validation=validation, test=test)


def read_text(card: Card, files: Mapping[str, bytes]) -> TextData:
    """Read the verified files of a text card.

    Raises
    ------
    DataError
        The files do not hold what the card describes.
    """
    import numpy as np

    from lablib.data.text_sources import SOURCES

    try:
        table = SOURCES[card.name](files)[list(card.columns)]
        places = {name: i for i, name in enumerate(card.classes)}
        target = np.array([places[label] for label in table[card.target]], dtype=np.int64)
    except (ValueError, KeyError) as error:
        raise DataError(f"{card.name}: the file is not as the card describes: {error}") from error
    if len(table) != card.rows:
        raise DataError(
            f"{card.name}: read {len(table)} texts, expected {card.rows}; the card and its reader "
            "disagree, please report it."
        )
    return TextData(
        name=card.name,
        texts=tuple(table[card.text]),
        target=target,
        classes=card.classes,
        table=table.drop(columns=[card.text, card.target]),
        # Sentences of one article stay in one part.
        groups=table["article"].to_numpy(np.int64) if "article" in table else None,
        card=card,
    )
