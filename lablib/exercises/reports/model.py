"""Read `results.json` (schema 1) into frozen objects, or say which field is wrong.

The grader writes the file; statistics, report, feedback and exports read it through here, so a
file that was edited or cut short is found at once and by name. Unknown extra fields are ignored.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

SCHEMA = 1
STATES = ("passed", "not yet", "error", "not started", "broken check", "problem")
T = TypeVar("T")


class ResultsError(ValueError):
    """The results file cannot be read; names the field, what it holds and what it should hold."""


@dataclass(frozen=True)
class CheckInfo:
    """A declared check: `name`, whether it is `public`, and the `points` it is worth."""

    name: str
    public: bool
    points: float


@dataclass(frozen=True)
class ExerciseInfo:
    """A graded exercise: `possible` is the sum of its checks' points."""

    id: str
    title: str
    possible: float
    checks: tuple[CheckInfo, ...]


@dataclass(frozen=True)
class CheckRow:
    """How one check came out for one learner; `hint` is the number of the hint to point to."""

    name: str
    public: bool
    points: float
    earned: float
    state: str
    sentence: str
    detail: str = ""
    hint: int | None = None

    @property
    def passed(self) -> bool:
        """Whether the check held."""
        return self.state == "passed"


@dataclass(frozen=True)
class ExerciseRow:
    """One learner's exercise; `seconds` is the wall time of grading it, `notes` are for them."""

    id: str
    state: str
    score: float
    possible: float
    seconds: float
    checks: tuple[CheckRow, ...]
    notes: tuple[str, ...] = ()

    @property
    def handed_in(self) -> bool:
        """Whether there was code to grade: neither the untouched template nor an unread file."""
        return self.state not in ("not started", "problem")


@dataclass(frozen=True)
class LearnerRow:
    """One learner; `problem` is one sentence if the submission could not be read, else empty."""

    learner: str
    files: tuple[str, ...]
    problem: str
    exercises: tuple[ExerciseRow, ...]
    score: float
    possible: float

    def exercise(self, exercise_id: str) -> ExerciseRow | None:
        """The learner's row of an exercise, None if it was not graded for them."""
        return next((row for row in self.exercises if row.id == exercise_id), None)


@dataclass(frozen=True)
class Results:
    """A graded class; `seed` drew the hidden inputs, `sandbox` names the tier that was used."""

    course: str
    seed: int
    sandbox: str
    created: str
    code: str
    exercises: tuple[ExerciseInfo, ...]
    learners: tuple[LearnerRow, ...]

    @property
    def possible(self) -> float:
        """Points of all exercises together."""
        return math.fsum(exercise.possible for exercise in self.exercises)

    def learner(self, name: str) -> LearnerRow:
        """The row of one learner; ResultsError if there is none of that name."""
        for row in self.learners:
            if row.learner == name:
                return row
        raise ResultsError(f"learner {name!r} is not in the results; use an id from grades.csv")


def load(path: str | Path) -> Results:
    """Read a results file.

    Raises
    ------
    ResultsError
        If it is missing, is not JSON, or does not follow the schema.
    """
    try:
        raw = json.loads(Path(path).read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ResultsError(f"there is no file {path}; write it with `lablib grade DIR`") from None
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{path} is not JSON ({error}); grade the folder again") from None
    return parse(raw)


def parse(raw: Any) -> Results:
    """Check a results dict against the schema and freeze it.

    >>> parse({"schema": 2})
    Traceback (most recent call last):
    ...
    lablib.exercises.reports.model.ResultsError: results.schema is 2; this version reads 1...
    """
    top = _dict(raw, "results")
    if top.get("schema") != SCHEMA:
        raise ResultsError(
            f"results.schema is {top.get('schema')!r}; this version reads {SCHEMA}, grade again"
        )
    infos = [_info(key, value) for key, value in _dict(top.get("exercises"), "exercises").items()]
    learners = tuple(
        _learner(value, f"learners[{place}]")
        for place, value in enumerate(_list(top.get("learners"), "learners"))
    )
    twice = {row.learner for row in learners if sum(o.learner == row.learner for o in learners) > 1}
    if twice:
        raise ResultsError(f"learners {sorted(twice)} occur twice; one row a learner is graded")
    seed = _get(top, "seed", int, "results")
    words = {key: _get(top, key, str, "results") for key in ("course", "sandbox", "created")}
    code = str(top.get("code", ""))
    return Results(**words, seed=seed, code=code, exercises=tuple(infos), learners=learners)


def _info(key: str, raw: Any) -> ExerciseInfo:
    where = f"exercises[{key!r}]"
    row = _dict(raw, where)
    checks = tuple(
        CheckInfo(
            _get(item, "name", str, where),
            _get(item, "public", bool, where),
            _number(item, "points", where),
        )
        for item in (_dict(each, where) for each in _list(row.get("checks"), f"{where}.checks"))
    )
    return ExerciseInfo(key, str(row.get("title", key)), _number(row, "possible", where), checks)


def _learner(raw: Any, where: str) -> LearnerRow:
    row = _dict(raw, where)
    exercises = tuple(
        _exercise(item, f"{where}.exercises[{place}]")
        for place, item in enumerate(_list(row.get("exercises"), f"{where}.exercises"))
    )
    return LearnerRow(
        _get(row, "learner", str, where),
        tuple(str(name) for name in _list(row.get("files", []), f"{where}.files")),
        str(row.get("problem") or ""),
        exercises,
        _number(row, "score", where),
        _number(row, "possible", where),
    )


def _exercise(raw: Any, where: str) -> ExerciseRow:
    row = _dict(raw, where)
    checks = tuple(
        _check(item, f"{where}.checks[{place}]")
        for place, item in enumerate(_list(row.get("checks", []), f"{where}.checks"))
    )
    return ExerciseRow(
        _get(row, "id", str, where),
        _state(row, where),
        _number(row, "score", where),
        _number(row, "possible", where),
        _number({"seconds": 0.0, **row}, "seconds", where),
        checks,
        tuple(str(note) for note in _list(row.get("notes", []), f"{where}.notes")),
    )


def _check(raw: Any, where: str) -> CheckRow:
    row = _dict(raw, where)
    hint = row.get("hint")
    return CheckRow(
        _get(row, "name", str, where),
        _get(row, "public", bool, where),
        _number(row, "points", where),
        _number(row, "earned", where),
        _state(row, where),
        str(row.get("sentence") or ""),
        str(row.get("detail") or ""),
        hint if type(hint) is int else None,
    )


def _state(row: Mapping[str, Any], where: str) -> str:
    state = _get(row, "state", str, where)
    if state not in STATES:
        raise ResultsError(f"{where}.state is {state!r}; it must be one of {STATES}")
    return state


def _dict(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ResultsError(f"{where} is {type(value).__name__}; it must be an object")
    return value


def _list(value: Any, where: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise ResultsError(f"{where} is {type(value).__name__}; it must be a list")
    return value


def _get(row: Mapping[str, Any], key: str, kind: type[T], where: str) -> T:
    value = row.get(key)
    if type(value) is not kind:
        raise ResultsError(f"{where}.{key} is {value!r}; it must be a {kind.__name__}")
    return value


def _number(row: Mapping[str, Any], key: str, where: str) -> float:
    value: Any = row.get(key)
    fits = isinstance(value, int | float) and not isinstance(value, bool)
    if not fits or not math.isfinite(value) or value < 0:
        raise ResultsError(f"{where}.{key} is {value!r}; it must be a number from 0 up")
    return float(value)
