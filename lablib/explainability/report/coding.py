"""Rows of a table as numbers and back, so that one method explains amounts and classes alike.

A column of numbers stays as it is. Of any other column the values are classes, and a row holds the
number of its class. An explanation only ever swaps values between rows, so the numbers of classes
are never averaged or ordered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_CLASSES = 12  # of a column, that become columns of their own in a design
MISSING = "missing"


@dataclass(frozen=True)
class Column:
    """One column: its name, its type in the table, and its `classes`, or None for numbers.

    A missing class is the last of the classes; a missing number stays NaN.
    """

    name: str
    dtype: Any
    classes: tuple[Any, ...] | None

    def encode(self, values: pd.Series[Any]) -> Floats:
        """Values (N,) as numbers; a value that is no known class is an error."""
        if self.classes is None:
            return values.to_numpy(np.float64, na_value=np.nan)
        known = [value for value in self.classes if not _is_missing(value)]
        place = pd.Index(known, dtype=object).get_indexer(pd.Index(values.astype(object)))
        gone = values.isna().to_numpy()
        if (unknown := (place < 0) & ~gone).any():
            raise ValueError(
                f"column {self.name!r} holds {values[unknown].iloc[0]!r}, which is none of its "
                "classes; code tables together"
            )
        return np.where(gone, len(known), place).astype(np.float64)

    def decode(self, numbers: Floats) -> pd.Series[Any]:
        """The column (N,) again, in its own type."""
        if self.classes is None:
            return pd.Series(numbers).astype(self.dtype)
        values = np.empty(len(self.classes), dtype=object)
        values[:] = self.classes
        return pd.Series(values[numbers.astype(np.int64)]).astype(self.dtype)

    def words(self, number: float) -> str:
        """One value as a reader wants to see it."""
        if self.classes is not None:
            value = self.classes[int(number)]
            return MISSING if _is_missing(value) else str(value)
        if np.isnan(number):
            return MISSING
        return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.6g}"


@dataclass(frozen=True)
class Coding:
    """The columns of a model's input, in its order."""

    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def numeric(self) -> bool:
        """Whether all columns are numbers."""
        return all(column.classes is None for column in self.columns)

    def encode(self, table: pd.DataFrame) -> Floats:
        """Rows (N, F) as numbers."""
        return np.stack([column.encode(table[column.name]) for column in self.columns], axis=1)

    def decode(self, codes: Floats) -> pd.DataFrame:
        """Numbers (N, F) as rows of a table with the types it came with."""
        rows = np.asarray(codes, dtype=np.float64)
        parts = {c.name: c.decode(rows[:, place]) for place, c in enumerate(self.columns)}
        return pd.DataFrame(parts)

    def usual(self, codes: Floats) -> Floats:
        """One row (F,): the lower median of numbers, the most frequent class; it may not exist.

        Every value of it occurs in the rows (N, F), so whole numbers stay whole.
        """
        row = np.empty(len(self.columns))
        for place, column in enumerate(self.columns):
            values = codes[:, place][~np.isnan(codes[:, place])]
            if column.classes is not None:
                row[place] = np.bincount(values.astype(np.int64)).argmax()
            else:
                row[place] = np.quantile(values, 0.5, method="lower") if len(values) else np.nan
        return row


def code(tables: Sequence[pd.DataFrame], names: Sequence[str]) -> Coding:
    """The coding of the columns `names`, with all classes that occur in any of the tables.

    Parameters
    ----------
    tables : sequence of DataFrame
        The first one gives the types.
    names : sequence of str
        Columns, in the order of the model.

    Raises
    ------
    ValueError
        If a column is missing or holds dates.
    """
    found = []
    for name in names:
        for table in tables:
            if name not in table.columns:
                raise ValueError(
                    f"the table has no column {name!r}, which the model needs; it has "
                    f"{', '.join(map(str, table.columns))}"
                )
        values = pd.concat([table[name] for table in tables], ignore_index=True)
        found.append(_column(name, values, tables[0][name].dtype))
    return Coding(tuple(found))


def _column(name: str, values: pd.Series[Any], dtype: Any) -> Column:
    if pd.api.types.is_datetime64_any_dtype(dtype) or pd.api.types.is_timedelta64_dtype(dtype):
        raise ValueError(f"column {name!r} holds dates; turn them into numbers, such as days")
    if pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype):
        return Column(name, values.dtype if values.isna().any() else dtype, None)
    kept = sorted(values.dropna().unique(), key=str)
    missing = [np.nan] if values.isna().any() else []
    return Column(name, dtype, (*kept, *missing))


def design(coding: Coding, codes: Floats, *, like: Floats) -> pd.DataFrame:
    """Rows as a table of numbers without gaps, for models that need that.

    Missing numbers become the lower median and get a column that says so; each of the most frequent
    classes gets a column of 0 and 1. What the columns are is decided on the rows `like` only.

    Parameters
    ----------
    coding : Coding
        Of the rows.
    codes, like : array, shape (N, F) and (M, F)
        Rows to turn, and rows to learn from.
    """
    usual, parts = coding.usual(like), {}
    for place, column in enumerate(coding.columns):
        values, known = codes[:, place], like[:, place]
        if column.classes is None:
            parts[column.name] = np.where(np.isnan(values), usual[place], values)
            if 0 < np.isnan(known).sum() < len(known):
                parts[f"{column.name} = {MISSING}"] = np.isnan(values).astype(float)
            continue
        count = np.bincount(known.astype(np.int64), minlength=len(column.classes))
        often = [int(c) for c in np.argsort(-count, kind="stable")[:MOST_CLASSES] if count[c]]
        for number in often[1:] if len(often) == len(np.flatnonzero(count)) else often:
            parts[f"{column.name} = {column.words(number)}"] = (values == number).astype(float)
    return pd.DataFrame(parts, dtype=np.float64)


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or value != value
