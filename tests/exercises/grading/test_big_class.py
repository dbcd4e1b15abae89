"""A whole class with hostile answers in it, killed half-way and resumed, in real sandboxes.

The class has 60 submissions. `LABLIB_BIG_CLASS=500` makes it 500, which takes some minutes.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

import lablib
from lablib.exercises import declare, sandbox, template
from lablib.exercises.grading import grade_folder, grade_one, journal, results, submissions
from lablib.exercises.grading.openings import Openings
from tests.exercises.grading.test_run import read

SIZE = int(os.environ.get("LABLIB_BIG_CLASS", "60"))
NAME, SEED = "explainability/surrogate-fidelity", 3
LIMITS = "limits: {seconds: 1, memory_mb: 500}"  # so that endless answers end soon
HEADER = re.compile(r"^# (rejected_by|says): (.+)$", flags=re.MULTILINE)
CHILD = """
import sys
from pathlib import Path
from lablib.exercises.grading import grade_folder
folder, out, root, seed = sys.argv[1:]
grade_folder(Path(folder), out=Path(out), root=Path(root), jobs=2, seed=int(seed))
"""
WARNS = "import sys, warnings\nwarnings.warn('careful')\nprint('noise', file=sys.stderr)\n"
HOSTILE: tuple[str | bytes, ...] = (  # text: before or after a right answer
    "while True:\n    pass\n",
    "import os\nos._exit(0)\n",
    "import os\nfor _ in range(300):\n    os.fork()\n",
    "for _ in range(200):\n    print('x' * 100_000)\n",
    b'{"cells": [{"cell_type": "co',
    "AFTER\ndef fidelity(*_):\n    while True: pass\n",
    "import sys\nsys.exit(1)\n",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "AFTER\nimport os\ndef fidelity(*_):\n    os._exit(0)\n",
    "import os\nos.kill(-1, 9)\n",
    "AFTER\nfidelity = fidelity_interval = lambda *_: 'x' * 40_000_000\n",
    b'{"cells": ' + b"[" * 200_000,
    "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()\n",
    b"",
    "import threading\nwhile True:\n    threading.Thread(target=input).start()\n",
)
FLOOD = HOSTILE[3]  # what answers print is dropped, so this one is right


@dataclass(frozen=True)
class Expected:
    """What an honest answer must get, known without grading it."""

    kind: str
    rejected_by: str = ""
    says: str = ""

    def holds(self, row: dict[str, Any]) -> bool:
        """Whether a row of results says so."""
        if self.kind == "right":
            return bool(row["state"] == "passed" and row["score"] == row["possible"] == 10)
        if self.kind == "wrong":
            check = next(one for one in row["checks"] if one["name"] == self.rejected_by)
            return not check["earned"] and self.says in check["sentence"] and row["score"] < 10
        return bool(row["state"] == self.kind and row["score"] == 0)


def honest(exercise: declare.Exercise) -> list[tuple[str, Expected]]:
    """Every kind of honest answer once."""
    solution = exercise.solution
    answers = [(solution, Expected("right")), (WARNS + solution, Expected("right"))]
    answers += [(text, Expected("right")) for text in exercise.sources("accepts").values()]
    for text in exercise.sources("mutants").values():
        answers.append((text, Expected("wrong", **dict(HEADER.findall(text)))))
    answers.append((template.text(exercise), Expected("not started")))
    answers.append((solution.replace("return ", "return (", 1), Expected("error")))
    return answers


@dataclass(frozen=True)
class Room:
    """A folder of submissions, and what it was made of."""

    folder: Path
    root: Path
    expected: dict[str, Expected]  # of the honest
    same: dict[str, str]  # an honest learner -> the first who handed in the same file
    unreadable: frozenset[str]
    hostile: dict[str, float]  # their scores


def hand_in(folder: Path, name: str, text: str, *, as_notebook: bool) -> None:
    if not as_notebook:
        (folder / f"{name}.py").write_text(text)
        return
    cell = {"cell_type": "code", "source": text, "metadata": {"tags": ["exercise"]}}
    (folder / name).mkdir()
    (folder / name / "page.ipynb").write_text(
        json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}})
    )


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A class of SIZE, every tenth hostile, in an order drawn once."""
    root, folder = tmp_path / "exercises", tmp_path / "class"
    shutil.copytree(declare.root() / NAME, root / NAME)
    path = root / NAME / "exercise.md"
    path.write_text(re.sub(r"^limits: .*$", LIMITS, path.read_text(), flags=re.MULTILINE))
    folder.mkdir()
    answers = [(*one, form) for form in (False, True) for one in honest(declare.load(NAME, root))]
    random.Random(1).shuffle(answers)
    solution = declare.load(NAME, root).solution
    hostile: dict[str, float] = {}
    unreadable = set()
    expected: dict[str, Expected] = {}
    first: dict[tuple[str, bool], str] = {}
    same: dict[str, str] = {}
    attacks: Iterator[str | bytes] = cycle(HOSTILE)
    honest_ones = cycle(answers)
    for index in range(SIZE):
        name = f"learner{index:03}"
        if index % 10 == 7:
            attack = next(attacks)
            hostile[name] = 0.0
            if isinstance(attack, bytes):
                unreadable.add(name)
                (folder / f"{name}.ipynb").write_bytes(attack)
            else:
                _, _, after = attack.rpartition("AFTER\n")
                hostile[name] = 10.0 if attack == FLOOD else 0.0
                parts = (solution, after) if "AFTER" in attack else (after, solution)
                (folder / f"{name}.py").write_text("\n".join(parts))
            continue
        text, expected[name], as_notebook = next(honest_ones)
        same[name] = first.setdefault((text, as_notebook), name)
        hand_in(folder, name, text, as_notebook=as_notebook)
    return Room(folder, root, expected, same, frozenset(unreadable), hostile)


@pytest.fixture(scope="module")
def tier() -> str:
    try:
        return sandbox.choose("auto")
    except sandbox.SandboxError as error:
        pytest.skip(f"no sandbox here: {error.reason.splitlines()[0]}")


def kill_half_way(room: Room, out: Path) -> int:
    """Start a run, kill it when half of the answers are graded; how many grades it left."""
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(room.folder), str(out), str(room.root), str(SEED)],
        env={**os.environ, "PYTHONPATH": str(Path(lablib.__file__).parents[1])},
    )
    try:
        path = out / journal.NAME
        wait(
            lambda: path.exists() and path.read_bytes().count(b"\n") > SIZE // 2,
            lambda: process.poll() is None,
            seconds=2 * SIZE + 60,
        )
        below = children(process.pid)
        assert below
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not (out / "results.json").exists()
    wait(lambda: not any(map(lives, below)), lambda: True, seconds=60)  # nothing outlives it
    return path.read_bytes().count(b"\n") - 1  # the first line is the seed


def wait(until: Callable[[], bool], during: Callable[[], bool], *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert during()
        assert time.monotonic() < end
        time.sleep(0.01)


def children(pid: int) -> set[int]:
    """Processes that a process has started, and those that they have."""
    found: set[int] = set()
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            found |= {child} | children(child)
    return found


def lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def rows(out: Path) -> dict[str, dict[str, Any]]:
    return {one["learner"]: one for one in read(out)["learners"]}


def alone(room: Room, name: str, openings: Openings) -> dict[str, Any]:
    """The row of a learner's file, graded by itself in this process."""
    exercise = declare.load(NAME, room.root)
    folder = room.root.parent / "alone" / name
    folder.mkdir(parents=True)
    for path in room.folder.glob(f"{name}*"):
        copied(path, folder)
    (learner,) = submissions.find(folder, {NAME: exercise}, wanted=[NAME]).learners
    attempt = learner.latest(NAME)
    assert attempt is not None
    cells = attempt.cells(exercise)
    graded = grade_one(name, cells, exercise, seed=SEED, open_session=openings)
    row = json.loads(json.dumps(results.row(graded)))
    del row["seconds"]
    return dict(row)


def test_a_class_with_hostile_answers_killed_half_way(
    tmp_path: Path, room: Room, tier: str
) -> None:
    out = tmp_path / "out"
    kept = kill_half_way(room, out)
    assert kept >= SIZE // 2
    began = time.perf_counter()
    summary = grade_folder(room.folder, out=out, root=room.root, jobs=2, seed=SEED)
    print(f"\nkept {kept} of {SIZE}; resumed in {time.perf_counter() - began:.0f} s\n{summary}")
    assert (summary.sandbox, summary.learners, summary.reused) == (tier, SIZE, kept)
    assert summary.graded == SIZE - kept - len(room.unreadable)
    found = rows(out)

    assert len(found) == SIZE
    assert found.keys() == room.expected.keys() | room.hostile.keys()
    assert {name for name, one in found.items() if one["problem"]} == room.unreadable
    assert {name: found[name]["score"] for name in room.hostile} == room.hostile
    got = {name: found[name]["exercises"][0] for name in room.expected}
    assert not [(got[name], one) for name, one in room.expected.items() if not one.holds(got[name])]
    assert {one.kind for one in room.expected.values()} == {
        "right",
        "wrong",
        "not started",
        "error",
    }
    for name, one in room.expected.items():  # what is expected of one kind fits no other
        other = next(row for of, row in got.items() if room.expected[of].kind != one.kind)
        assert not one.holds(other), name

    openings = Openings(tier, 0)
    by_itself = {name: alone(room, name, openings) for name in sorted({*room.same.values()})}
    openings.close()
    for name, first in room.same.items():
        assert got[name] == by_itself[first], name

    few = tmp_path / "few"
    few.mkdir()
    drawn = random.Random(2).sample(sorted(found), 12)
    for name in drawn:
        for path in room.folder.glob(f"{name}*"):
            copied(path, few)
    grade_folder(few, out=tmp_path / "whole", root=room.root, jobs=2, seed=SEED)
    assert rows(tmp_path / "whole") == {name: found[name] for name in drawn}


def copied(path: Path, folder: Path) -> None:
    """Copy a learner's file or folder."""
    if path.is_dir():
        shutil.copytree(path, folder / path.name)
    else:
        shutil.copy(path, folder)
