"""Results for Classroom 50, one `result.json` a submission (`classroom50/result/v1`).

Scores there are whole numbers, so fractional points are multiplied by the smallest factor that
makes all of them whole. Without a repository at hand, the four links hold a `submit/manual-...`
tag, as Classroom 50 itself writes for grades entered by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from lablib.exercises.reports import page
from lablib.exercises.reports.model import LearnerRow, Results

SOURCE = "foundation50/classroom50: schemas/result-v1.schema.json, wiki Advanced-Autograding"
SCHEMA = "classroom50/result/v1"
FACTORS = (1, 2, 4, 5, 10, 20, 50, 100, 1000)
WORDS = ("classroom", "assignment", "owner", "submission", "commit", "release", "review")
REQUIRED = {*WORDS, "schema", "assignment_type", "datetime", "score", "max-score", "tests"}
OPTIONAL = {"graded_at", "submitted_by"}
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")


def result(
    results: Results,
    learner: str,
    *,
    classroom: str,
    assignment: str,
    links: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The result of one learner, whose id must be the login that owns the repository.

    Parameters
    ----------
    results : Results
    learner : str
    classroom, assignment : str
        Their short names in Classroom 50.
    links : mapping, optional
        Any of `submission` (a tag `submit/...`), `commit`, `release`, `review`, and `datetime`
        (of the submission, UTC).
    """
    row = results.learner(learner)
    factor = _factor(_all_points(results))
    graded_at = _utc(results.created)
    tag = f"submit/manual-{graded_at.replace(':', '-')}"
    known = dict(links or {})
    commit = known.get("commit", tag)
    tests = _tests(results, row, factor)
    found = {
        "schema": SCHEMA,
        "classroom": classroom,
        "assignment": assignment,
        "assignment_type": "individual",
        "owner": row.learner,
        "submission": known.get("submission", tag),
        "commit": commit,
        "release": known.get("release", tag),
        "review": known.get("review", commit),
        "datetime": known.get("datetime", graded_at),
        "graded_at": graded_at,
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    if wrong := problems(found):
        raise ValueError(f"classroom50 result of {learner!r}: {'; '.join(wrong)}")
    return found


def problems(document: Any) -> list[str]:
    """Where a result departs from `classroom50/result/v1`, the rules across fields included."""
    if not isinstance(document, dict):
        return ["it is not an object"]
    found = [f"{key} is missing" for key in sorted(REQUIRED - document.keys())]
    found += [f"{key} is unknown" for key in sorted(document.keys() - REQUIRED - OPTIONAL)]
    if found:
        return found
    if document["schema"] != SCHEMA:
        found.append(f"schema is not {SCHEMA}")
    if document["assignment_type"] not in ("individual", "group", "team"):
        found.append("assignment_type is unknown")
    found += [f"{k} is empty" for k in WORDS if not (isinstance(document[k], str) and document[k])]
    if not str(document["submission"]).startswith("submit/"):
        found.append("submission does not begin with submit/")
    for key in ("datetime", "graded_at"):
        if key in document and not TIME.fullmatch(str(document[key])):
            found.append(f"{key} is not YYYY-MM-DDTHH:MM:SSZ")
    tests = document["tests"]
    if not isinstance(tests, list) or not all(isinstance(test, dict) for test in tests):
        return [*found, "tests is not a list of objects"]
    found += _score_problems("the result", document)
    for place, test in enumerate(tests):
        if not (isinstance(test.get("test-name"), str) and test["test-name"]):
            found.append(f"test {place} has no name")
        if type(test.get("passed")) is not bool:
            found.append(f"test {place}: passed is not true or false")
        found += _score_problems(f"test {place}", test)
    return found


def _score_problems(where: str, scored: Mapping[str, Any]) -> list[str]:
    score, most = scored.get("score"), scored.get("max-score")
    if type(score) is not int or type(most) is not int:
        return [f"{where}: score and max-score are whole numbers"]
    return [] if 0 <= score <= most else [f"{where}: score is not between 0 and max-score"]


def _tests(results: Results, row: LearnerRow, factor: int) -> list[dict[str, Any]]:
    """One test a check; a hidden one shows its sentence only."""
    tests = []
    for exercise in results.exercises:
        mine = row.exercise(exercise.id)
        checks = {check.name: check for check in mine.checks} if mine else {}
        for info in exercise.checks:
            check = checks.get(info.name)
            tests.append({
                "test-name": f"{exercise.id}: {info.name}",
                "passed": bool(check and check.passed),
                "score": round(factor * check.earned) if check else 0,
                "max-score": round(factor * info.points),
                "message": page.plain(check.sentence) if check else "",
            })  # fmt: skip
    return tests


def _all_points(results: Results) -> Iterable[float]:
    for exercise in results.exercises:
        yield from (check.points for check in exercise.checks)


def _factor(points: Iterable[float]) -> int:
    values = list(points)
    for factor in FACTORS:
        if all(abs(factor * value - round(factor * value)) < 1e-9 for value in values):
            return factor
    raise ValueError("points have more than three decimals; classroom50 takes whole numbers")


def _utc(created: str) -> str:
    try:
        moment = datetime.fromisoformat(created)
    except ValueError:
        raise ValueError(f"results.created is {created!r}; it must be an ISO time") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
