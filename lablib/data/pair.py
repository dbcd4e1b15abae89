"""Pairs of texts, a source and its target: what `load` returns for a pair card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lablib.data.catalogue import Card
from lablib.data.errors import DataError
from lablib.data.splitting import Splits, stratified_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, eq=False, repr=False)
class PairData:
    """N pairs of texts.

    Attributes
    ----------
    name : name of the card.
    sources : N texts to read.
    targets : N texts to produce.
    groups : labels (N,) of pairs that must stay in one part, or None.
    card : the card the pairs came from, or None for data of your own.
    """

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    groups: NDArray[np.int64] | None = None
    card: Card | None = None

    def __len__(self) -> int:
        return len(self.sources)

    def __repr__(self) -> str:
        return f"PairData({self.name}: {len(self):,} pairs)"

    def take(self, rows: ArrayLike) -> PairData:
        """The pairs at these positions (0 to N-1), in this order."""
        import numpy as np

        positions = np.asarray(rows, dtype=np.int64)
        return replace(
            self,
            sources=tuple(self.sources[i] for i in positions),
            targets=tuple(self.targets[i] for i in positions),
            groups=None if self.groups is None else self.groups[positions],
        )

    def split(
        self,
        *,
        seed: int,
        sizes: Sequence[float] = (0.6, 0.2, 0.2),
        groups: ArrayLike | None = None,
    ) -> Splits[PairData]:
        """Cut into training, validation and test parts, at random.

        Parameters
        ----------
        seed : whole number, 0 or more; the same seed gives the same parts on every machine.
        sizes : shares of the three parts; positive, summing to 1.
        groups : labels (N,) of pairs that must stay in one part; by default `self.groups`.

        Raises
        ------
        ValueError
            An argument is invalid, or there are too few pairs.
        """
        import numpy as np

        one_class = np.zeros(len(self), dtype=np.int64)
        kept = self.groups if groups is None else groups
        rows = stratified_rows(one_class, seed=seed, sizes=sizes, groups=kept)
        train, validation, test = (self.take(part) for part in rows)
        return Splits(train=train, validation=validation, test=test)


def read_pair(card: Card, files: Mapping[str, bytes]) -> PairData:
    """Read the verified files of a pair card.

    Raises
    ------
    DataError
        The files do not hold what the card describes.
    """
    from lablib.data.pair_sources import SOURCES

    try:
        sources, targets, groups = SOURCES[card.name](files)
    except (ValueError, KeyError) as error:
        raise DataError(f"{card.name}: the file is not as the card describes: {error}") from error
    if len(sources) != card.rows:
        raise DataError(
            f"{card.name}: read {len(sources)} pairs, expected {card.rows}; the card and its "
            "reader disagree, please report it."
        )
    return PairData(card.name, tuple(sources), tuple(targets), groups=groups, card=card)
