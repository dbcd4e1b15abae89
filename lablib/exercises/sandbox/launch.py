"""Start `worker_main.py` as a process: its arguments, its descriptors, its end.

The tiers differ in the `Plan` only: what stands before Python on the command line, and what the
worker is told to give up by itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lablib.exercises.sandbox import places
from lablib.exercises.sandbox.channel import Channel
from lablib.exercises.sandbox.limits import Limits

ENDING_SECONDS, STEP_SECONDS = 1.0, 0.005


@dataclass(frozen=True)
class Plan:
    """How one tier starts a worker.

    Attributes
    ----------
    tier : str
    prefix : tuple of str
        Command line before Python.
    files : mapping
        Paths of our files, as the worker sees them.
    home : str
        Its writable folder, as the worker sees it; "/" if it has none.
    confine : mapping
        What the worker gives up (see `inside.confine.confine`).
    watch : callable, optional
        Raises when the writable folder is too large.
    release : callable
        Frees the user id and the folder.
    """

    tier: str
    prefix: tuple[str, ...]
    files: Mapping[str, str]
    home: str
    confine: Mapping[str, Any]
    watch: Callable[[], None] | None = None
    release: Callable[[], None] = field(default=lambda: None)


class ProcessWorker:
    """A worker that is a process of its own; satisfies `base.Worker`."""

    def __init__(self, process: subprocess.Popen[bytes], channel: Channel, noisiest: int) -> None:
        self.channel = channel
        self._process, self._noisiest = process, noisiest
        self._text = ""

    def end(self) -> int | None:
        """Kill it and its group; a worker that closed its channel may first leave an exit code."""
        if self._process.returncode is not None:
            return None
        # Looked at without collecting it, so that its number cannot pass to another process.
        by_itself = self._has_ended(ENDING_SECONDS if self.channel.closed_by_peer() else 0)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        code = self._process.wait()
        self._text = self._read_noise()
        return code if by_itself else None

    def noise(self) -> str:
        """The last line of what it wrote to stderr while starting up."""
        lines = self._text.strip().splitlines()
        return lines[-1][:300] if lines else ""

    def _has_ended(self, seconds: float) -> bool:
        how = os.WEXITED | os.WNOHANG | os.WNOWAIT
        end = time.monotonic() + seconds
        while os.waitid(os.P_PID, self._process.pid, how) is None:
            if time.monotonic() >= end:
                return False
            time.sleep(STEP_SECONDS)
        return True

    def _read_noise(self) -> str:
        if self._process.stderr is None:
            return ""
        with self._process.stderr as stream:
            os.set_blocking(stream.fileno(), False)
            return (stream.read(self._noisiest) or b"").decode("utf-8", "replace")


def start(plan: Plan, limits: Limits, modules: Sequence[str]) -> ProcessWorker:
    """Start a worker for one submission.

    Parameters
    ----------
    plan : Plan
    limits : Limits
    modules : sequence of str
        Libraries to load before the learner's code.
    """
    requests, to_worker = os.pipe()
    from_worker, replies = os.pipe()
    channel = Channel(
        to_worker, from_worker, longest=limits.message_bytes, watch=plan.watch
    )  # fmt: skip
    try:
        config = {"requests": requests, "replies": replies, "nursery": None}
        process = _process(plan, config, modules, (requests, replies))
    except BaseException:
        channel.close()
        raise
    finally:
        os.close(requests)
        os.close(replies)
    return ProcessWorker(process, channel, limits.output_bytes)


def start_nursery(
    plan: Plan, modules: Sequence[str]
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start a process that forks workers on request, and the socket to ask it."""
    ours, theirs = socket.socketpair()
    with theirs:
        config = {"requests": -1, "replies": -1, "nursery": theirs.fileno()}
        try:
            return _process(plan, config, modules, (theirs.fileno(),)), ours
        except BaseException:
            ours.close()
            raise


def _process(
    plan: Plan, config: Mapping[str, Any], modules: Sequence[str], descriptors: tuple[int, ...]
) -> subprocess.Popen[bytes]:
    found = places.find()
    given = {
        **config,
        "files": dict(plan.files),
        "paths": found.libraries,
        "preload": list(modules),
        "confine": dict(plan.confine),
    }
    python = (found.python, "-S", "-P", "-B", plan.files["main"], json.dumps(given))
    return subprocess.Popen(
        (*plan.prefix, *python),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=places.environment(plan.home),
        cwd=plan.home if not plan.prefix else "/",
        pass_fds=descriptors,
        start_new_session=True,
    )
