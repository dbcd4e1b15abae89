from __future__ import annotations

import json
import math
from collections import OrderedDict, defaultdict, namedtuple
from enum import IntEnum
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from lablib.exercises import wire

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=True)
    | st.text(max_size=8)
)
PLAIN = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
ARRAYS = hnp.arrays(
    st.sampled_from(
        [np.bool_, np.int8, np.int64, np.uint16, np.float32, np.float64, np.complex128]
    ),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)


def same(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return (math.isnan(a) and math.isnan(b)) or (a == b and str(a) == str(b))
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return bool(a == b)


@given(PLAIN)
@settings(max_examples=50, deadline=None)
def test_what_goes_in_comes_out_with_its_type(value: Any) -> None:
    assert same(wire.copy(value), value)


@given(ARRAYS)
@settings(max_examples=50, deadline=None)
def test_arrays_keep_bits_shape_and_type(array: np.ndarray[Any, Any]) -> None:
    back = wire.copy({"a": array})["a"]
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()
    assert back.flags.writeable


@given(st.text(alphabet='{}[]"$:,0e-untaepl .', max_size=60) | PLAIN.map(repr))
@settings(max_examples=50, deadline=None)
def test_any_text_is_read_or_refused_with_one_kind_of_error(text: str) -> None:
    try:
        wire.loads(text)
    except wire.WireError:
        return


def test_text_and_big_endian_arrays() -> None:
    words = np.array([["a", "bc"], ["", "\N{SNOWMAN}"]])
    assert wire.copy(words).tolist() == words.tolist()
    assert wire.copy(np.arange(3, dtype=">i4")).tolist() == [0, 1, 2]
    assert wire.copy(np.arange(6).reshape(2, 3).T).tolist() == [[0, 3], [1, 4], [2, 5]]


def test_numpy_scalars_become_python_numbers() -> None:
    back = wire.copy([np.float64(0.5), np.float32(0.5), np.int8(3), np.bool_(True), np.str_("a")])
    assert [type(item) for item in back] == [float, float, int, bool, str]


def test_subclasses_of_containers_are_copied_by_the_base_class() -> None:
    class Lying(list):  # type: ignore[type-arg]
        def __iter__(self) -> Any:
            return iter([99])

        def __eq__(self, other: object) -> bool:
            return True

    counts: dict[str, int] = defaultdict(int, a=1)
    pair = namedtuple("pair", "x y")(1, 2)
    assert wire.copy([counts, OrderedDict(b=2), pair]) == [{"a": 1}, {"b": 2}, (1, 2)]
    back = wire.copy(Lying([1]))
    assert type(back) is list
    assert back == [1]


class Colour(IntEnum):
    RED = 1


class Half(float):
    pass


class Claims:
    """Says that it is a number."""

    __class__ = float  # type: ignore[assignment]


class Trap:
    def __reduce__(self) -> Any:
        raise AssertionError("nothing may be pickled")


@pytest.mark.parametrize(
    "value",
    [
        Half(0.5),
        Colour.RED,
        Claims(),
        Trap(),
        object(),
        {1, 2},
        b"bytes",
        1 + 2j,
        {1: 2},
        lambda: 0,
        pd.Series([1.0]),
        np.array([object()]),
        np.ma.masked_array([1.0], [True]),
        np.array(["2026-01-01"], dtype="datetime64[D]"),
        2**5000,
        "x" * (wire.MAX_BYTES + 1),
        np.zeros(wire.MAX_BYTES, dtype=np.float64),
    ],
    ids=lambda value: type(value).__name__,
)
def test_refuses_what_is_not_plain_data_or_too_large(value: Any) -> None:
    with pytest.raises(wire.WireError):
        wire.dumps([value])


def test_refuses_depth_cycles_and_too_many_items() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(wire.WireError, match="deeper"):
        wire.dumps(loop)
    with pytest.raises(wire.WireError, match="values"):
        wire.dumps([0] * (wire.MAX_ITEMS + 1))


def test_the_placeholder_is_told_from_other_things() -> None:
    with pytest.raises(wire.PlaceholderError):
        wire.dumps({"a": (1, ...)})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null,",
        "NaN",
        "Infinity",
        "[" * 100_000,
        "[" * 100 + "]" * 100,
        "9" * 20_000,
        '{"a":1}',
        '{"$":"dict"}',
        '{"$":"tuple","items":{}}',
        '{"$":"float","value":"1.5"}',
        '{"$":"float","value":[]}',
        '{"$":["tuple"],"items":[]}',
        '{"$":"array","dtype":"|O","shape":[1],"data":"AAAAAAAAAAA="}',
        '{"$":"array","dtype":"<f8","shape":[2],"data":"AAAAAAAAAAA="}',
        '{"$":"array","dtype":"<f8","shape":[-1],"data":"AAAAAAAAAAA="}',
        '{"$":"array","dtype":"<f8","shape":[true],"data":"AAAAAAAAAAA="}',
        '{"$":"array","dtype":"<f8","shape":[1],"data":"?"}',
        '{"$":"array","dtype":"<f8","shape":[1],"data":"AAA="}',
        '{"$":"array","dtype":["<f8"],"shape":[1],"data":"AAAAAAAAAAA="}',
        '{"$":"text","shape":[1],"data":[1]}',
        '{"$":"pickle","data":"gASVAAAA"}',
    ],
)
def test_refuses_forged_messages(text: str) -> None:
    with pytest.raises(wire.WireError):
        wire.loads(text)


def test_a_forged_boolean_is_still_a_boolean() -> None:
    message = {"$": "array", "dtype": "|b1", "shape": [2], "data": "AgA="}
    assert wire.loads(json.dumps(message)).tolist() == [True, False]
