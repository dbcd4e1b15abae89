"""Plain data as text: the only thing that crosses between a learner's code and the checks.

JSON with a tag (`"$"`) for what JSON lacks: tuples, non-finite floats, arrays as bytes. Nothing is
pickled, so reading a message never runs code. Both directions enforce size and depth limits.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
from typing import Any

import numpy as np

MAX_BYTES = 16 * 1024 * 1024
MAX_DEPTH = 32
MAX_ITEMS = 1_000_000
MAX_INT_BITS = 4096

TAG = "$"
KINDS = ("i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
NUMBERS = frozenset({"|b1", "|i1", "|u1"} | {f"<{kind}" for kind in KINDS})
NON_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
NUMPY_SCALARS = frozenset(np.sctypeDict.values())


class WireError(ValueError):
    """The value is not plain data, or the message is not one of ours; says which in a sentence."""


class PlaceholderError(WireError):
    """The value is, or contains, the placeholder `...` of a template."""


def dumps(value: Any) -> str:
    """Text of a plain value.

    Allowed: None, bool, int, float (also nan and infinities), str, list, tuple, dict with str
    keys, numpy scalars (become Python numbers) and arrays of numbers, booleans or text.
    Subclasses of list, tuple and dict are copied by the base class and lose their type.

    Raises
    ------
    PlaceholderError
        If `...` is anywhere in it.
    WireError
        For anything else, or past a limit; the message completes "your function returned".

    >>> loads(dumps({"pair": (1, float("inf")), "x": np.arange(3)}))
    {'pair': (1, inf), 'x': array([0, 1, 2])}
    """
    text = json.dumps(_Encoder().encode(value, 0), allow_nan=False, separators=(",", ":"))
    if len(text) > MAX_BYTES:
        raise WireError(f"more than {MAX_BYTES // 2**20} MB of data")
    return text


def loads(text: str) -> Any:
    """The plain value of a text written by `dumps`; WireError for every other text.

    >>> loads('{"$":"tuple","items":[1,2]}')
    (1, 2)
    """
    if len(text) > MAX_BYTES:
        raise WireError(f"the message is longer than {MAX_BYTES // 2**20} MB")
    if text.count(",") > 2 * MAX_ITEMS:  # before they take many times the memory of their text
        raise WireError(f"the message holds more than {MAX_ITEMS} values")
    try:
        return _decode(json.loads(text, parse_constant=_no_constant), 0)
    except WireError:
        raise
    except (ValueError, RecursionError, TypeError, OverflowError) as error:
        raise WireError("the message is not plain data in the agreed form") from error


def copy(value: Any) -> Any:
    """A copy of `value` that shares nothing with it, made through the text form."""
    return loads(dumps(value))


class _Encoder:
    """Counts items while it walks a value."""

    def __init__(self) -> None:
        self.items = 0

    def encode(self, value: Any, depth: int) -> Any:
        self.items += 1
        if self.items > MAX_ITEMS:
            raise WireError(f"more than {MAX_ITEMS} values; return an array instead")
        if depth > MAX_DEPTH:
            raise WireError(f"data nested deeper than {MAX_DEPTH} levels (or containing itself)")
        kind = type(value)  # never isinstance: an object may lie about its class
        if value is ...:
            raise PlaceholderError("the placeholder `...`")
        if kind in NUMPY_SCALARS and kind is not np.object_:
            value = value.item()
            kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int:
            return _small(value)
        if kind is float:
            return value if math.isfinite(value) else {TAG: "float", "value": repr(value)}
        if issubclass(kind, tuple):
            return {TAG: "tuple", "items": self._all(tuple.__iter__(value), depth)}
        if issubclass(kind, list):
            return self._all(list.__iter__(value), depth)
        if issubclass(kind, dict):
            return {TAG: "dict", "items": self._dict(value, depth)}
        if kind is np.ndarray:
            return _array(value)
        raise WireError(f"{_a(kind.__name__)}; return numbers, text, lists, dicts or numpy arrays")

    def _all(self, values: Any, depth: int) -> list[Any]:
        return [self.encode(item, depth + 1) for item in values]

    def _dict(self, value: Any, depth: int) -> dict[str, Any]:
        encoded: dict[str, Any] = {}
        for key, item in dict.items(value):
            if type(key) is not str:
                raise WireError(f"a dict with a key of type {type(key).__name__}; use str keys")
            encoded[key] = self.encode(item, depth + 1)
        return encoded


def _small(value: int) -> int:
    if value.bit_length() > MAX_INT_BITS:
        raise WireError(f"a whole number of more than {MAX_INT_BITS} bits")
    return value


def _array(value: np.ndarray[Any, Any]) -> dict[str, Any]:
    shape = list(value.shape)
    if value.nbytes > MAX_BYTES:
        raise WireError(f"an array of more than {MAX_BYTES // 2**20} MB")
    if value.dtype.kind == "U":
        return {TAG: "text", "shape": shape, "data": value.ravel().tolist()}
    plain = value.astype(value.dtype.newbyteorder("<"))
    if plain.dtype.str not in NUMBERS:
        raise WireError(f"an array of type {value.dtype}; use numbers, booleans or text")
    data = base64.b64encode(plain.tobytes()).decode("ascii")
    return {TAG: "array", "dtype": plain.dtype.str, "shape": shape, "data": data}


def _decode(value: Any, depth: int) -> Any:
    if depth > 2 * MAX_DEPTH:  # a tuple or dict takes two levels of JSON
        raise WireError("the message is nested too deeply")
    if isinstance(value, list):
        return [_decode(item, depth + 1) for item in value]
    if isinstance(value, int):
        return value if isinstance(value, bool) else _small(value)
    if not isinstance(value, dict):
        return value
    tag = value.get(TAG)
    if tag == "float" and value.get("value") in NON_FINITE:
        return NON_FINITE[value["value"]]
    if tag == "tuple" and isinstance(value.get("items"), list):
        return tuple(_decode(item, depth + 1) for item in value["items"])
    if tag == "dict" and isinstance(value.get("items"), dict):
        return {key: _decode(item, depth + 1) for key, item in value["items"].items()}
    if tag == "array" and value.get("dtype") in NUMBERS and isinstance(value.get("data"), str):
        return _read_array(value)
    if tag == "text" and isinstance(value.get("data"), list):
        words = value["data"]
        if all(isinstance(word, str) for word in words):
            # Each takes the room of the longest: short text can stand for a huge array.
            if 4 * len(words) * max(map(len, words), default=0) > MAX_BYTES:
                raise WireError(f"the message holds an array of more than {MAX_BYTES // 2**20} MB")
            return np.array(words, dtype=str).reshape(_shape(value))
    raise WireError(f"the message holds an unknown form {str(tag)[:20]!r}")


def _read_array(value: dict[str, Any]) -> np.ndarray[Any, Any]:
    try:
        raw = base64.b64decode(value["data"], validate=True)
    except binascii.Error as error:
        raise WireError("the message holds a damaged array") from error
    flat = np.frombuffer(raw, dtype=np.dtype(value["dtype"]))
    if flat.dtype.kind == "b":  # any byte but 0 and 1 would be a boolean that is neither
        flat = np.frombuffer(raw, dtype=np.uint8) != 0
    return flat.reshape(_shape(value)).copy()


def _shape(value: dict[str, Any]) -> tuple[int, ...]:
    shape = value.get("shape")
    if not isinstance(shape, list) or len(shape) > MAX_DEPTH:
        raise WireError("the message holds an array without a shape")
    if not all(type(size) is int and 0 <= size <= MAX_BYTES for size in shape):
        raise WireError("the message holds an array of impossible shape")
    return tuple(shape)


def _no_constant(name: str) -> Any:
    raise WireError(f"the message holds a bare {name}")


def _a(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
