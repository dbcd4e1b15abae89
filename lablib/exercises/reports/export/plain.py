"""Grades as a plain table: one line a learner, one column an exercise."""

from __future__ import annotations

from lablib.exercises.reports import cells
from lablib.exercises.reports.model import Results


def text(results: Results) -> str:
    """CSV with learner, points, possible points, one column an exercise, and a problem if any.

    An exercise that was not handed in is an empty cell, so that it differs from 0 points.
    """
    ids = [exercise.id for exercise in results.exercises]
    rows: list[list[cells.Value]] = []
    for learner in results.learners:
        scores: list[cells.Value] = []
        for name in ids:
            row = learner.exercise(name)
            scores.append(row.score if row is not None and row.handed_in else None)
        rows.append([learner.learner, learner.score, results.possible, *scores, learner.problem])
    return cells.dumps(["learner", "score", "possible", *ids, "problem"], rows)
