"""Lines to and from a worker that may be slow, dead, silent or endless: every wait has an end."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable

SLICE = 0.2  # seconds between two looks at what a worker has written to its folder
CHUNK = 1 << 16


class HungError(Exception):
    """Nothing came in time."""


class GoneError(Exception):
    """The other side has closed."""


class FloodError(Exception):
    """A line is longer than allowed, or the worker's folder has grown too large."""


class Channel:
    """One pipe in each direction.

    Parameters
    ----------
    outgoing, incoming : int
        Descriptors of this side.
    longest : int
        Bytes of the longest line that is read.
    watch : callable, optional
        Looked at while waiting; raises to stop.
    """

    def __init__(
        self,
        outgoing: int,
        incoming: int,
        *,
        longest: int,
        watch: Callable[[], None] | None = None,
    ) -> None:
        self._outgoing, self._incoming = outgoing, incoming
        self._longest, self._watch = longest, watch
        self._buffer = bytearray()
        for descriptor in (outgoing, incoming):
            os.set_blocking(descriptor, False)

    def send(self, text: str, seconds: float) -> None:
        """Write a line within `seconds`."""
        data = memoryview(text.encode("utf-8", "replace") + b"\n")
        end = time.monotonic() + seconds
        while data:
            self._wait(self._outgoing, select.POLLOUT, end)
            try:
                data = data[os.write(self._outgoing, data) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise GoneError from error

    def receive(self, seconds: float) -> str:
        """Read a line within `seconds`."""
        end, seen = time.monotonic() + seconds, 0
        while (place := self._buffer.find(b"\n", seen)) < 0:
            seen = len(self._buffer)
            if seen > self._longest:
                raise FloodError("more data than a reply may have")
            self._wait(self._incoming, select.POLLIN, end)
            chunk = os.read(self._incoming, CHUNK)
            if not chunk:
                raise GoneError
            self._buffer += chunk
        line = bytes(self._buffer[:place])
        del self._buffer[: place + 1]
        return line.decode("utf-8", "replace")

    def closed_by_peer(self) -> bool:
        """Whether the worker has closed its end for good."""
        poll = select.poll()
        poll.register(self._incoming, 0)
        return self._incoming < 0 or any(event & select.POLLHUP for _, event in poll.poll(0))

    def close(self) -> None:
        """Close both ends of this side."""
        for descriptor in (self._outgoing, self._incoming):
            if descriptor >= 0:
                os.close(descriptor)
        self._outgoing = self._incoming = -1

    def _wait(self, descriptor: int, event: int, end: float) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise HungError
            slice_ = left if self._watch is None else min(left, SLICE)
            if poll.poll(1000 * slice_):
                return
            if self._watch is not None:
                self._watch()
