from __future__ import annotations

import json
from typing import Any

import pytest

from lablib.exercises.reports import model
from lablib.exercises.reports.export import classroom50

# The required fields and shapes of schemas/result-v1.schema.json, written as a JSON schema of ours.
COUNT = {"type": "integer", "minimum": 0}
WORD = {"type": "string", "minLength": 1}
TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$"}
TEST = {
    "type": "object",
    "required": ["test-name", "passed", "score", "max-score"],
    "properties": {
        "test-name": WORD, "passed": {"type": "boolean"}, "score": COUNT, "max-score": COUNT,
    },
}  # fmt: skip
FORM = {
    "type": "object",
    "additionalProperties": False,
    "required": sorted(classroom50.REQUIRED),
    "properties": {
        "schema": {"const": "classroom50/result/v1"}, "classroom": WORD, "assignment": WORD,
        "assignment_type": {"enum": ["individual", "group"]}, "owner": WORD,
        "submission": {"type": "string", "pattern": "^submit/"}, "commit": WORD, "release": WORD,
        "review": WORD, "datetime": TIME, "graded_at": TIME, "score": COUNT, "max-score": COUNT,
        "tests": {"type": "array", "items": TEST}, "submitted_by": {"type": "object"},
    },
}  # fmt: skip


def result(results: model.Results, learner: str) -> dict[str, Any]:
    return classroom50.result(results, learner, classroom="trust", assignment="week-1")


def test_every_learners_result_has_the_documented_form(results: model.Results) -> None:
    import jsonschema

    for row in results.learners:
        found = json.loads(json.dumps(result(results, row.learner)))
        jsonschema.validate(found, FORM)
        assert classroom50.problems(found) == []
        # 2.5 points in one check: all are doubled, so that they are whole
        assert found["max-score"] == 32
        assert found["score"] == 2 * row.score
        assert found["owner"] == row.learner
        assert found["datetime"] == "2026-11-22T01:30:00Z"


def test_no_hidden_value_leaves(results: model.Results) -> None:
    assert all("SECRET" not in json.dumps(result(results, r.learner)) for r in results.learners)


def test_links_of_a_repository_are_taken_over(results: model.Results) -> None:
    links = {"submission": "submit/2026-06-01T14-32-05Z-a1b2c3d", "commit": "https://h.example/c"}
    found = classroom50.result(results, "learner-20", classroom="c", assignment="a", links=links)
    assert (found["submission"], found["review"]) == (links["submission"], links["commit"])
    with pytest.raises(ValueError, match="submission does not begin with submit/"):
        classroom50.result(
            results, "learner-20", classroom="c", assignment="a", links={"submission": "main"}
        )
    with pytest.raises(ValueError, match="classroom is empty"):
        classroom50.result(results, "learner-20", classroom="", assignment="a")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "classroom50/result/v2"}, "schema is not"),
        ({"score": 1.5}, "whole numbers"),
        ({"score": 99}, "not between 0 and max-score"),
        ({"owner": ""}, "owner is empty"),
        ({"datetime": "2026-06-01 14:33:11"}, "datetime is not"),
        ({"extra": 1}, "extra is unknown"),
        ({"tests": [{"test-name": "t", "passed": "yes", "score": 1, "max-score": 1}]}, "passed is"),
        ({"tests": "none"}, "tests is not a list"),
        ({"assignment_type": "bogus"}, "assignment_type"),
    ],
)
def test_another_form_is_found(results: model.Results, change: Any, says: str) -> None:
    wrong = {**result(results, "learner-20"), **change}
    assert says in " ".join(classroom50.problems(wrong))


def test_a_missing_field_is_named(results: model.Results) -> None:
    wrong = result(results, "learner-20")
    del wrong["review"]
    assert classroom50.problems(wrong) == ["review is missing"]
