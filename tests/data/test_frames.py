import io
import lzma
import pickle
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.data.frames import read_frame


def pickled(*globals_used: tuple[str, str]) -> bytes:
    """A pickle that only names these functions, one after the other."""
    body = b"".join(f"c{module}\n{name}\n".encode() for module, name in globals_used)
    return b"\x80\x02" + body + b"."


def as_pandas_2(table: pd.DataFrame) -> bytes:
    """`table` as pandas 2 pickled it: numbers as buffers, texts as arrays of objects."""
    out = io.BytesIO()
    writer = pickle._Pickler(out, protocol=5)  # the one written in Python can be told what to do

    def name(module: str, attribute: str) -> None:
        writer.write(b"\x8c" + bytes([len(module)]) + module.encode())
        writer.write(b"\x8c" + bytes([len(attribute)]) + attribute.encode() + b"\x93")

    blocks = []
    for place, column in enumerate(table):
        values = table[column].to_numpy()[None]
        blocks.append((values, slice(place, place + 1, 1)))
    # By hand: frame = NEWOBJ(DataFrame, ()), state = {"_mgr": BlockManager(blocks, axes)}.
    name("pandas.core.frame", "DataFrame")
    writer.write(b")\x81}(")
    writer.save("_mgr")
    name("pandas.core.internals.managers", "BlockManager")
    writer.write(b"(")
    for values, place in blocks:
        name("pandas._libs.internals", "_unpickle_block")
        writer.save(values)
        writer.save(place)
        writer.save(2)
        writer.write(b"\x87R")
    writer.write(b"t(")
    name("pandas.core.indexes.base", "_new_Index")
    name("pandas.core.indexes.base", "Index")
    writer.save({"data": np.array(list(table), dtype=object), "name": None})
    writer.write(b"\x86Rt\x86Rub.")
    return out.getvalue()


def test_a_table_of_each_kind_by_hand():
    table = pd.DataFrame({"n": [1, 2], "x": [0.5, float("nan")], "word": ["a", "b"]})
    table["word"] = table["word"].astype(object)
    for content in (as_pandas_2(table), lzma.compress(as_pandas_2(table))):
        read = read_frame(content)
        assert list(read) == ["n", "x", "word"]
        assert read["n"].tolist() == [1, 2]
        assert read["x"].iloc[0] == 0.5
        assert np.isnan(read["x"].iloc[1])
        assert read["word"].tolist() == ["a", "b"]


@settings(max_examples=30, deadline=None)
@given(
    numbers=st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=8),
    text=st.text(max_size=5),
)
def test_what_was_written_is_read(numbers, text):
    table = pd.DataFrame({"n": numbers, "t": np.array([text] * len(numbers), dtype=object)})
    table["t"] = table["t"].astype(object)
    read = read_frame(as_pandas_2(table))
    assert read["n"].tolist() == numbers
    assert read["t"].tolist() == [text] * len(numbers)


@pytest.mark.parametrize(
    "name", [("os", "system"), ("builtins", "eval"), ("pandas", "read_pickle"), ("posix", "fork")]
)
def test_every_other_name_is_refused_before_it_is_called(name):
    with pytest.raises(ValueError, match=rf"names {name[0]}\.{name[1]}, which is no part"):
        read_frame(pickled(name))


class Runs:
    """A pickle that runs code when `pickle.loads` opens it."""

    def __reduce__(self):
        return exec, ("import sys; sys.opened_pickles = getattr(sys, 'opened_pickles', 0) + 1",)


def test_a_pickle_that_would_run_something_runs_nothing(monkeypatch):
    content = pickle.dumps(Runs())
    monkeypatch.setattr(sys, "opened_pickles", 0, raising=False)
    pickle.loads(content)
    assert sys.opened_pickles == 1  # it really would
    with pytest.raises(ValueError, match="no part of a plain table"):
        read_frame(content)
    assert sys.opened_pickles == 1


@pytest.mark.parametrize("content", [b"", b"no pickle", b"\xfd7zXZ\x00broken", pickle.dumps([1])])
def test_what_is_no_table_is_refused(content):
    with pytest.raises(ValueError, match="not a pickled table|not a table"):
        read_frame(content)


def test_an_object_inside_is_refused():
    content = as_pandas_2(pd.DataFrame({"t": [{"a": 1}]}))
    with pytest.raises(ValueError, match="something else than texts and numbers"):
        read_frame(content)
