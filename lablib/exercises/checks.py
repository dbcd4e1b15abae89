"""What an exercise's `checks.py` is written with: the `check` decorator and the comparisons.

Each comparison takes what the learner's function returned, what it should be, and one plain
sentence that is true of a right answer. It raises `NotYet` with that sentence when it does not
hold. Missing numbers (NaN), booleans in place of numbers and wrong shapes never pass.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lablib.exercises.proxy import LearnerError

MARK = "__lab_check__"
TAKES = ("s", "rng", "reference")
CheckFunction = Callable[..., None]
LONGEST_SHOWN = 200


class NotYet(Exception):
    """The answer is not right yet.

    `sentence` says what a right answer does. `form` describes a wrong kind of answer and may be
    shown always; `values` quotes numbers and is shown for public checks only.
    """

    def __init__(self, sentence: str, *, form: str = "", values: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.form = form
        self.values = values


@dataclass(frozen=True)
class Check:
    """One declared check: its function, points, whether the learner sees it, the hint it names."""

    name: str
    points: float
    public: bool
    hint: int | None
    takes: tuple[str, ...]
    function: CheckFunction


def check(
    *, points: float, public: bool = False, hint: int | None = None
) -> Callable[[CheckFunction], CheckFunction]:
    """Declare a check of an exercise.

    Parameters
    ----------
    points : float
        What passing earns; a public check earns them only if some hidden check passes as well.
    public : bool
        Public checks run in the notebook and may quote values; hidden ones run at grading only.
    hint : int, optional
        The hint (from 1) to point to when it fails.

    The function takes `s`, the proxy of the learner's functions, and if it wants them `rng` (a
    seeded numpy Generator) and `reference` (the proxy of the solution), by these names.
    """

    def declare(function: CheckFunction) -> CheckFunction:
        takes = tuple(inspect.signature(function).parameters)
        if "s" not in takes or not set(takes) <= set(TAKES):
            raise ValueError(f"check {function.__name__} takes {takes}; allowed: {TAKES}, s always")
        name = function.__name__
        setattr(function, MARK, Check(name, points, public, hint, takes, function))
        return function

    return declare


def declared(names: dict[str, Any]) -> tuple[Check, ...]:
    """The checks among the names of an executed `checks.py`, in the order of the file."""
    found = (getattr(value, MARK, None) for value in names.values() if inspect.isfunction(value))
    return tuple(item for item in found if isinstance(item, Check))


def close(
    got: Any, expected: Any, says: str, *, relative: float = 1e-6, absolute: float = 1e-9
) -> None:
    """`got` is a number, or numbers of the same shape, within the tolerance of `expected`.

    Lists, tuples and arrays are interchangeable; infinities must match; NaN and booleans fail.

    Parameters
    ----------
    got : plain value
        What the learner's function returned.
    expected : number or array_like of any shape
    says : str
        One sentence, true of a right answer.
    relative, absolute : float
        Allowed difference: `absolute + relative * |expected|`.

    >>> close(0.1 + 0.2, 0.3, "the parts add up")
    >>> close([1, 2.0], (1, 2), "the pair is kept")
    >>> close(True, 1, "one row agrees")
    Traceback (most recent call last):
    lablib.exercises.checks.NotYet: one row agrees
    """
    target = np.asarray(expected, dtype=float)
    values = numbers(got, says, shape=target.shape)
    if not np.allclose(values, target, rtol=relative, atol=absolute):
        raise NotYet(says, values=f"expected {_show(expected)}, got {_show(got)}")


def equal(got: Any, expected: Any, says: str) -> None:
    """`got` is the same plain value; a whole number may be written 3 or 3.0, never True for 1.

    Parameters
    ----------
    got, expected : plain value
        Compared item by item; lists, tuples and arrays are interchangeable.
    says : str
        One sentence, true of a right answer.

    >>> equal((1, "a", [True]), [1.0, "a", (True,)], "the row is kept")
    """
    if not _same(got, expected):
        raise NotYet(says, values=f"expected {_show(expected)}, got {_show(got)}")


def shape(got: Any, expected: tuple[int, ...], says: str) -> None:
    """`got` is an array (or nested list) of exactly this shape, of any plain kind.

    Parameters
    ----------
    got : plain value
    expected : tuple of int
        The sizes of all axes.
    says : str
        One sentence, true of a right answer.

    >>> shape([[1, 2, 3]], (1, 3), "one row of three")
    """
    try:
        found = np.asarray(_form(got)).shape
    except ValueError:
        raise NotYet(says, form="the rows have different lengths") from None
    if found != tuple(expected):
        raise NotYet(says, form=f"expected shape {tuple(expected)}, got {found}")


def number(got: Any, says: str) -> float:
    """`got` as a float, if it is one number that is not NaN.

    >>> number(3, "the count is a number")
    3.0
    """
    return float(numbers(got, says, shape=()))


def numbers(got: Any, says: str, *, shape: tuple[int, ...] | None = None) -> NDArray[np.float64]:
    """`got` as an array of floats, if it is numbers without NaN.

    Parameters
    ----------
    got : plain value
    says : str
        One sentence, true of a right answer.
    shape : tuple of int, optional
        The shape it must have; `()` for a single number.

    >>> numbers((0.25, 0.75), "a pair", shape=(2,)).tolist()
    [0.25, 0.75]
    """
    if not _numeric(got):
        wanted = "a number" if shape == () else "numbers"
        raise NotYet(says, form=f"expected {wanted}, got {_kind(got)}")
    try:
        values = np.asarray(got, dtype=float)
    except ValueError:
        raise NotYet(says, form="the rows have different lengths") from None
    except OverflowError:
        raise NotYet(says, form="a number is too large") from None
    if shape is not None and values.shape != shape:
        raise NotYet(says, form=f"expected {_shape_words(shape)}, got {_shape_words(values.shape)}")
    if np.isnan(values).any():
        raise NotYet(says, form="got nan, which is not a number")
    return values


def true(condition: bool, says: str, *, values: str = "") -> None:
    """A comparison of numbers that went through `number` or `numbers` holds.

    Parameters
    ----------
    condition : bool
    says : str
        One sentence, true of a right answer.
    values : str
        Quotes the numbers; shown for public checks only.
    """
    if not condition:
        raise NotYet(says, values=values)


def raises(
    call: Callable[[], Any], kind: type[Exception], says: str, *, mentions: str = ""
) -> None:
    """`call()` makes the learner's code raise `kind`, with `mentions` in its message.

    Never let this be all that a check asks for: a function that always raises would pass it.

    Parameters
    ----------
    call : callable
        Takes nothing and calls the learner's function: `lambda: s.mean([])`.
    kind : exception class
        Subclasses pass as well.
    says : str
        One sentence, true of a right answer.
    mentions : str
        What the exception's message must contain, in any case of letters.
    """
    try:
        call()
    except LearnerError as error:
        if kind.__name__ not in error.types:
            raise NotYet(says, form=f"expected a {kind.__name__}, got {error.kind}") from None
        if mentions.lower() not in error.message.lower():
            raise NotYet(says, form=f"its message should say {mentions!r}") from None
        return
    raise NotYet(says, form=f"expected a {kind.__name__}, but nothing was raised")


def _form(got: Any) -> Any:
    """The same nesting with zeros in it: an array of text would need room for the longest each."""
    if isinstance(got, list | tuple):
        return [_form(item) for item in got]
    return np.zeros(got.shape, dtype=bool) if isinstance(got, np.ndarray) else 0


def _numeric(got: Any) -> bool:
    """Whether a plain value holds real numbers only (bool is not a number)."""
    if isinstance(got, np.ndarray):
        return got.dtype.kind in "iuf"
    if isinstance(got, list | tuple):
        return all(_numeric(item) for item in got)
    return isinstance(got, int | float) and not isinstance(got, bool)


def _same(got: Any, expected: Any) -> bool:
    got, expected = _listed(got), _listed(expected)
    if isinstance(expected, list):
        return (
            isinstance(got, list) and len(got) == len(expected) and all(map(_same, got, expected))
        )
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and got.keys() == expected.keys()
            and all(_same(got[key], expected[key]) for key in expected)
        )
    if _numeric(expected) and _numeric(got):
        return bool(got == expected)
    return type(got) is type(expected) and bool(got == expected)


def _listed(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    return list(value) if isinstance(value, tuple) else value


def _kind(value: Any) -> str:
    if value is None:
        return "None (is a `return` missing?)"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}"
    if isinstance(value, list | tuple):
        odd = next((item for item in value if not _numeric(item)), None)
        return f"a {type(value).__name__} that holds {_kind(odd)}"
    names = {bool: "True or False", str: "text", dict: "a dict"}
    return names.get(type(value), type(value).__name__)


def _shape_words(shape: Sequence[int]) -> str:
    if len(shape) == 0:
        return "one number"
    return f"{math.prod(shape)} numbers" if len(shape) == 1 else f"an array of shape {tuple(shape)}"


def _show(value: Any) -> str:
    """A short text of a plain value, floats to six digits."""
    text = _whole(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _whole(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, np.ndarray):
        return _whole(value.tolist())
    if isinstance(value, list | tuple):
        shown = ", ".join(_whole(item) for item in value[:6]) + (", …" if len(value) > 6 else "")
        return f"({shown})" if isinstance(value, tuple) else f"[{shown}]"
    return repr(value)[:60]
