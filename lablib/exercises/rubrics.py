"""Rubrics: how a person gives points to an answer that no program can judge.

An exercise of the kind `argue` has a `rubric.yml` beside its checks. The checks look at form and
give the few points that `exercise.md` names; those of the rubric are given by hand and stand apart.

One file::

    points: 10
    levels: {0: missing or wrong, 1: named but vague, 2: right and clear}
    criteria:
      - {name: Reasons, full: what two points stand for, none: what no point stands for}
"""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from lablib.exercises.declare import Exercise, ExerciseError

FILE = "rubric.yml"


@dataclass(frozen=True)
class Criterion:
    """One row of a rubric: what full points and what none stand for."""

    name: str
    full: str
    none: str


@dataclass(frozen=True)
class Rubric:
    """How a person gives `points` to a written answer; each criterion earns one of `levels`."""

    points: int
    levels: dict[int, str]
    criteria: tuple[Criterion, ...]


def load(exercise: Exercise) -> Rubric | None:
    """The rubric of an exercise of the kind `argue`; None for the others, whose checks decide.

    Raises
    ------
    ExerciseError
        If it is missing or its points do not add up.
    """
    where, path = f"{exercise.id}/{FILE}", exercise.folder / FILE
    if not path.is_file():
        if exercise.kind == "argue":
            raise ExerciseError(f"{where} is missing; an answer that is argued needs a rubric")
        return None
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        criteria = tuple(Criterion(**item) for item in raw["criteria"])
        found = Rubric(int(raw["points"]), dict(raw["levels"]), criteria)
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        fix = "write points, levels {0: ..., 2: ...} and criteria, each with name, full, none"
        raise ExerciseError(f"{where}: {type(error).__name__}: {error}; {fix}") from None
    most = len(criteria) * max(found.levels, default=0)
    if found.points != most:
        raise ExerciseError(f"{where}: points is {found.points}, the criteria add up to {most}")
    return found


def table(found: Rubric) -> str:
    """The rubric in Markdown, with a column to fill in."""
    levels = "; ".join(f"{level}: {text}" for level, text in found.levels.items())
    most, least = max(found.levels), min(found.levels)
    rows = [f"| criterion | {most} points | {least} points | given |", "|---|---|---|---|"]
    rows += [f"| {item.name} | {item.full} | {item.none} | |" for item in found.criteria]
    head = f"A person gives up to {found.points} points; no check does. Levels: {levels}."
    return head + "\n\n" + "\n".join(rows)
