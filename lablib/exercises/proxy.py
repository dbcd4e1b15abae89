"""The checks' side of a call: `s.name(...)` sends data, gets data, or raises what went wrong.

A transport carries one request text to the learner's side and returns one reply text. In the
notebook it is `worker.answer`; the grader gives one that talks to a sandbox. Nothing else differs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lablib.exercises import wire, worker

Transport = Callable[[str], str]
LONGEST_TEXT = 300
CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e]+")


class CallError(Exception):
    """A call brought no data back; `sentence` is for the learner."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotStartedError(CallError):
    """The function is missing or still the placeholder."""


class NotDataError(CallError):
    """The function returned something that is not plain data."""


class LearnerError(CallError):
    """The function raised. `types` are the names of the exception's classes."""

    def __init__(self, reply: Mapping[str, Any]) -> None:
        self.types = tuple(clean(name, 80) for name in reply.get("types") or ())
        self.kind = clean(reply.get("type"), 80) or "an exception"
        self.message = clean(reply.get("message"))
        line, text, place = reply.get("line"), clean(reply.get("text")), clean(reply.get("place"))
        self.line = line if type(line) is int else None
        where = "in your code" if self.line is None else f"in your line {self.line}"
        if place and self.line is not None:
            where += f" of {place}"
        self.where = where
        self.text = text
        super().__init__(f"error {where}: {self.kind}")

    @property
    def stops(self) -> bool:
        """Whether running further checks would only wait again."""
        return self.kind in {"TooSlowError", "KeyboardInterrupt"}

    @property
    def detail(self) -> str:
        """The exception's own message and the line; may show the input, so public checks only."""
        quoted = f" - `{self.text}`" if self.text else ""
        return f"{self.message}{quoted}"


class Proxy:
    """Stands for the learner's (or the reference's) functions inside a check.

    Parameters
    ----------
    transport : callable
        Carries a request text and returns a reply text.
    names : sequence of str
        The functions that the exercise declares; any other name is a fault of the check.

    >>> s = in_process({"half": lambda x: x / 2}, ["half"])
    >>> s.half(3)
    1.5
    """

    def __init__(self, transport: Transport, names: Sequence[str]) -> None:
        self._transport = transport
        self._names = frozenset(names)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in self._names:
            raise AttributeError(f"the solution declares no function {name!r} for a check to call")

        def call(*args: Any, **kwargs: Any) -> Any:
            request = wire.dumps({"name": name, "args": list(args), "kwargs": kwargs})
            return _value(name, self._transport(request))

        return call


def in_process(
    namespace: Mapping[str, Any], names: Sequence[str], *, seconds: float | None = None
) -> Proxy:
    """A proxy for functions in this process.

    Parameters
    ----------
    namespace : mapping
        Where the functions are.
    names : sequence of str
        Which of them may be called.
    seconds : float, optional
        Wall-clock limit of one call.
    """
    return Proxy(lambda request: worker.answer(namespace, request, seconds=seconds), names)


def clean(text: object, longest: int = LONGEST_TEXT) -> str:
    r"""One printable line of foreign text: no control or escape characters, cut to `longest`.

    >>> clean("\x1b[31mred\x1b[0m\nline")
    'red line'
    """
    if not isinstance(text, str):
        return ""
    line = " ".join(CONTROL.sub(" ", text[: 10 * longest]).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _value(name: str, text: str) -> Any:
    """The value in a reply, or the exception it describes. The reply may be hostile."""
    try:
        reply = wire.loads(text)
    except wire.WireError:
        reply = None
    outcome = reply.get("outcome") if isinstance(reply, dict) else None
    if outcome == "value" and "value" in reply:
        return reply["value"]
    if outcome == "placeholder":
        raise NotStartedError(f"`{name}` is not written yet: its placeholder `...` is still there")
    if outcome == "missing":
        raise NotStartedError(
            f"there is no function named `{name}` yet; run the cell that defines it"
        )
    if outcome == "not data":
        sentence = clean(reply.get("sentence"))
        raise NotDataError(f"`{name}` returned {sentence or 'something that is not data'}")
    if outcome == "error" and isinstance(reply.get("types"), list | tuple):
        raise LearnerError(reply)
    raise NotDataError(f"`{name}` sent back something that is not an answer")
