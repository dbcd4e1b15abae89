"""The learner's side of a call: find the function, call it, send back data or what went wrong.

The notebook runs `answer` in its own process, the grader runs it inside the sandbox. It imports
nothing but `wire`, knows no expected value, and whatever it replies is only read as data.
"""

from __future__ import annotations

import contextlib
import dis
import io
import linecache
import signal
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FrameType, TracebackType
from typing import Any

from lablib.exercises import wire

EMPTY_BODY = frozenset({"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"})


class TooSlowError(BaseException):
    """The time limit passed; not an Exception, so that `except Exception` cannot swallow it."""


def answer(namespace: Mapping[str, Any], request: str, *, seconds: float | None = None) -> str:
    """Call `namespace[name](*args, **kwargs)` and reply in wire text.

    Parameters
    ----------
    namespace : mapping
        The learner's names.
    request : str
        Wire text of `{"name": str, "args": list, "kwargs": dict}`.
    seconds : float, optional
        Wall-clock limit of the call, where the platform has one (main thread, POSIX).

    Returns
    -------
    str
        Wire text of a dict whose "outcome" is "value" (with "value"), "placeholder", "missing",
        "not data" (with "sentence") or "error" (with "type", "types", "message", "line", "text",
        "place"). What the call prints or warns is dropped.

    >>> request = wire.dumps({"name": "half", "args": [3], "kwargs": {}})
    >>> wire.loads(answer({"half": lambda x: x / 2}, request))
    {'outcome': 'value', 'value': 1.5}
    """
    call = wire.loads(request)
    function = namespace.get(call["name"])
    if function is ... or is_placeholder(function):
        return wire.dumps({"outcome": "placeholder"})
    if not callable(function):
        return wire.dumps({"outcome": "missing"})
    try:
        with _quiet(), _time_limit(seconds):
            value = function(*call["args"], **call["kwargs"])
            return wire.dumps({"outcome": "value", "value": value})
    except wire.PlaceholderError:
        return wire.dumps({"outcome": "placeholder"})
    except wire.WireError as error:
        return wire.dumps({"outcome": "not data", "sentence": str(error)})
    except BaseException as error:
        if isinstance(error, TypeError) and "'ellipsis'" in _text(error):
            return wire.dumps({"outcome": "placeholder"})
        return wire.dumps(_error(error, getattr(function, "__globals__", namespace)))


def load(names: dict[str, Any], text: str, *, place: str, seconds: float | None = None) -> str:
    """Execute one cell of learner's code into `names`; replies like `answer`, with value None.

    Parameters
    ----------
    names : dict
        Filled by the code.
    text : str
        Python source.
    place : str
        What an error calls it: `cell 3`, or a file name.
    seconds : float, optional
        Wall-clock limit.

    >>> names = {}
    >>> wire.loads(load(names, "x = 1 +", place="cell 1"))["type"]
    'SyntaxError'
    """
    linecache.cache[place] = (len(text), None, text.splitlines(keepends=True), place)
    try:
        with _quiet(), _time_limit(seconds):
            exec(compile(text, place, "exec", dont_inherit=True), names)
            return wire.dumps({"outcome": "value", "value": None})
    except BaseException as error:
        return wire.dumps(_error(error, names))


def is_placeholder(function: object) -> bool:
    """Whether `function` does nothing: its body is only a docstring, `...`, `pass` or None.

    >>> def stub(x):
    ...     "Say what to do."
    ...     ...
    >>> is_placeholder(stub), is_placeholder(lambda x: x), is_placeholder(lambda: 0.0)
    (True, False, False)
    """
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return False
    for step in dis.get_instructions(code):  # the first instruction that does something ends it
        if step.opname not in EMPTY_BODY:
            return False
        if step.opname in {"LOAD_CONST", "RETURN_CONST"} and step.argval not in (None, ...):
            return False
    return True


def _error(error: BaseException, own_globals: object) -> dict[str, Any]:
    """Describe an exception by the last line that is the learner's own."""
    line, place, text = None, "", ""
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals is own_globals:
            line, place = trace.tb_lineno, trace.tb_frame.f_code.co_filename
        trace = trace.tb_next
    if line is None and isinstance(error, SyntaxError):
        line, place = error.lineno, error.filename or ""
    if line is not None:
        text = linecache.getline(place, line).strip()[:200]
    return {
        "outcome": "error",
        "type": type(error).__name__,
        "types": [kind.__name__ for kind in type(error).__mro__],
        "message": _text(error),
        "line": line,
        "text": text,
        "place": place if place.startswith("cell ") else "",
    }


def _text(error: BaseException) -> str:
    try:
        return str(error.msg if isinstance(error, SyntaxError) else error)[:500]
    except Exception:
        return ""


class _Silence(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Drop what the learner's code prints; a warning is not a mistake."""
    nowhere = _Silence()
    with (
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _time_limit(seconds: float | None) -> Iterator[None]:
    main = threading.current_thread() is threading.main_thread()
    if seconds is None or not main or not hasattr(signal, "setitimer"):
        yield
        return
    previous: Callable[[int, FrameType | None], Any] | int | None
    previous = signal.signal(signal.SIGALRM, _stop)
    before, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, before, interval)
        signal.signal(signal.SIGALRM, previous)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TooSlowError("it did not finish within the time limit")
