"""Grade a folder or a zip of a class; after a kill, go on where it stopped.

The same submissions, checks and seed give the same results apart from times, whatever the number
of jobs and the order of files. Those that ran out of time are graded once more on a machine that
is at most half busy with them, so that other answers decide nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from lablib.exercises.declare import Exercise
from lablib.exercises.grading import crew, overlay, results, submissions
from lablib.exercises.grading.journal import Journal
from lablib.exercises.grading.submissions import Class, Submission

OPENER = "lablib.exercises.grading.openings:Openings"
PATIENCE = 120.0
SHOWN = 20
Key = tuple[str, str]


@dataclass(frozen=True)
class Summary:
    """What a run did. `problems` are sentences about rows that could not be graded."""

    results: Path
    seed: int
    sandbox: str
    learners: int
    handed_in: dict[str, int]
    graded: int
    reused: int
    problems: tuple[str, ...]
    ignored: tuple[str, ...]
    seconds: float

    def __str__(self) -> str:
        minute = f", {60 * self.graded / self.seconds:.0f} a minute" if self.graded else ""
        lines = [
            f"{self.learners} learners, {self.graded} answers graded{minute}, "
            f"{self.reused} from an earlier run",
            f"seed {self.seed}, sandbox {self.sandbox}",
        ]
        for name, number in self.handed_in.items():
            lines.append(f"{name}: {number} of {self.learners} handed in")
        if self.ignored:
            lines.append(f"not read, neither notebook nor .py: {', '.join(self.ignored)}")
        lines += [f"problem: {text}" for text in self.problems[:SHOWN]]
        if len(self.problems) > SHOWN:
            lines.append(f"and {len(self.problems) - SHOWN} more problems, in grades.csv")
        return "\n".join([*lines, f"results in {self.results}"])


def grade_folder(
    folder: Path,
    *,
    out: Path,
    jobs: int = 1,
    seed: int | None = None,
    private: Path | None = None,
    sandbox: str = "auto",
    exercises: Sequence[str] | None = None,
    progress: bool = False,
    root: Path | None = None,
    opener: str = OPENER,
) -> Summary:
    """Grade everything that was handed in.

    Parameters
    ----------
    folder : Path
        A folder or a .zip; `submissions` describes the layouts.
    out : Path
        Gets `results.json`, `grades.csv` and the journal of the run.
    jobs : int
        Processes side by side.
    seed : int, optional
        Of the hidden checks' draws; without it that of the run before in `out`, else a new one.
    private : Path, optional
        Folder of private checks.
    sandbox : str
        `auto`, `bwrap`, `landlock` or `none`.
    exercises : sequence of str, optional
        The assignment: ids or topics. Without it: all that anybody handed in an answer to.
    progress : bool
        Show a bar on stderr.
    root : Path, optional
        The folder of exercises.
    opener : str
        `module:class` that opens the sessions, for tests.
    """
    if jobs < 1:
        raise ValueError(f"jobs is {jobs}; give at least 1")
    began = time.perf_counter()
    course = overlay.course(exercises, folder=root, private=private)
    tier = _tier(sandbox, opener)
    with Journal(out) as journal:
        seed = seed if seed is not None else journal.seed
        seed = secrets.randbits(62) if seed is None else seed
        journal.keep_seed(seed)
        handed = submissions.find(
            folder, course, wanted=None if exercises is None else [*course], leave_out=out
        )
        course = {name: course[name] for name in handed.exercise_ids}
        code = overlay.engine()
        latest = _latest(handed, course)
        prints = {name: overlay.fingerprint(one, private) for name, one in course.items()}
        keys = {key: _key(key, course, one, [prints[key[1]], str(seed), tier, code])
                for key, one in latest.items()}  # fmt: skip
        rows = {key: row for key in keys if (row := journal.get(keys[key])) is not None}
        todo = [_task(key, one, course[key[1]])
                for key, one in sorted(latest.items(), key=lambda item: item[0][::-1])
                if not one.problem and key not in rows]  # fmt: skip
        reused = len(rows)
        setting = {"seed": seed, "sandbox": tier, "opener": opener,
                   "folder": str(root) if root else None,
                   "private": str(private) if private else None}  # fmt: skip
        lost = _grade(todo, setting, jobs, journal, keys, rows, progress)
        found = results.document(
            [_learner(one, course, latest, rows, lost) for one in handed.learners],
            course,
            seed=seed,
            sandbox=tier,
            code=code,
        )
        results.write(out / "results.json", json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        results.write(out / "grades.csv", results.grades_csv(found))
    return _summary(found, out, handed, len(todo), reused, time.perf_counter() - began)


def _grade(
    todo: Sequence[crew.Task],
    setting: Mapping[str, Any],
    jobs: int,
    journal: Journal,
    keys: Mapping[Key, str],
    rows: dict[Key, results.Row],
    progress: bool,
) -> dict[Key, str]:
    """Grade and store; returns what the grader itself failed at, which a later run tries again."""
    lost: dict[Key, str] = {}
    slow: list[crew.Task] = []
    with tqdm(
        total=len(todo), unit="answer", disable=not (progress and todo), desc="grading"
    ) as bar:
        calm = min(jobs, max(1, (os.cpu_count() or 1) // 2))
        for again in (False, True):
            tasks = slow if again else todo
            for task, answer in crew.run(tasks, setting, jobs=calm if again else jobs):
                key = (task.learner, task.exercise)
                if answer.get("slow") and jobs > 1 and not again:
                    slow.append(task)
                    continue
                if "row" in answer:
                    rows[key] = answer["row"]
                    journal.add(keys[key], answer["row"])
                else:
                    lost[key] = str(answer["problem"])
                bar.update()
    return lost


def _latest(handed: Class, course: Mapping[str, Exercise]) -> dict[Key, Submission]:
    return {
        (one.name, name): attempt
        for one in handed.learners
        for name in course
        if (attempt := one.latest(name)) is not None
    }


def _key(key: Key, course: Mapping[str, Exercise], one: Submission, more: Sequence[str]) -> str:
    cells = [(cell.place, cell.text) for cell in one.cells(course[key[1]])]
    return hashlib.sha256(json.dumps([key, cells, *more]).encode()).hexdigest()


def _task(key: Key, one: Submission, exercise: Exercise) -> crew.Task:
    cells = tuple((cell.place, cell.text) for cell in one.cells(exercise))
    return crew.Task(*key, cells, PATIENCE + 30 * exercise.limits.seconds)


def _learner(
    one: submissions.Learner,
    course: Mapping[str, Exercise],
    latest: Mapping[Key, Submission],
    rows: Mapping[Key, results.Row],
    lost: Mapping[Key, str],
) -> results.Row:
    problem, listed = one.problem, []
    for name, exercise in course.items():
        key = (one.name, name)
        if key in rows:
            row = dict(rows[key])
            tries = sum(name in file.exercise_ids for file in one.files)
            if tries > 1:
                said = f"{tries} files answer this exercise; the latest counts: {latest[key].path}"
                row["notes"] = [said, *row["notes"]]
        else:
            unread = latest[key].problem if key in latest else ""
            row = results.empty_row(exercise, problem=unread or lost.get(key, ""))
            problem = problem or unread or lost.get(key, "")
        listed.append(row)
    return results.learner(one.name, [file.path for file in one.files], problem, listed)


def _summary(
    found: results.Row, out: Path, handed: Class, graded: int, reused: int, seconds: float
) -> Summary:
    problems = [
        f"{one['learner']}: {one['problem']}" for one in found["learners"] if one["problem"]
    ]
    for one in found["learners"]:
        for row in one["exercises"]:
            broken = [check["name"] for check in row["checks"] if check["state"] == "broken check"]
            if broken:
                problems.append(f"{one['learner']}: {row['id']}: broken checks {', '.join(broken)}")
    count = {
        name: sum(one.latest(name) is not None for one in handed.learners)
        for name in found["exercises"]
    }
    return Summary(
        out, found["seed"], found["sandbox"], len(handed.learners), count, graded, reused,
        tuple(problems), handed.ignored, seconds,
    )  # fmt: skip


def _tier(sandbox: str, opener: str) -> str:
    """The tier that works here; SandboxError with the fix if none does."""
    if opener != OPENER:
        return sandbox
    from lablib.exercises import sandbox as tiers

    return str(tiers.choose(sandbox))
