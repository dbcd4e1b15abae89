"""Workers for exercises whose libraries are slow to load: ready beforehand, used once.

A nursery process, inside the sandbox, loads the libraries and never runs anyone's code. Each
submission gets a fork of it that confines itself further (its own user id as root, a filter of
system calls, limits, no writable folder at all) and is killed after that one submission.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from types import TracebackType

from lablib.exercises.declare import Exercise
from lablib.exercises.sandbox import limits as caps
from lablib.exercises.sandbox import tiers
from lablib.exercises.sandbox.base import START_SECONDS, Session
from lablib.exercises.sandbox.channel import Channel
from lablib.exercises.sandbox.errors import SandboxError
from lablib.exercises.sandbox.launch import Plan, start_nursery
from lablib.exercises.sandbox.limits import Limits
from lablib.exercises.sandbox.uids import Lease, is_root

SECONDS = 5.0  # to fork or to kill
SETTINGS = Limits(seconds=1, memory_mb=1)


class WarmPool:
    """Nurseries that have loaded `modules`; each holds one worker at a time.

    Parameters
    ----------
    modules : sequence of str
        Libraries to load.
    size : int
        How many sessions may be open at a time.
    tier : {"auto", "bwrap", "landlock"}
    slot : int
        Spreads the user ids.

    Notes
    -----
    Keep it in the thread that made it. Close it, or use it as a context manager.
    """

    def __init__(
        self,
        modules: Sequence[str] = ("torch",),
        size: int = 1,
        *,
        tier: str = "auto",
        slot: int = 0,
    ) -> None:
        self.tier = tiers.choose(tier)
        if self.tier == "none":
            raise SandboxError("there is no pool without a sandbox; open single sessions")
        self.modules, self._slot, self._open = tuple(modules), slot, True
        self._free = [Nursery(self.tier, self.modules) for _ in range(size)]

    def open_session(self, exercise: Exercise) -> Session:
        """A fresh worker for one submission to `exercise`.

        Raises
        ------
        SandboxError
            If `size` sessions are open already, or no nursery starts.
        """
        return self.open_with(caps.of(exercise))

    def open_with(self, limits: Limits) -> Session:
        """A fresh worker under given limits."""
        if not self._open or not self._free:
            raise SandboxError("no worker is free", "close a session, or make the pool larger")
        lease = Lease(self._slot) if is_root() else None
        nursery = self._free.pop()

        def release() -> None:
            if lease is not None:
                lease.release()
            self._put_back(nursery)

        try:
            try:
                worker = nursery.fork(limits, lease.uid if lease else None)
            except SandboxError:  # it died while it waited; a new one has the same chance as ever
                nursery.close()
                nursery = Nursery(self.tier, self.modules)
                worker = nursery.fork(limits, lease.uid if lease else None)
        except BaseException:
            release()
            raise
        return Session(worker, limits, tier=self.tier, release=release)

    def _put_back(self, nursery: Nursery) -> None:
        if self._open and nursery.alive():
            self._free.append(nursery)
            return
        nursery.close()
        if self._open:
            self._free.append(Nursery(self.tier, self.modules))

    def close(self) -> None:
        """End all nurseries, and with them their workers."""
        self._open = False
        for nursery in self._free:
            nursery.close()
        self._free.clear()

    def __enter__(self) -> WarmPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Nursery:
    """One process that forks workers when asked. Starting it does not wait for the libraries."""

    def __init__(self, tier: str, modules: Sequence[str]) -> None:
        self._plan: Plan = tiers.plan(tier, SETTINGS, writable=False, nursery=True)
        self._process, self._control = start_nursery(self._plan, modules)
        self._ready = False
        self._dead = False

    def alive(self) -> bool:
        """Whether it can still fork."""
        return not self._dead and self._process.poll() is None

    def fork(self, limits: Limits, uid: int | None) -> ForkedWorker:
        """A worker with the libraries already loaded."""
        if not self.alive():
            raise SandboxError(f"the {self._plan.tier} nursery has ended")
        if not self._ready:
            self._expect(START_SECONDS, "ready")
            self._ready = True
        requests, to_worker = os.pipe()
        from_worker, replies = os.pipe()
        given = {"uid": uid}
        if uid is not None or self._plan.tier == "bwrap":
            given["processes"] = limits.processes
        channel = Channel(to_worker, from_worker, longest=limits.message_bytes)
        try:
            socket.send_fds(self._control, [json.dumps(given).encode()], [requests, replies])
            self._expect(SECONDS)
        except OSError as error:
            self._dead = True
            channel.close()
            raise SandboxError(f"the nursery did not take the request: {error}") from None
        except BaseException:
            self._dead = True
            channel.close()
            raise
        finally:
            os.close(requests)
            os.close(replies)
        return ForkedWorker(self, channel)

    def kill_child(self) -> int | None:
        """End the worker; its exit code, negative for a signal."""
        try:
            self._control.sendall(b"end")
            return int(self._expect(SECONDS))
        except (OSError, SandboxError, ValueError):
            self._dead = True
            return None

    def close(self) -> None:
        """End it."""
        self._dead = True
        self._control.close()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._plan.release()

    def _expect(self, seconds: float, word: str = "") -> str:
        self._control.settimeout(seconds)
        try:
            text = self._control.recv(64).decode().strip()
        except OSError as error:
            text = type(error).__name__
            self._dead = True
        if not text or (word and text != word):
            self._dead = True
            raise SandboxError(f"the {self._plan.tier} nursery did not answer: {self._noise()}")
        return text

    def _noise(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS)
        if self._process.poll() is None or self._process.stderr is None:
            return "it hangs"
        lines = self._process.stderr.read(1 << 16).decode("utf-8", "replace").splitlines()
        return lines[-1][:300] if lines else "it ended"


class ForkedWorker:
    """A worker that is a fork of a nursery; satisfies `base.Worker`."""

    def __init__(self, nursery: Nursery, channel: Channel) -> None:
        self.channel = channel
        self._nursery, self._ended = nursery, False

    def end(self) -> int | None:
        """Kill it; its exit code if it had ended by itself."""
        if self._ended:
            return None
        self._ended = True
        closing = self.channel.closed_by_peer()
        code = self._nursery.kill_child()
        return code if closing else None

    def noise(self) -> str:
        """A fork has nothing to say."""
        return ""
