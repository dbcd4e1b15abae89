"""How many submissions a minute: this grader, otter-grader and nbgrader, on the same answers.

One tiny NumPy exercise with the same two checks for all, half of the answers right. A round runs
each grader once, in alternating order, from the command to the grades; every grade is compared
with what it must be. Ours starts a sandbox for each answer, the other two use none. A further
exercise needs torch, and is graded by forks of a process that has loaded it.

Wall times depend on what else the machine does; CPU seconds a submission hardly do. They are those
of all processes that were waited for, and for ours what a worker measures inside its sandbox.
Goals on two cores: 300 NumPy and 60 torch submissions a minute.

    python benchmarks/grading.py [result.json]
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from _grading_peers import MissingError, Nbgrader, Otter

from lablib.exercises import declare, sandbox, wire
from lablib.exercises.grading.grade import Session
from lablib.exercises.grading.openings import Openings

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, OURS, THEIRS = 3, 60, 6
GOALS = {"lablib, numpy": 300, "lablib, torch": 60}

RIGHT = "import {library}\n\ndef gap(score, label):\n    return {right}\n"
WRONG = "import {library}\n\ndef gap(score, label):\n    return 1 + {right}\n"
ANSWER = {
    "numpy": "float(numpy.mean(numpy.abs(numpy.asarray(score) - numpy.asarray(label))))",
    "torch": "float((torch.as_tensor(score) - torch.as_tensor(label)).double().abs().mean())",
}
EXERCISE = """---
id: bench/gap
title: Mean gap between scores and labels
page: bench/page
points: 3
minutes: 2
difficulty: 1
objective: Average a gap.
kind: implement
limits: {{seconds: 5, memory_mb: 1500}}
needs: [{needs}]
---
Write `gap(score, label)`, the mean absolute difference.

```
>>> gap([1, 0], [1, 0])
0.0
```

## Hint 1
Which difference?

## Hint 2
A mean of absolute values.

## Why it matters
It is small enough to measure what grading itself costs.
"""
SOLUTION = """import {library}


def gap(score, label):
    # BEGIN SOLUTION
    return {right}
    # END SOLUTION
"""
CHECKS = """from lablib.exercises.checks import check, close


@check(points=1, public=True, hint=1)
def perfect_is_zero(s):
    close(s.gap([1, 0, 1], [1, 0, 1]), 0, "perfect scores leave no gap")


@check(points=2)
def any_scores(s, rng, reference):
    for _ in range(5):
        score, label = rng.random(40), rng.integers(0, 2, 40)
        close(s.gap(score, label), reference.gap(score, label), "the gap is a mean over all")
"""
CHILD = """
import sys
from pathlib import Path
from lablib.exercises.grading import grade_folder
here, jobs = Path(sys.argv[1]), int(sys.argv[2])
grade_folder(here / "class", out=here / "out", root=here / "exercises", jobs=jobs, seed=1)
"""


class Ours:
    """`lablib grade`, with as many jobs as cores and the strongest sandbox there is."""

    def __init__(self, library: str) -> None:
        self.name, self.library = f"lablib, {library}", library

    def prepare(self, folder: Path, answers: Mapping[str, str]) -> None:
        """Write the exercise and the submissions."""
        place = folder / "exercises" / "bench" / "gap"
        place.mkdir(parents=True)
        needs = "numpy" if self.library == "numpy" else f"numpy, {self.library}"
        (place / "exercise.md").write_text(EXERCISE.format(needs=needs))
        text = SOLUTION.format(library=self.library, right=ANSWER[self.library])
        (place / "solution.py").write_text(text)
        (place / "checks.py").write_text(CHECKS)
        (folder / "class").mkdir()
        for name, text in answers.items():
            (folder / "class" / f"{name}.py").write_text(text)

    def run(self, folder: Path, jobs: int) -> None:
        """Grade all in a process of its own."""
        subprocess.run(
            [sys.executable, "-c", CHILD, str(folder), str(jobs)],
            check=True,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        )

    def inside(self, folder: Path, number: int, jobs: int) -> float:
        """CPU seconds that all workers use inside their sandboxes, where they end unseen."""
        exercise = declare.load("bench/gap", folder / "exercises")
        tier = sandbox.choose("auto")
        openings = Openings(tier, 0)
        with openings(exercise) as session:
            seconds = number * self._used(session)
        openings.close()
        if self.library != "numpy":  # one process a job loads the library, the workers are forks
            with sandbox.open_session(exercise, tier=tier) as session:
                seconds += jobs * self._used(session)
        return seconds

    def _used(self, session: Session) -> float:
        """CPU seconds of a worker that has answered as often as the checks ask."""
        answer = RIGHT.format(library=self.library, right=ANSWER[self.library])
        session.load([answer, "import time\n\ndef used():\n    return time.process_time()\n"])
        gap = {"name": "gap", "args": [[0.5] * 40, [1.0] * 40], "kwargs": {}}
        for _ in range(6):
            session.request(wire.dumps(gap))
        reply = wire.loads(session.request(wire.dumps({"name": "used", "args": [], "kwargs": {}})))
        return float(reply["value"])

    def read(self, folder: Path) -> dict[str, float]:
        """The share of the points of each."""
        found = json.loads((folder / "out" / "results.json").read_text())
        return {one["learner"]: one["score"] / one["possible"] for one in found["learners"]}


Grader = Ours | Otter | Nbgrader


def graders() -> list[Grader]:
    """All that can run here; says which cannot, and why."""
    found: list[Grader] = [Ours("numpy")]
    makers: list[Callable[[], Grader]] = [Otter, Nbgrader]
    if importlib.util.find_spec("torch"):
        makers.append(lambda: Ours("torch"))
    else:
        print("left out: lablib, torch: torch is not installed here")
    for make in makers:
        try:
            found.append(make())
        except MissingError as error:
            print(f"left out: {getattr(make, 'name', make)}: {error}")
    return found


def once(grader: Grader, number: int, jobs: int) -> dict[str, float]:
    """Grade a fresh class; submissions a minute and CPU seconds of each."""
    library = grader.library if isinstance(grader, Ours) else "numpy"
    kinds = [form.format(library=library, right=ANSWER[library]) for form in (RIGHT, WRONG)]
    names = [f"learner{index:03}" for index in range(number)]
    folder = Path(tempfile.mkdtemp(prefix="grading"))
    try:
        grader.prepare(
            folder, {name: f"{kinds[at % 2]}# of {name}\n" for at, name in enumerate(names)}
        )
        wall, cpu = time.perf_counter(), _children()
        grader.run(folder, jobs)
        wall, cpu = time.perf_counter() - wall, _children() - cpu
        if isinstance(grader, Ours):
            cpu += grader.inside(folder, number, jobs)
        got = grader.read(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if got != {name: 1.0 - at % 2 for at, name in enumerate(names)}:
        raise AssertionError(f"{grader.name} gives other grades than it must: {got}")
    return {"a_minute": 60 * number / wall, "cpu_seconds": cpu / number}


def _children() -> float:
    """CPU seconds of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(found: Sequence[Grader], jobs: int) -> dict[str, Any]:
    """All rounds; median, lowest and highest of each grader."""
    runs: dict[str, list[dict[str, float]]] = {grader.name: [] for grader in found}
    for number in range(ROUNDS):
        for grader in found[:: -1 if number % 2 else 1]:
            size = OURS if isinstance(grader, Ours) else THEIRS
            runs[grader.name].append(once(grader, size, jobs))
    return {
        name: {key: _spread([run[key] for run in ran]) for key in ran[0]}
        for name, ran in runs.items()
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "low": min(values), "high": max(values)}


def show(rows: Mapping[str, Any], versions: Mapping[str, str]) -> None:
    """Print the table and the ratios."""
    print(f"{'grader':15} {'a minute':>9} {'range':>15} {'CPU s each':>11} {'range':>15}  version")
    for name, row in rows.items():
        wall, cpu = row["a_minute"], row["cpu_seconds"]
        print(
            f"{name:15} {wall['median']:9.0f} {wall['low']:7.1f}-{wall['high']:<7.1f} "
            f"{cpu['median']:11.3f} {cpu['low']:7.3f}-{cpu['high']:<7.3f}  {versions[name]}"
        )
    ours = rows["lablib, numpy"]
    for name in (name for name in rows if not name.startswith("lablib")):
        faster = ours["a_minute"]["median"] / rows[name]["a_minute"]["median"]
        less = rows[name]["cpu_seconds"]["median"] / ours["cpu_seconds"]["median"]
        print(
            f"ours / {name}: {faster:.1f} times as many a minute, 1/{less:.1f} of its CPU time each"
        )
    for name, goal in GOALS.items():
        if name in rows:
            got = rows[name]["a_minute"]["median"]
            print(f"goal {name}: at least {goal} a minute; {'met' if got >= goal else 'NOT met'}")


def main() -> None:
    jobs = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
    tier = sandbox.choose("auto")
    found = graders()
    versions = {one.name: getattr(one, "version", f"sandbox {tier}") for one in found}
    load = os.getloadavg()[0]
    print(
        f"{ROUNDS} alternated rounds of {OURS} (lablib) or {THEIRS} (others) submissions, "
        f"{jobs} jobs, Python {platform.python_version()}; load of the machine before: {load:.1f}"
    )
    rows = measure(found, jobs)
    show(rows, versions)
    if len(sys.argv) > 1:
        result = {
            "goals": GOALS, "rounds": ROUNDS, "submissions": {"lablib": OURS, "others": THEIRS},
            "jobs": jobs, "sandbox": tier, "versions": versions, "load_before": load,
            "python": platform.python_version(), "graders": rows,
        }  # fmt: skip
        Path(sys.argv[1]).write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
