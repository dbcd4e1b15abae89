"""Grades in the columns of nbgrader's own export, for scripts that read its `grades.csv`.

One row for each assignment (our exercise) and learner, as `nbgrader export` writes them; nothing
handed in is 0.0. Unlike nbgrader's, fields are quoted where needed and no cell is a formula. There
is no late penalty and no submission time here, so those columns are 0.0 and empty.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from lablib.exercises.reports import cells
from lablib.exercises.reports.model import Results

SOURCE = "nbgrader 0.9, nbgrader/plugins/export.py, CsvExportPlugin.export"
COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip
NUMBERS = ("raw_score", "late_submission_penalty", "score", "max_score")
Person = Mapping[str, str]


def text(results: Results, roster: Mapping[str, Person] | None = None) -> str:
    """The CSV text; `roster` maps a learner to `last_name`, `first_name` and `email`."""
    people = roster or {}
    rows: list[list[cells.Value]] = []
    for exercise in results.exercises:
        for learner in results.learners:
            row = learner.exercise(exercise.id)
            score = row.score if row is not None else 0.0
            person = people.get(learner.learner, {})
            names = [person.get(key, "") for key in ("last_name", "first_name", "email")]
            rows.append([
                exercise.id, "", "", learner.learner, *names, score, 0.0, score, exercise.possible,
            ])  # fmt: skip
    return cells.dumps(COLUMNS, rows)


def read_roster(path: Path) -> dict[str, Person]:
    """Read the CSV that `nbgrader db student import` takes: a column `id`, and any of the names."""
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    if "id" not in (reader.fieldnames or ()):
        raise ValueError(f"{path} has no column `id`; write id,first_name,last_name,email")
    return {
        row["id"]: {key: value or "" for key, value in row.items() if isinstance(key, str)}
        for row in reader
    }


def problems(document: str) -> list[str]:
    """Where a CSV text departs from the columns and kinds that nbgrader writes."""
    header, *rows = list(csv.reader(io.StringIO(document, newline="")))
    if tuple(header) != COLUMNS:
        return [f"the header is {header}"]
    found = []
    for number, row in enumerate(rows, start=2):
        if len(row) != len(COLUMNS):
            found.append(f"line {number} has {len(row)} cells")
            continue
        values = dict(zip(COLUMNS, row, strict=True))
        try:
            raw, penalty, score, most = (float(values[name]) for name in NUMBERS)
        except ValueError:
            found.append(f"line {number}: a score is not a number")
            continue
        if abs(max(0.0, raw - penalty) - score) > 1e-6 or not 0 <= score <= most:
            found.append(f"line {number}: score {score} does not follow from raw, penalty, maximum")
        if not values["assignment"] or not values["student_id"]:
            found.append(f"line {number}: assignment or student_id is empty")
    return found
