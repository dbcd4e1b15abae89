from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lablib.exercises.reports import model

HOSTILE = (
    '=HYPERLINK("https://evil.example","grades")',
    "<script>alert(1)</script>",
    "../../outside",
    "-2+3",
    "@sum(A1)",
    "tab\there",
    "pipe|and*stars*_[x](y)",
    "\u202eright-to-left",
    'Ada, "the first"',
)
SENTENCES = {
    "share_of_the_example": "the two models agree on three of the four held-out rows",
    "agreement_is_about_decisions": "two scores agree if they lie on the same side of `threshold`",
    "labels_play_no_part": "fidelity stays the same when only the labels change",
    "no_held_out_row_is_an_error": "without a held-out row there is no fidelity",
    "difference_of_the_example": "the second model is right on two more rows",
    "sign_says_which_is_better": "the difference is positive if the second model is better",
    "rows_are_paired": "the interval uses that both models saw the same rows",
}
EXERCISES: dict[str, dict[str, Any]] = {
    "explainability/surrogate-fidelity": {
        "title": "Fidelity of a surrogate, with its interval",
        "possible": 10.0,
        "checks": [
            {"name": "share_of_the_example", "public": True, "points": 1.0},
            {"name": "agreement_is_about_decisions", "public": False, "points": 3.0},
            {"name": "labels_play_no_part", "public": False, "points": 4.0},
            {"name": "no_held_out_row_is_an_error", "public": False, "points": 2.0},
        ],
    },
    "start/paired-interval": {
        "title": "Two models on the same rows",
        "possible": 6.0,
        "checks": [
            {"name": "difference_of_the_example", "public": True, "points": 1.0},
            {"name": "sign_says_which_is_better", "public": False, "points": 2.5},
            {"name": "rows_are_paired", "public": False, "points": 2.5},
        ],
    },
}


def graded_class(n: int = 40, seed: int = 3) -> dict[str, Any]:
    """Results of a class: honest learners by ability, then hostile ids, gaps and broken files."""
    rng = np.random.default_rng(seed)
    names = [*HOSTILE, *(f"learner-{i:02d}" for i in range(n - len(HOSTILE)))]
    learners = [_learner(rng, name) for name in names]
    learners[10] = _empty(learners[10], "problem", "notebook.ipynb is not a notebook of format 4")
    learners[11] = _empty(learners[11], "not started", "")
    learners[12]["exercises"].pop()
    learners[13]["exercises"][0]["checks"][3].update(
        state="broken check", earned=0.0, sentence="the check could not read this answer"
    )
    for row in learners:
        _total(row)
    return {
        "schema": 1, "course": "Trustworthy AI", "seed": 20261122, "sandbox": "bwrap",
        "created": "2026-11-22T01:30:00+00:00", "code": "f00d", "exercises": EXERCISES,
        "learners": learners,
    }  # fmt: skip


def _learner(rng: np.random.Generator, name: str) -> dict[str, Any]:
    ability = rng.normal()
    return {
        "learner": name, "files": ["answers.ipynb"], "problem": "",
        "exercises": [_exercise(rng, ability, key, info) for key, info in EXERCISES.items()],
    }  # fmt: skip


def _exercise(
    rng: np.random.Generator, ability: float, key: str, info: dict[str, Any]
) -> dict[str, Any]:
    checks = []
    for place, check in enumerate(info["checks"]):
        passed = ability - place + 1.2 + rng.normal() * 0.7 > 0
        detail = "got <b>0.5</b> | `x`, expected 0.75" if check["public"] else "SECRET 0.123456"
        checks.append({
            **check, "earned": check["points"] * passed,
            "state": "passed" if passed else "not yet",
            "sentence": "" if passed else SENTENCES[check["name"]],
            "detail": "" if passed else detail,
        })  # fmt: skip
    if not any(c["state"] == "passed" and not c["public"] for c in checks):
        for check in checks:
            check["earned"] = 0.0
    state = next((c["state"] for c in checks if c["state"] != "passed"), "passed")
    seconds = round(float(rng.uniform(0.1, 0.6)), 3)
    return {"id": key, "state": state, "seconds": seconds, "checks": checks}


def _empty(learner: dict[str, Any], state: str, problem: str) -> dict[str, Any]:
    exercises = [{"id": key, "state": state, "seconds": 0.0, "checks": []} for key in EXERCISES]
    return {**learner, "problem": problem, "exercises": exercises}


def _total(row: dict[str, Any]) -> None:
    for exercise in row["exercises"]:
        exercise["score"] = float(sum(check["earned"] for check in exercise["checks"]))
        exercise["possible"] = EXERCISES[exercise["id"]]["possible"]
    row["score"] = float(sum(exercise["score"] for exercise in row["exercises"]))
    row["possible"] = 16.0


@pytest.fixture
def raw() -> dict[str, Any]:
    """The results dict of a class of 40, fresh for every test."""
    return json.loads(json.dumps(graded_class()))


@pytest.fixture
def results(raw: dict[str, Any]) -> model.Results:
    return model.parse(raw)


@pytest.fixture
def results_file(raw: dict[str, Any], tmp_path: Path) -> Path:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path
