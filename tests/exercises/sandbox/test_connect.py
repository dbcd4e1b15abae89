from __future__ import annotations

from pathlib import Path

import pytest

from lablib.exercises import declare, runner, selftest
from lablib.exercises.sandbox import Connector, SandboxError, choose


def test_a_sound_exercise_holds_in_the_sandbox(tier: str, demo: Path) -> None:
    with Connector(tier) as connect:
        report = selftest.run("demo/half", folder=demo, seeds=2, connect=connect)
    assert report.ok, str(report)


def test_a_hole_is_found_in_the_sandbox_too(tier: str, demo: Path) -> None:
    mutant = demo / "demo" / "half" / "mutants" / "right_after_all.py"
    mutant.write_text("# rejected_by: of_four\n# says: four is two\ndef half(x): return x / 2\n")
    with Connector(tier) as connect:
        report = selftest.run("demo/half", folder=demo, seeds=2, connect=connect)
    assert any("right_after_all" in problem for problem in report.problems)


def test_code_that_does_not_run_is_said(tier: str, demo: Path) -> None:
    exercise = declare.load("demo/half", demo)
    with Connector(tier) as connect, pytest.raises(ValueError, match="NameError"):
        connect("x = nothing", exercise)


def test_every_solution_passes_in_the_strongest_sandbox() -> None:
    try:
        choose()
    except SandboxError:
        pytest.skip("no sandbox on this machine")
    with Connector() as connect:
        for exercise_id in declare.find():
            exercise = declare.load(exercise_id)
            for seed in range(2):
                learner = connect(exercise.solution, exercise)
                results = runner.run(exercise, learner, seed=seed)
                assert all(result.passed for result in results), results
