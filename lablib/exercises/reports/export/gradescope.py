"""Results for Gradescope: what an autograder leaves in `results/results.json`.

Public checks are visible, hidden ones after the grades are published and always without output, so
no hidden input leaves. All texts are declared plain text: the default of the top-level output would
render HTML. Standard output stays hidden from learners.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lablib.exercises.reports import page
from lablib.exercises.reports.model import CheckRow, ExerciseInfo, LearnerRow, Results

SOURCE = "https://gradescope-autograders.readthedocs.io/en/latest/specs/ (Output format)"
VISIBILITY = ("hidden", "after_due_date", "after_published", "visible")
FORMATS = ("text", "html", "simple_format", "md", "ansi")
TOP = {
    "score": float, "execution_time": float, "output": str, "output_format": FORMATS,
    "test_output_format": FORMATS, "test_name_format": FORMATS, "visibility": VISIBILITY,
    "stdout_visibility": VISIBILITY, "extra_data": dict, "tests": list, "leaderboard": list,
}  # fmt: skip
TEST = {
    "score": float, "max_score": float, "status": ("passed", "failed"), "name": str,
    "name_format": FORMATS, "number": str, "output": str, "output_format": FORMATS, "tags": list,
    "visibility": VISIBILITY, "extra_data": dict,
}  # fmt: skip
WAITING = "passes; its points count once a hidden check passes too"


def result(results: Results, learner: str) -> dict[str, Any]:
    """The document of one learner."""
    row = results.learner(learner)
    tests = []
    for number, exercise in enumerate(results.exercises, start=1):
        tests += _tests(number, exercise, row)
    found = _document(
        score=math.fsum(test["score"] for test in tests),
        output=_summary(results, row),
        seconds=math.fsum(exercise.seconds for exercise in row.exercises),
        tests=tests,
    )
    if wrong := problems(found):
        raise ValueError(f"gradescope results of {learner!r}: {'; '.join(wrong)}")
    return found


def failure(sentence: str) -> dict[str, Any]:
    """The document of a submission that could not be graded: no points, and one sentence."""
    said = f"Your submission could not be graded: {page.plain(sentence)}"
    return _document(score=0.0, output=said, seconds=0.0, tests=[])


def problems(document: Any) -> list[str]:
    """Where a document departs from the documented output format."""
    if not isinstance(document, dict):
        return ["it is not an object"]
    found = _field_problems("the document", document, TOP)
    tests = document.get("tests", [])
    if not isinstance(tests, list) or not all(isinstance(test, dict) for test in tests):
        return [*found, "tests is not a list of objects"]
    for place, test in enumerate(tests):
        found += _field_problems(f"test {place}", test, TEST)
    scored = "score" in document or (tests and all("score" in test for test in tests))
    return found if scored else [*found, "there is neither a total score nor one on each test"]


def _field_problems(where: str, row: Mapping[str, Any], fields: Mapping[str, Any]) -> list[str]:
    found = [f"{where}: {key} is not a field" for key in row.keys() - fields.keys()]
    for key, kind in fields.items():
        if key not in row:
            continue
        value = row[key]
        if isinstance(kind, tuple):
            fits = value in kind
        elif kind is float:
            fits = type(value) in (int, float) and math.isfinite(value)
        else:
            fits = type(value) is kind
        if not fits:
            found.append(f"{where}: {key} is {value!r}")
    return found


def _document(
    *, score: float, output: str, seconds: float, tests: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "score": score,
        "execution_time": round(seconds, 3),
        "output": output,
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def _tests(number: int, exercise: ExerciseInfo, row: LearnerRow) -> list[dict[str, Any]]:
    mine = row.exercise(exercise.id)
    checks = {check.name: check for check in mine.checks} if mine else {}
    tests = []
    for place, info in enumerate(exercise.checks, start=1):
        check = checks.get(info.name)
        tests.append({
            "score": check.earned if check else 0.0,
            "max_score": info.points,
            "status": "passed" if check and check.passed else "failed",
            "name": page.plain(f"{exercise.title}: {info.name.replace('_', ' ')}"),
            "number": f"{number}.{place}",
            "output": _output(check) if check and info.public else "",
            "visibility": "visible" if info.public else "after_published",
        })  # fmt: skip
    return tests


def _output(check: CheckRow) -> str:
    if check.passed:
        return "" if check.earned else WAITING
    detail = f" ({page.plain(check.detail)})" if check.detail else ""
    return page.plain(check.sentence) + detail


def _summary(results: Results, row: LearnerRow) -> str:
    """What stands above the tests: problems, notes, and that hidden checks come later."""
    lines = [page.plain(row.problem)] if row.problem else []
    for exercise in results.exercises:
        mine = row.exercise(exercise.id)
        if mine is None or mine.state == "not started":
            lines.append(f"{page.plain(exercise.title)}: nothing was handed in")
        elif mine.notes:
            lines += [f"{page.plain(exercise.title)}: {page.plain(note)}" for note in mine.notes]
    lines.append("Hidden checks were run too; their results show when grades are published.")
    return "\n".join(lines)
