"""Grades as files: `results.json` (schema 1, read by everything else) and `grades.csv`.

Files are replaced atomically. Cells that a spreadsheet would take for a formula get an
apostrophe in front; learners choose the names of files, not what they do.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lablib.exercises.declare import Exercise
from lablib.exercises.grading.grade import Graded, possible

SCHEMA = 1
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
Row = dict[str, Any]


def row(graded: Graded) -> Row:
    """The entry of one learner's exercise; hidden checks keep their sentence and lose detail."""
    unlocked = any(result.passed and not result.public for result in graded.results)
    return {
        "id": graded.exercise,
        "state": "problem" if graded.problem else graded.state,
        "score": graded.score,
        "possible": graded.possible,
        "seconds": round(graded.seconds, 3),
        "notes": list(graded.notes),
        "checks": [
            {
                "name": result.name,
                "public": result.public,
                "points": float(result.points),
                "earned": float(result.points)
                if result.passed and (unlocked or not result.public)
                else 0.0,
                "state": result.state,
                "sentence": result.sentence,
                "detail": result.detail if result.public else "",
                "hint": result.hint,
            }
            for result in graded.results
        ],
    }


def empty_row(exercise: Exercise, *, problem: str = "") -> Row:
    """The entry of an exercise without a graded answer: not handed in, or a problem.

    Parameters
    ----------
    exercise : Exercise
    problem : str
        Why it could not be graded.
    """
    state = "problem" if problem else "not started"
    sentence = problem or "nothing was handed in for this exercise"
    return {
        "id": exercise.id,
        "state": state,
        "score": 0.0,
        "possible": possible(exercise),
        "seconds": 0.0,
        "notes": [],
        "checks": [
            {
                "name": check.name,
                "public": check.public,
                "points": float(check.points),
                "earned": 0.0,
                "state": state,
                "sentence": sentence,
                "detail": "",
                "hint": None,
            }
            for check in exercise.checks
        ],
    }


def learner(name: str, files: Sequence[str], problem: str, rows: Sequence[Row]) -> Row:
    """The entry of one learner.

    Parameters
    ----------
    name : str
    files : sequence of str
        All paths handed in.
    problem : str
        One sentence, or empty.
    rows : sequence of dict
        One an exercise, in the order of the course.
    """
    return {
        "learner": name,
        "files": list(files),
        "problem": problem,
        "exercises": list(rows),
        "score": float(sum(row["score"] for row in rows)),
        "possible": float(sum(row["possible"] for row in rows)),
    }


def document(
    learners: Sequence[Row],
    exercises: Mapping[str, Exercise],
    *,
    seed: int,
    sandbox: str,
    code: str,
) -> Row:
    """The whole of `results.json`.

    Parameters
    ----------
    learners : sequence of dict
        From `learner`.
    exercises : mapping
        Those graded, by id.
    seed : int
    sandbox : str
        The tier the learners' code ran in.
    code : str
        Fingerprint of the grading code.
    """
    return {
        "schema": SCHEMA,
        "course": "lablib",
        "seed": seed,
        "sandbox": sandbox,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "code": code,
        "exercises": {
            name: {
                "title": exercise.title,
                "possible": possible(exercise),
                "checks": [
                    {"name": check.name, "public": check.public, "points": float(check.points)}
                    for check in exercise.checks
                ],
            }
            for name, exercise in exercises.items()
        },
        "learners": list(learners),
    }


def grades_csv(results: Mapping[str, Any]) -> str:
    """One line a learner: total, points of each exercise, and a problem if there is one."""
    ids = list(results["exercises"])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["learner", "score", "possible", *map(safe_cell, ids), "problem"])
    for one in results["learners"]:
        scores = {row["id"]: row["score"] for row in one["exercises"]}
        writer.writerow(
            [
                safe_cell(one["learner"]),
                one["score"],
                one["possible"],
                *(scores[name] for name in ids),
                safe_cell(one["problem"]),
            ]
        )
    return out.getvalue()


def safe_cell(text: str) -> str:
    r"""Text on one line that no spreadsheet takes for a formula.

    >>> safe_cell('=HYPERLINK("x")'), safe_cell("ada")
    ('\'=HYPERLINK("x")', 'ada')
    """
    line = "".join(letter if letter.isprintable() else " " for letter in text)
    return f"'{line}" if line.lstrip().startswith(FORMULA) else line


def write(path: Path, text: str) -> None:
    """Replace a file in one step: readers see the old one or the new one, also after a kill."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(text.encode("utf-8", "backslashreplace"))
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, 0o644)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
