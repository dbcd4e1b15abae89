"""The same grading with real sandboxes: skipped, with the reason, where none works."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lablib.exercises import declare, sandbox
from lablib.exercises.grading import grade_folder, grade_one
from lablib.exercises.grading.openings import Openings
from lablib.exercises.sources import Cell
from tests.exercises.grading.conftest import RIGHT
from tests.exercises.grading.test_run import mixed, scores

NEEDS = "needs: [numpy]"


@pytest.fixture(scope="module")
def tier() -> str:
    try:
        return sandbox.choose("auto")
    except sandbox.SandboxError as error:
        pytest.skip(f"no sandbox here: {error.reason.splitlines()[0]}")


def state(half: declare.Exercise, openings: Openings, text: str) -> tuple[float, str]:
    graded = grade_one("ada", [Cell("cell 1", text)], half, seed=0, open_session=openings)
    return graded.score, graded.state


def answers(exercise: declare.Exercise, openings: Openings) -> None:
    """Each gets a worker of its own, whatever the one before did to its."""
    assert state(exercise, openings, RIGHT) == (3, "passed")
    assert state(exercise, openings, "import os\nos._exit(0)") == (0, "error")
    assert state(exercise, openings, f"import builtins\nbuiltins.half = 1\n{RIGHT}") == (
        3,
        "passed",
    )
    assert state(exercise, openings, "x = 1") == (0, "not started")
    shown = "from lablib.exercises import check, hint\n" + RIGHT + "check('demo/half')\n"
    assert state(exercise, openings, shown) == (3, "passed")


def test_a_fresh_sandbox_each(half: declare.Exercise, tier: str) -> None:
    openings = Openings(tier, 0)
    answers(half, openings)
    openings.close()


def test_a_fork_of_a_warm_one_for_slow_libraries(demo: Path, tier: str) -> None:
    path = demo / "demo" / "half" / "exercise.md"
    path.write_text(path.read_text().replace(NEEDS, "needs: [numpy, scipy]"))
    openings = Openings(tier, 0)
    try:
        answers(declare.load("demo/half", demo), openings)
        path.write_text(path.read_text().replace("scipy", "pandas"))
        assert state(declare.load("demo/half", demo), openings, RIGHT) == (3, "passed")
    finally:
        openings.close()


def test_a_mixed_class_in_real_sandboxes(
    tmp_path: Path, two: Path, notebook: Any, tier: str
) -> None:
    folder, out = tmp_path / "class", tmp_path / "out"
    expected = mixed(folder, notebook, 18)
    (folder / "learner000.py").write_text(f"import os\nos.kill(os.getppid(), 9)\n{RIGHT}")
    (folder / "learner001.py").write_text(f"import os\nos._exit(3)\n{RIGHT}")
    summary = grade_folder(folder, out=out, jobs=2, seed=3, root=two)
    assert summary.sandbox == tier
    got = scores(out)
    assert got.pop("learner000") in (0, 3)  # refused, and then its answer is right
    del expected["learner000"]
    assert got == expected
    found = json.loads((out / "results.json").read_text())
    killed = found["learners"][1]["exercises"][0]
    assert killed["state"] == "error"
    assert killed["notes"] == ["the file: the code ended the process with exit code 3"]
