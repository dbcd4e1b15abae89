"""A running worker as the grader sees it: cells and requests in, replies out, whatever happens.

What the learner's code does never raises here. A worker that is dead, hung, too slow or flooding
gives an ordinary `error` reply in plain words, and every later request the same one at once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Protocol

from lablib.exercises import wire
from lablib.exercises.sandbox.channel import Channel, FloodError, GoneError, HungError
from lablib.exercises.sandbox.errors import SandboxError
from lablib.exercises.sandbox.limits import Limits

START_SECONDS = 60.0  # loading torch on a busy machine
PATIENCE = 1.5  # a call that does not stop by itself is killed after this many times its limit
SIGNALS = {4: "an illegal instruction", 6: "abort", 9: "it was killed", 11: "a memory fault",
           24: "it used all its CPU time", 25: "it wrote more than it may",
           31: "a forbidden call"}  # fmt: skip


class Worker(Protocol):
    """How a tier holds the process: a channel to it, and a way to end it."""

    channel: Channel

    def end(self) -> int | None:
        """Kill it and all that it started; its exit code (negative: signal) if it was dead."""

    def noise(self) -> str:
        """What it wrote while starting up."""


class Session:
    """One submission's worker. A context manager; used for one submission and never again.

    Parameters
    ----------
    worker : Worker
    limits : Limits
    tier : str
        Which kind of sandbox holds it.
    release : callable, optional
        Called once, after the end.

    Notes
    -----
    Keep it in the thread that opened it: the kernel ends the worker with that thread.
    """

    def __init__(
        self,
        worker: Worker,
        limits: Limits,
        *,
        tier: str,
        release: Callable[[], None] | None = None,
    ) -> None:
        self.tier, self.limits = tier, limits
        self._worker, self._release = worker, release
        self._dead: str | None = None
        self._left = limits.total_seconds
        self._open = True
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def load(self, cells: Sequence[str], places: Sequence[str] | None = None) -> list[str]:
        """Execute cells in order.

        Parameters
        ----------
        cells : sequence of str
            Python source.
        places : sequence of str, optional
            What an error calls each: `cell 3`; by default numbered from 1.

        Returns
        -------
        list of str
            Wire text, one per cell, as `worker.load` gives it. After a cell that ran out of time
            the others are not run.
        """
        names = places or [f"cell {number}" for number in range(1, len(cells) + 1)]
        replies: list[str] = []
        for text, place in zip(cells, names, strict=True):
            replies.append(self._ask("load " + json.dumps({"text": text, "place": place})))
            if self._dead is None and '"TooSlowError"' in replies[-1][:200]:
                self._stop("TooSlowError", "an earlier cell did not finish within the time limit")
        return replies

    def request(self, text: str) -> str:
        """Carry one call; this is a `proxy.Transport`."""
        return self._ask("call " + text)

    def close(self) -> None:
        """Kill the worker and all that it started. May be called again."""
        if self._open:
            self._open = False
            self._worker.end()
            self._worker.channel.close()
            if self._release is not None:
                self._release()

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _begin(self) -> None:
        limits = {
            "seconds": self.limits.seconds,
            "memory_mb": self.limits.memory_mb,
            "total_seconds": self.limits.total_seconds,
        }
        channel = self._worker.channel
        try:
            ready = channel.receive(START_SECONDS)
            channel.send("begin " + json.dumps(limits), START_SECONDS)
            begun = channel.receive(START_SECONDS)
        except (HungError, GoneError, FloodError) as error:
            self._worker.end()
            noise = self._worker.noise()
            raise SandboxError(f"the {self.tier} sandbox did not start: {noise or error}") from None
        if (ready, begun) != ("ready", "begun"):
            raise SandboxError(f"the {self.tier} sandbox did not start: it said {ready[:80]!r}")

    def _ask(self, line: str) -> str:
        if not self._open:
            raise ValueError("the session is closed; open another one")
        if self._dead is not None:
            return self._dead
        patience = min(PATIENCE * self.limits.seconds + 1, self._left)
        began = time.monotonic()
        try:
            self._worker.channel.send(line, patience)
            return self._worker.channel.receive(patience)
        except HungError:
            return self._stop("TooSlowError", "it did not finish within the time limit")
        except FloodError as error:
            return self._stop("WorkerEndedError", f"the process was stopped: {error}")
        except GoneError:
            return self._ended(self._worker.end())
        finally:
            self._left -= time.monotonic() - began
            if self._left <= 0 and self._dead is None:
                self._stop("TooSlowError", "all calls together took longer than allowed")

    def _ended(self, code: int | None) -> str:
        if code is not None and code > 128:
            code = 128 - code
        if code == -24:
            return self._stop("TooSlowError", "it used all its CPU time")
        if code is None or code == 0:
            reason = "the code ended the process or closed its connection"
        elif code < 0:
            reason = f"the process was ended by {SIGNALS.get(-code, 'a signal')} (signal {-code})"
        else:
            reason = f"the code ended the process with exit code {code}"
        return self._stop("WorkerEndedError", reason)

    def _stop(self, kind: str, message: str) -> str:
        """Kill the worker; this reply is the answer from now on."""
        self._worker.end()
        self._dead = wire.dumps(error(kind, message))
        return self._dead


def error(kind: str, message: str) -> dict[str, Any]:
    """A reply in the form of `worker.answer` for what the worker can no longer say itself."""
    blank = {"line": None, "text": "", "place": ""}
    return {"outcome": "error", "type": kind, "types": [kind], "message": message, **blank}
