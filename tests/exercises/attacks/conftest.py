"""One class of attackers, graded as a whole, and all that the run left behind."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import resource
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lablib.exercises.grading import grade_folder
from lablib.exercises.grading.run import Summary
from tests.exercises.attacks.rows import Attack

SEED = 20261122
SUBREAPER = 36
HALF = """---
id: attack/half
title: Half
page: demo/page
points: 4
minutes: 2
difficulty: 1
objective: Halve.
kind: implement
limits: {seconds: 1, memory_mb: 300}
needs: [numpy]
---
Write `half(x)`.

## Hint 1
Divide.

## Why it matters
It does not.
"""
HALF_CHECKS = """from lablib.exercises.checks import check, close, equal, raises

@check(points=1, public=True, hint=1)
def of_four(s):
    close(s.half(4), 2, "half of four is two")

@check(points=3)
def of_any_number(s, rng, reference):
    for x in rng.uniform(5, 10, 6):
        close(s.half(x), reference.half(x), "half of any number is half of it")
"""
PAIR_CHECKS = """from lablib.exercises.checks import check, close, equal, raises

@check(points=1, public=True, hint=1)
def of_four(s):
    equal(s.pair(4), (4, "number"), "the pair is the number and its name")

@check(points=2)
def of_any_number(s, rng, reference):
    for x in rng.uniform(5, 10, 3):
        equal(s.pair(x), reference.pair(x), "any pair is the number and its name")

@check(points=1)
def below_zero(s):
    equal(s.pair(1), (1, "number"), "the pair of one is one and its name")
    raises(lambda: s.pair(-1), ValueError, "a number below zero is refused", mentions="negative")
"""
HALF_SOLUTION = "def half(x):\n    # BEGIN SOLUTION\n    return x / 2\n    # END SOLUTION\n"
PAIR_SOLUTION = """def pair(x):
    # BEGIN SOLUTION
    if x < 0:
        raise ValueError("the number is negative")
    return (x, "number")
    # END SOLUTION
"""


@dataclass
class Ran:
    """A graded class, and traces of what its answers reached."""

    summary: Summary
    found: dict[str, Any]
    table: str
    arrived: list[str]
    planted: dict[str, str]
    scratch: list[str]
    children: list[int]
    class_before: str
    class_after: str
    wall: float
    cpu: float
    expected: dict[str, Attack] = field(default_factory=dict)

    def row(self, attack: Attack) -> dict[str, Any]:
        """The learner's entry of the attacked exercise, with the learner's own problem."""
        one = next(one for one in self.found["learners"] if one["learner"] == attack.name)
        name = f"attack/{attack.exercise}"
        row: dict[str, Any] = next(row for row in one["exercises"] if row["id"] == name)
        return {**row, "problem": one["problem"]}


def exercises(folder: Path) -> None:
    """Write `attack/half` and `attack/pair`."""
    texts = {
        "half": (HALF, HALF_SOLUTION, HALF_CHECKS),
        "pair": (HALF.replace("half", "pair"), PAIR_SOLUTION, PAIR_CHECKS),
    }
    for name, (page, solution, checks) in texts.items():
        place = folder / "attack" / name
        place.mkdir(parents=True)
        (place / "exercise.md").write_text(page)
        (place / "solution.py").write_text(solution)
        (place / "checks.py").write_text(checks)


def attacked(attacks: Sequence[Attack], tier: str, *, jobs: int = 2) -> Ran:
    """Grade a class in a folder that every user of the machine may enter, and look around.

    Parameters
    ----------
    attacks : sequence of Attack
    tier : str
    jobs : int
    """
    base = Path(tempfile.mkdtemp(prefix="lablib-attacks-"))
    base.chmod(0o755)
    try:
        with contextlib.ExitStack() as stack:
            return _attacked(attacks, tier, jobs, base, stack)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _attacked(
    attacks: Sequence[Attack], tier: str, jobs: int, base: Path, stack: contextlib.ExitStack
) -> Ran:
    handed, planted, scratch, out = (base / name for name in ("class", "planted", "tmp", "out"))
    for folder, mode in ((handed, 0o755), (planted, 0o777), (scratch, 0o1777), (out, 0o755)):
        folder.mkdir()
        folder.chmod(mode)
    exercises(base / "exercises")
    for name, text in (("secret", "s3cret"), ("seed", str(SEED))):
        (planted / name).write_text(text)
        (planted / name).chmod(0o666)
    listeners = _listeners(planted, base.name, stack)
    places = {
        "SECRET": str(planted / "secret"), "SEED": str(planted / "seed"), "FOLDER": str(planted),
        "CLASS": str(handed), "OUT": str(out), "ROOT": str(base / "exercises"),
        "UNIX": str(planted / "socket"), "ABSTRACT": base.name,
        "TCP": str(listeners["tcp"].getsockname()[1]),
        "UDP": str(listeners["udp"].getsockname()[1]),
    }  # fmt: skip
    for attack in attacks:
        attack.write(handed, places)
    before, began, used = _digest(handed), time.perf_counter(), _cpu()
    patch = stack.enter_context(pytest.MonkeyPatch.context())
    patch.setenv("LABLIB_ATTACK_SECRET", "s3cret")
    patch.setenv("TMPDIR", str(scratch))
    mine = set(_children())
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    try:
        summary = grade_folder(
            handed, out=out, jobs=jobs, seed=SEED, sandbox=tier, root=base / "exercises"
        )
        wall, cpu = time.perf_counter() - began, _cpu() - used
        left = _left(mine)
    finally:
        ctypes.CDLL(None).prctl(SUBREAPER, 0, 0, 0, 0)
    return Ran(
        summary,
        json.loads((out / "results.json").read_text(encoding="utf-8")),
        (out / "grades.csv").read_text(encoding="utf-8"),
        [text for one in listeners.values() for text in _arrived(one)],
        {path.name: path.read_text() for path in planted.iterdir() if path.is_file()},
        [path.name for path in scratch.iterdir()],
        left,
        before,
        _digest(handed),
        wall,
        cpu,
        {attack.name: attack for attack in attacks},
    )


def _listeners(
    folder: Path, abstract: str, stack: contextlib.ExitStack
) -> dict[str, socket.socket]:
    kinds = {
        "tcp": (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
        "udp": (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
        "path": (socket.AF_UNIX, socket.SOCK_DGRAM, str(folder / "socket")),
        "abstract": (socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{abstract}"),
    }
    found = {}
    for name, (family, kind, address) in kinds.items():
        one = stack.enter_context(socket.socket(family, kind))
        one.bind(address)
        if name == "tcp":
            one.listen(64)
        one.setblocking(False)
        found[name] = one
    (folder / "socket").chmod(0o777)
    return found


def _arrived(listener: socket.socket) -> Iterator[str]:
    with contextlib.suppress(BlockingIOError):
        while True:
            if listener.type == socket.SOCK_STREAM:
                connection, _ = listener.accept()
                with connection:
                    connection.settimeout(1)
                    yield connection.recv(100).decode()
            else:
                yield listener.recv(100).decode()


def _children() -> list[int]:
    text = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text()
    return [int(word) for word in text.split()]


def _left(mine: set[int]) -> list[int]:
    """Processes that outlive the run; what the kernel is still taking down has two seconds."""
    end = time.monotonic() + 2
    while left := [pid for pid in _children() if pid not in mine]:
        for pid in left:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        if time.monotonic() > end:
            return left
        time.sleep(0.02)
    return []


def _digest(folder: Path) -> str:
    """Of all names, modes and small contents."""
    hashed = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        hashed.update(f"{path}{status.st_mode}{status.st_size}{status.st_mtime_ns}".encode())
        if path.is_file() and not path.is_symlink() and status.st_size < 2**20:
            hashed.update(path.read_bytes())
    return hashed.hexdigest()


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
