"""Tables that were published as a pickled data frame, read without trusting the pickle.

A pickle is a program: it can call any function that it names. This reader knows the few names that
a plain pandas table uses, replaces each by a stand-in of its own that only arranges arrays, and
refuses every other name. So nothing of the pickle is executed, no class of pandas is looked up by
a private name that a later release may drop, and the result is an ordinary data frame.
It reads numbers and texts; indexes, categories and time stamps are left out on purpose.
"""

from __future__ import annotations

import io
import lzma
import pickle
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


class _State:
    """An object of the pickle, reduced to what it was made from and what was set on it."""

    def __init__(self, *made_from: Any) -> None:
        self.made_from = made_from
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state


class _Frame(_State):
    pass


class _Texts(_State):
    """An array of Python objects; its state ends in shape, dtype, column order and a flat list."""

    def array(self) -> np.ndarray[Any, Any]:
        _, shape, _, by_columns, values = self.state
        if not all(v is None or isinstance(v, (str, int, float)) for v in values):
            raise ValueError("an array holds something else than texts and numbers")
        flat = np.empty(len(values), dtype=object)
        flat[:] = values
        return flat.reshape(shape, order="F" if by_columns else "C")


def _numbers(content: Any, dtype: Any, shape: Any, order: str) -> np.ndarray[Any, Any]:
    return np.frombuffer(content, dtype=dtype).reshape(shape, order=order)  # type: ignore[call-overload, no-any-return]


def _block(values: Any, columns: Any, _dimensions: int) -> tuple[Any, Any]:
    return values, columns


def _index(_kind: Any, made_from: Mapping[str, Any]) -> Mapping[str, Any]:
    return made_from


# Everything that a plain table may name, and what answers to the name here.
_KNOWN: dict[tuple[str, str], Callable[..., Any] | type] = {
    ("pandas.core.frame", "DataFrame"): _Frame,
    ("pandas.core.internals.managers", "BlockManager"): _State,
    ("pandas._libs.internals", "_unpickle_block"): _block,
    ("pandas.core.indexes.base", "_new_Index"): _index,
    ("pandas.core.indexes.base", "Index"): _State,
    ("pandas.core.indexes.range", "RangeIndex"): _State,
    ("builtins", "slice"): slice,
    ("numpy", "dtype"): np.dtype,
    ("numpy", "ndarray"): _State,
    ("numpy.core.multiarray", "_reconstruct"): _Texts,
    ("numpy._core.multiarray", "_reconstruct"): _Texts,
    ("numpy.core.numeric", "_frombuffer"): _numbers,
    ("numpy._core.numeric", "_frombuffer"): _numbers,
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _KNOWN:
            raise ValueError(f"the pickle names {module}.{name}, which is no part of a plain table")
        return _KNOWN[module, name]


def read_frame(content: bytes) -> pd.DataFrame:
    """The table in `content`: a data frame pickled by pandas 2, plain or compressed with xz.

    Parameters
    ----------
    content : bytes
        Of the whole file; its hash should have been checked before.

    Returns
    -------
    DataFrame
        With the columns in their order and rows numbered from 0.

    Raises
    ------
    ValueError
        If it is no pickled table, or holds anything but numbers and texts.
    """
    import pandas as pd

    try:
        plain = lzma.decompress(content) if content[:6] == b"\xfd7zXZ\x00" else content
        frame = _Reader(io.BytesIO(plain)).load()
    except (pickle.UnpicklingError, lzma.LZMAError, EOFError, TypeError, IndexError) as error:
        raise ValueError(f"content is not a pickled table: {error}") from error
    if not isinstance(frame, _Frame):
        raise ValueError(f"content holds a pickled {type(frame).__name__}, not a table")
    blocks, axes = frame.state["_mgr"].made_from
    names = _names(axes[0])
    columns: dict[str, Any] = {}
    for values, places in blocks:
        array = values.array() if isinstance(values, _Texts) else values
        for row, place in zip(array, _places(places, len(names)), strict=True):
            columns[names[place]] = row
    return pd.DataFrame({name: columns[name] for name in names})


def _names(axis: Mapping[str, Any]) -> list[str]:
    data = axis.get("data")
    if not isinstance(data, _Texts):
        raise ValueError("the columns of the table have no names of their own")
    return [str(name) for name in data.array()]


def _places(places: slice | Sequence[int], columns: int) -> list[int]:
    """Column numbers of a block, which come as a slice or as an array."""
    if isinstance(places, slice):
        return list(range(columns))[places]
    return [int(place) for place in places]
