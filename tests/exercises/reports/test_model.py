from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lablib.exercises.reports import model


def test_the_class_is_read(results: model.Results) -> None:
    assert len(results.learners) == 40
    assert results.possible == 16.0
    row = results.learner("learner-20").exercise("start/paired-interval")
    assert row is not None
    assert row.possible == 6.0
    assert results.learner("learner-03").exercise("start/paired-interval") is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda r: r.update(schema=9), "results.schema is 9"),
        (lambda r: r.update(learners={}), "learners is dict; it must be a list"),
        (lambda r: r.pop("seed"), "results.seed is None; it must be a int"),
        (lambda r: r["learners"][3].update(score=float("nan")), r"learners\[3\].score is nan"),
        (lambda r: r["learners"][3].update(score="7"), r"learners\[3\].score is '7'"),
        (lambda r: r["learners"][3].update(score=True), r"learners\[3\].score is True"),
        (lambda r: r["learners"].append(r["learners"][0]), "occur twice"),
        (
            lambda r: r["learners"][0]["exercises"][0].update(state="done"),
            r"learners\[0\].exercises\[0\].state is 'done'",
        ),
    ],
)
def test_a_wrong_field_is_named(raw: dict[str, Any], change: Any, says: str) -> None:
    change(raw)
    with pytest.raises(model.ResultsError, match=says):
        model.parse(raw)


def test_a_file_that_is_missing_or_not_json(tmp_path: Path) -> None:
    with pytest.raises(model.ResultsError, match="there is no file"):
        model.load(tmp_path / "results.json")
    (tmp_path / "results.json").write_text("{")
    with pytest.raises(model.ResultsError, match="is not JSON"):
        model.load(tmp_path / "results.json")


def test_an_unknown_learner_is_a_sentence(results: model.Results) -> None:
    with pytest.raises(model.ResultsError, match="'nobody' is not in the results"):
        results.learner("nobody")
