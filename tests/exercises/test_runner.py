from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import Any

import pytest

from lablib.exercises import declare, proxy, runner
from lablib.exercises.runner import Result


@pytest.fixture
def exercise(demo: Path) -> declare.Exercise:
    return declare.load("demo/half", demo)


def run(exercise: declare.Exercise, function: Any, **kwargs: Any) -> tuple[Result, ...]:
    learner = proxy.in_process({"half": function}, exercise.functions, seconds=0.3)
    return runner.run(exercise, learner, **kwargs)


def states(results: tuple[Result, ...]) -> list[str]:
    return [result.state for result in results]


def test_a_right_answer_gets_all_points(exercise: declare.Exercise) -> None:
    results = run(exercise, lambda x: x / 2)
    assert runner.state(results) == "passed"
    assert runner.score(results) == 3


def test_a_warning_and_noise_cost_nothing(
    exercise: declare.Exercise, capsys: pytest.CaptureFixture[str]
) -> None:
    def noisy(x: float) -> float:
        print("working", x)
        warnings.warn("halving", stacklevel=1)
        return x / 2

    assert runner.score(run(exercise, noisy)) == 3
    assert capsys.readouterr().out == ""


def test_public_points_need_a_hidden_pass(exercise: declare.Exercise) -> None:
    results = run(exercise, lambda x: 2)
    assert states(results) == ["passed", "not yet"]
    assert runner.score(results) == 0
    assert runner.score(()) == 0


def test_hidden_feedback_shows_no_value(exercise: declare.Exercise) -> None:
    public, hidden = run(exercise, lambda x: x + 1)
    assert public.text == "half of four is two (expected 2, got 5)"
    assert hidden.text == "half of any number is half of it"
    assert (public.hint, hidden.hint) == (1, 2)


def test_an_exception_of_the_learner_hides_its_message_in_hidden_checks(
    exercise: declare.Exercise,
) -> None:
    def fail(x: float) -> float:
        raise RuntimeError(f"the input was {x}")

    public, hidden = run(exercise, fail)
    assert states((public, hidden)) == ["error", "error"]
    assert "the input was 4" in public.detail
    assert hidden.detail == ""
    assert "RuntimeError" in hidden.sentence
    assert public.line == fail.__code__.co_firstlineno + 1


def test_the_seed_decides_the_draw_and_nothing_else_does(exercise: declare.Exercise) -> None:
    def drawn(seed: int, **kwargs: Any) -> list[float]:
        seen: list[float] = []

        def half(x: float) -> float:
            seen.append(x)
            return x / 2

        run(exercise, half, seed=seed, **kwargs)
        return seen

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert drawn(1, public_only=True) == [4]


def test_after_running_out_of_time_nothing_is_called_again(exercise: declare.Exercise) -> None:
    calls = []

    def slow(x: float) -> float:
        calls.append(x)
        time.sleep(3)
        return x / 2

    started = time.monotonic()
    results = run(exercise, slow)
    assert states(results) == ["error", "error"]
    assert calls == [4]
    assert time.monotonic() - started < 2


def test_spoiling_the_arguments_does_not_reach_the_reference(tmp_path: Path, demo: Path) -> None:
    path = demo / "demo" / "half"
    (path / "checks.py").write_text(
        "from lablib.exercises.checks import check, close\n"
        "@check(points=1, public=True)\n"
        "def public(s): close(s.half(4), 2, 'a')\n"
        "@check(points=2)\n"
        "def hidden(s, rng, reference):\n"
        "    x = rng.uniform(1, 2, 3)\n"
        "    close(s.half(x), reference.half(x), 'b')\n"
    )

    def spoil(x: Any) -> Any:
        y = x / 2
        if hasattr(x, "fill"):
            x.fill(0)
        return y

    assert runner.score(run(declare.load("demo/half", demo), spoil)) == 3


def test_a_check_that_breaks_is_not_the_learners_fault(demo: Path) -> None:
    path = demo / "demo" / "half" / "checks.py"
    path.write_text(path.read_text().replace("s.half(4), 2", "s.half(4)['a'], 2"))
    results = run(declare.load("demo/half", demo), lambda x: x / 2)
    assert results[0].state == "broken check"
    assert "could not read" in results[0].sentence


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["passed", "passed"], "passed"),
        (["not started", "not started"], "not started"),
        (["passed", "not started"], "not yet"),
        (["not started", "error"], "error"),
        (["passed", "not yet", "error"], "not yet"),
        (["broken check", "passed"], "broken check"),
    ],
)
def test_the_state_of_the_whole(parts: list[Any], whole: str) -> None:
    assert runner.state([Result("c", True, 1, part) for part in parts]) == whole


def test_an_object_that_claims_to_be_right_is_not(exercise: declare.Exercise) -> None:
    class Yes(float):
        def __eq__(self, other: object) -> bool:
            return True

        def __sub__(self, other: object) -> float:
            return 0.0

        __hash__ = float.__hash__

    results = run(exercise, lambda x: Yes(7))
    assert states(results) == ["not yet", "not yet"]
    assert results[0].sentence.startswith("`half` returned a Yes; return numbers")
