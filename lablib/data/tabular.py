"""Tables: what `load` returns for a tabular card, and how it is cut into parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lablib.data.catalogue import Card
from lablib.data.errors import DataError
from lablib.data.splitting import Splits, stratified_rows

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike


@dataclass(frozen=True, eq=False, repr=False)
class TabularData:
    """N rows of one data set, with the roles of their columns kept apart.

    Attributes
    ----------
    name : name of the card.
    features : table (N, F); numeric columns, and categorical columns for classes.
    target : integers (N,), 0 or 1; the card says what 1 means.
    sensitive : table (N, ...) of columns that describe protected groups; not in `features`.
    scores : table (N, ...) of predictions that others made for the same rows; often empty.
    card : the card the rows came from.
    """

    name: str
    features: pd.DataFrame
    target: pd.Series[int]
    sensitive: pd.DataFrame
    scores: pd.DataFrame
    card: Card

    def __len__(self) -> int:
        return len(self.target)

    def __repr__(self) -> str:
        return (
            f"TabularData({self.name}: {len(self)} rows, {self.features.shape[1]} features, "
            f"{100 * float(self.target.mean()):.1f} % with {self.target.name} = 1)"
        )

    def take(self, rows: ArrayLike) -> TabularData:
        """The rows at these positions (0 to N-1), in this order, renumbered from 0."""
        import numpy as np

        positions = np.asarray(rows, dtype=np.int64)

        def cut(table: pd.DataFrame) -> pd.DataFrame:
            return table.iloc[positions].reset_index(drop=True)

        return replace(
            self,
            features=cut(self.features),
            target=self.target.iloc[positions].reset_index(drop=True),
            sensitive=cut(self.sensitive),
            scores=cut(self.scores),
        )

    def encoded(self) -> pd.DataFrame:
        """Features as numbers (N, F'): one 0/1 column `name=class` for each class, float64.

        The classes are those of the whole data set, so every part has the same columns.
        """
        import pandas as pd

        dummies = pd.get_dummies(self.features, prefix_sep="=", dtype="float64")
        return dummies.astype("float64")

    def split(self, *, seed: int, sizes: Sequence[float] = (0.6, 0.2, 0.2)) -> Splits[TabularData]:
        """Cut into training, validation and test parts, at random within each class.

        Every row is in exactly one part; each part has the class shares of the whole up to
        rounding. The order of rows within a part is random too. The same `seed` gives the same
        parts on every machine (NumPy's PCG64 generator).

        Parameters
        ----------
        seed : whole number, 0 or more.
        sizes : shares of the three parts; positive, summing to 1.

        Raises
        ------
        ValueError
            `seed` or `sizes` is invalid, or a class has too few rows to be in every part.
        """
        rows = stratified_rows(
            self.target.to_numpy(), seed=seed, sizes=sizes, name=str(self.target.name)
        )
        train, validation, test = (self.take(part) for part in rows)
        return Splits(train=train, validation=validation, test=test)


def read_tabular(
    card: Card, files: Mapping[str, bytes], *, sensitive_in_features: Sequence[str] = ()
) -> TabularData:
    """Read the verified files of a tabular card and give each column its role.

    Parameters
    ----------
    card : Card
        Of kind `tabular`.
    files : mapping
        Path inside the archive to the bytes of the file.
    sensitive_in_features : sequence of str
        Sensitive columns that stay among the features as well.

    Raises
    ------
    ValueError
        If a column named there is not sensitive on the card.
    DataError
        If the file does not hold what the card describes.
    """
    from lablib.data.tidy import TIDY

    if unknown := [c for c in sensitive_in_features if c not in card.sensitive]:
        raise ValueError(
            f"sensitive_in_features={tuple(sensitive_in_features)!r}: {unknown[0]!r} is not a "
            f"sensitive column of {card.name}; choose from {', '.join(card.sensitive)}."
        )
    try:
        table = TIDY[card.name](files)[list(card.columns)]
    except (ValueError, KeyError) as error:
        raise DataError(f"{card.name}: the file is not as the card describes: {error}") from error
    target = table[card.target]
    if len(table) != card.rows or not set(target.unique()) <= {0, 1}:
        raise DataError(
            f"{card.name}: read {len(table)} rows, expected {card.rows} with a target of 0 and 1; "
            "the card and its reader disagree, please report it."
        )
    chosen = [c for c in card.columns if c in (*card.features, *sensitive_in_features)]
    return TabularData(
        name=card.name,
        features=table[chosen],
        target=target.astype("int64"),
        sensitive=table[list(card.sensitive)],
        scores=table[list(card.scores)],
        card=card,
    )
