"""Between a sandboxed worker and the checks: replies lose whatever could carry an input away.

Feedback quotes the class of an exception, a line number and the kind of a wrong answer. A hostile
worker chooses all three, so it could write the hidden inputs there. Only names of built-in
exceptions, kinds from a list and lines that exist come through. The process itself may lie about
nothing else: its values are compared, never believed.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Sequence
from typing import Any

from lablib.exercises import proxy, wire
from lablib.exercises.sources import Cell

OURS = frozenset({"TooSlowError", "WorkerEndedError"})
BUILT_IN = frozenset(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
)
NUMPY_AND_MORE = frozenset({"LinAlgError", "AxisError", "JSONDecodeError"})
EXCEPTIONS = OURS | BUILT_IN | NUMPY_AND_MORE
KINDS = frozenset({
    "function", "method", "type", "module", "generator", "map", "zip", "filter", "range", "set",
    "frozenset", "bytes", "bytearray", "complex", "complex128", "object", "DataFrame", "Series",
    "Index", "Tensor", "Fraction", "Decimal", "slice", "dict_keys", "dict_values", "dict_items",
    "builtin_function_or_method", "coroutine",
})  # fmt: skip
UNSUITABLE = re.compile(r"(an?) (\w{1,40}); (return numbers, text, lists, dicts or numpy arrays)")
PLAIN = re.compile(
    r"more than \d+ (?:MB of data|values; return an array instead)"
    r"|data nested deeper than \d+ levels \(or containing itself\)"
    r"|a whole number of more than \d+ bits|an array of more than \d+ MB"
)
STOPPING = frozenset({"TooSlowError", "WorkerEndedError"})


class Replies:
    """A transport that cleans what another one brings.

    A function that is missing because a cell did not run is reported as that cell's error.

    Parameters
    ----------
    request : callable
        The session's transport.
    cells : sequence of Cell
        What was loaded; a line that is in none of them is dropped.
    failed : dict, optional
        The cleaned reply of the first cell that did not run.
    """

    def __init__(
        self,
        request: Callable[[str], str],
        cells: Sequence[Cell],
        failed: dict[str, Any] | None = None,
    ) -> None:
        self._request = request
        self._lines = {cell.place: cell.text.count("\n") + 1 for cell in cells}
        self._failed = failed
        self.slow = False
        self.ended = False

    def __call__(self, text: str) -> str:
        """Send one request; a worker that stopped is not asked again."""
        if self._failed is not None and self._failed["type"] in STOPPING:
            return wire.dumps(self._failed)
        reply = self.cleaned(self._request(text))
        if reply["outcome"] == "missing" and self._failed is not None:
            reply = self._failed
        if reply["outcome"] == "error" and reply["type"] in STOPPING:
            self._failed = reply
            self.slow |= reply["type"] == "TooSlowError"
            self.ended |= reply["type"] == "WorkerEndedError"
        try:
            return wire.dumps(reply)
        except wire.WireError:  # it can be read but not written: more than an answer may hold
            return wire.dumps({"outcome": "unreadable"})

    def cleaned(self, text: str) -> dict[str, Any]:
        """A reply as a dict of known form, whatever the text is."""
        try:
            reply = wire.loads(text)
        except (wire.WireError, MemoryError):
            reply = None
        if not isinstance(reply, dict):
            return {"outcome": "unreadable"}
        outcome = reply.get("outcome")
        if not isinstance(outcome, str):
            return {"outcome": "unreadable"}
        if outcome == "value" and "value" in reply:
            return {"outcome": "value", "value": reply["value"]}
        if outcome in ("placeholder", "missing"):
            return {"outcome": outcome}
        if outcome == "not data":
            return {"outcome": outcome, "sentence": _kind_of_answer(reply.get("sentence"))}
        if outcome == "error":
            return self._error(reply)
        return {"outcome": "unreadable"}

    def _error(self, reply: dict[str, Any]) -> dict[str, Any]:
        listed = reply.get("types")
        names = listed if isinstance(listed, list | tuple) else ()
        types = [name for name in names if isinstance(name, str) and name in EXCEPTIONS]
        own = reply.get("type")
        if isinstance(own, str) and own in EXCEPTIONS:
            kind = own
        else:
            kind = types[0] if types else "Exception"
        place, line = reply.get("place"), reply.get("line")
        place = place if isinstance(place, str) and place in self._lines else ""
        longest = self._lines[place] if place else max(self._lines.values(), default=0)
        known = type(line) is int and 1 <= line <= longest
        return {
            "outcome": "error",
            "type": kind,
            "types": types or [kind],
            "message": proxy.clean(reply.get("message")),
            "line": line if known else None,
            "text": proxy.clean(reply.get("text")) if known else "",
            "place": place,
        }


def _kind_of_answer(sentence: object) -> str:
    if isinstance(sentence, str):
        found = UNSUITABLE.fullmatch(sentence)
        if (found and found.group(2) in KINDS) or PLAIN.fullmatch(sentence):
            return sentence
        if found:
            return f"an object of its own kind; {found.group(3)}"
    return "something that is not plain data"
