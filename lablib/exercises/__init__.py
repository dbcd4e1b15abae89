"""Exercises that check themselves: the learner's verbs and the contract of an exercise.

    from lablib.exercises import check, hint, solution, progress

An exercise is a folder `exercises/<topic>/<slug>/`:

1.  `exercise.md`: front matter (id, title, page, points, minutes, difficulty, objective, kind,
    limits, needs), the prompt with a `>>>` example, `## Hint 1..n`, `## Why it matters`.
2.  `solution.py`: top-level functions with `# BEGIN SOLUTION` / `# END SOLUTION` in their bodies;
    the template is made from it, with `return ...` in place of each block.
3.  `checks.py`: functions marked `@check(points=, public=, hint=)` that take `s` (calls the
    learner's functions), and if they want `rng` (seeded) and `reference` (calls the solution's).
4.  Checks run in the trusted process; calls carry plain data only (`wire`), in the notebook too.
    So arguments are fresh copies, and an answer has no methods that could deceive a comparison.
5.  Public checks run in the notebook and may quote values. Hidden ones run at grading, draw from
    the instructor's seed, compare with the reference, and say only their sentence.
6.  Points of public checks count only if a hidden check passes too.
7.  `mutants/*.py`: wrong answers headed `# rejected_by: CHECK` and `# says: PART OF ITS SENTENCE`;
    `accepts/*.py`: other right answers.
8.  Every small automatic change of the solution fails a check, or stands in `equivalent.txt` under
    a `# reason:`. An `argue` exercise has a `rubric.yml`, with which a person gives the points.
9.  `selftest.run` holds every exercise to all of this.
"""

from lablib.exercises.learner import check, hint, progress, solution

__all__ = ["check", "hint", "progress", "solution"]
