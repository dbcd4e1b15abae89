"""Processes that grade side by side, and the parent's end of them.

A process that dies or hangs costs one row, which says so, and is replaced. Processes rather than
threads: checks silence output and set timers, which belong to a process as a whole.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[3]
START_SECONDS = 120.0
END_SECONDS = 10.0
MODULE = "lablib.exercises.grading.worker_process"


class CrewError(RuntimeError):
    """The processes do not start; the message says why."""


class _GoneError(Exception):
    pass


@dataclass(frozen=True)
class Task:
    """One learner's cells for one exercise. `patience`: seconds until the process is given up."""

    learner: str
    exercise: str
    cells: tuple[tuple[str, str], ...]
    patience: float

    @property
    def line(self) -> bytes:
        """The task as the process reads it."""
        told = {"learner": self.learner, "exercise": self.exercise, "cells": self.cells}
        return json.dumps(told).encode() + b"\n"


def run(
    tasks: Sequence[Task], setting: Mapping[str, Any], *, jobs: int
) -> Iterator[tuple[Task, dict[str, Any]]]:
    """Yield each task with its answer, in the order in which they are done.

    Parameters
    ----------
    tasks : sequence of Task
    setting : mapping
        What `worker_process` reads first.
    jobs : int
        How many processes.
    """
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    done: queue.SimpleQueue[tuple[Task, dict[str, Any]] | Exception] = queue.SimpleQueue()
    slots = [_Slot({**setting, "slot": slot}) for slot in range(min(jobs, len(tasks)))]
    threads = [
        threading.Thread(target=slot.serve, args=(waiting, done), daemon=True) for slot in slots
    ]
    for thread in threads:
        thread.start()
    finished = False
    try:
        for _ in tasks:
            answer = done.get()
            if isinstance(answer, Exception):
                raise answer
            yield answer
        finished = True
    finally:
        for slot in slots:
            slot.stop(kill=not finished)
        for thread in threads:
            thread.join(END_SECONDS)


class _Slot:
    """One process after another, used by one thread."""

    def __init__(self, setting: Mapping[str, Any]) -> None:
        self._setting = setting
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = bytearray()
        self._stopped = False

    def serve(
        self,
        waiting: queue.SimpleQueue[Task],
        done: queue.SimpleQueue[tuple[Task, dict[str, Any]] | Exception],
    ) -> None:
        """Take tasks until there are none."""
        try:
            while not self._stopped:
                try:
                    task = waiting.get_nowait()
                except queue.Empty:
                    return
                done.put((task, self._ask(task)))
        except Exception as error:
            done.put(error)
        finally:
            self.stop()

    def stop(self, *, kill: bool = False) -> None:
        """End the process: its stdin closes, and if that does not help it is killed."""
        self._stopped = self._stopped or kill
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            assert process.stdin is not None
            process.stdin.close()
        try:
            if kill:
                process.kill()
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with contextlib.suppress(OSError):
            assert process.stdout is not None
            process.stdout.close()

    def _ask(self, task: Task) -> dict[str, Any]:
        process = self._process or self._start()
        try:
            assert process.stdin is not None
            process.stdin.write(task.line)
            process.stdin.flush()
            return self._receive(process, task.patience)
        except (_GoneError, OSError) as error:
            self.stop(kill=False)
            why = str(error) if isinstance(error, _GoneError) else "the process ended"
            return {"problem": f"the grader could not grade this file ({why}); grade it again"}

    def _start(self) -> subprocess.Popen[bytes]:
        # -P: the current folder may hold a learner's `json.py`, which must never be imported.
        path = os.pathsep.join(
            [
                str(PACKAGE),
                *filter(os.path.isabs, os.environ.get("PYTHONPATH", "").split(os.pathsep)),
            ]
        )
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
            start_new_session=True,  # an interrupt of the run ends it through its stdin
        )
        self._process, self._buffer = process, bytearray()
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps(self._setting).encode() + b"\n")
            process.stdin.flush()
            hello = self._receive(process, START_SECONDS)
        except (_GoneError, OSError) as error:
            raise CrewError(f"a grading process did not start: {error}") from None
        if "fatal" in hello:
            raise CrewError(f"a grading process did not start: {hello['fatal']}")
        return process

    def _receive(self, process: subprocess.Popen[bytes], seconds: float) -> dict[str, Any]:
        assert process.stdout is not None
        end = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                left = end - time.monotonic()
                if left <= 0:
                    process.kill()
                    raise _GoneError("it took far longer than its limits")
                if not selector.select(left):
                    continue
                chunk = os.read(process.stdout.fileno(), 1 << 16)
                if not chunk:
                    raise _GoneError("the process ended")
                self._buffer += chunk
        line, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer = bytearray(rest)
        return dict(json.loads(line))
