from __future__ import annotations

import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import lablib.exercises
from lablib.exercises import check, declare, hint, learner, progress, progress_file, solution
from lablib.exercises.views import View

OURS = ("Traceback", "lablib", "checks.py", "assert", "worker", "proxy")


def half(x: float) -> float:
    return x / 2


def looks(view: View) -> str:
    """The view's text; no trace of ours in it."""
    text = str(view)
    for word in OURS:
        assert word not in text
    return text


def test_the_four_verbs_are_what_is_exported() -> None:
    assert sorted(lablib.exercises.__all__) == ["check", "hint", "progress", "solution"]
    assert callable(lablib.exercises.progress)


def test_the_callers_names_are_used(demo: Path) -> None:
    assert check("demo/half", folder=demo).state == "passed public checks"


def test_in_a_notebook_its_names_are_used(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shell = SimpleNamespace(user_ns={"half": lambda x: 7})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert check("demo/half", folder=demo).state == "not yet"
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert check("demo/half", folder=demo).state == "passed public checks"


def test_not_started_leaves_no_trace(demo: Path, home: Path) -> None:
    for names in ({}, {"half": ...}, {"half": lambda x: ...}):
        view = check("demo/half", names, folder=demo)
        assert view.state == "not started"
        assert "`half`" in looks(view)
    assert not home.exists()


def test_not_yet_says_one_sentence_values_and_a_hint(demo: Path) -> None:
    text = looks(check("demo/half", {"half": lambda x: x}, folder=demo))
    assert text.startswith("Not yet: Half of a number\n")
    assert "Half of four is two (expected 2, got 4). Hint 1 is about this" in text
    assert "- not yet: of four" in text
    assert "of any number" not in text


@pytest.mark.parametrize("passing", [True, False])
def test_hidden_checks_are_always_mentioned_and_never_shown(demo: Path, passing: bool) -> None:
    view = check("demo/half", {"half": half if passing else ...}, folder=demo)
    assert "Hidden checks run at grading" in str(view)
    assert "of any number" not in str(view) + view._repr_html_()


def test_an_error_names_the_learners_line(demo: Path) -> None:
    source = "def half(x):\n    y = x / 2\n    return y / 0\n"
    names: dict[str, Any] = {}
    exec(compile(source, "cell", "exec"), names)
    view = check("demo/half", names, folder=demo)
    assert view.state == "error in your code"
    assert "Error in your line 3: ZeroDivisionError (" in looks(view)


def test_endless_recursion_is_one_sentence(demo: Path) -> None:
    def half(x: float) -> float:
        return half(x)

    view = check("demo/half", {"half": half}, folder=demo)
    assert "RecursionError" in looks(view)
    assert len(str(view)) < 1000


def test_the_solution_of_every_exercise_passes_in_the_notebook() -> None:
    for name in declare.find():
        names: dict[str, Any] = {}
        exec(declare.load(name).solution, names)
        assert check(name, names).state == "passed public checks"


def test_progress_is_counted(demo: Path) -> None:
    assert str(progress(folder=demo)).startswith("Progress: 0 of 1 exercises passed")
    check("demo/half", {"half": lambda x: x}, folder=demo)
    hint("demo/half", folder=demo)
    assert "demo/half: not yet (1 check, 1 hint)" in str(progress(folder=demo))
    check("demo/half", {"half": half}, folder=demo)
    assert "1 of 1" in str(progress(folder=demo))
    check("demo/half", {}, folder=demo)  # a restarted kernel does not take it back
    assert progress_file.read().entry("demo/half").state == "passed"


def test_hints_come_one_more_at_a_time(demo: Path) -> None:
    first, second, third = (str(hint("demo/half", folder=demo)) for _ in range(3))
    assert "Which operator" in first
    assert "Two halves" not in first
    assert "1 more" in first
    assert "Which operator" in second
    assert "Two halves" in second
    assert second == third
    assert progress_file.read().entry("demo/half").hints == 2


def test_the_solution_asks_once_unless_passed(demo: Path) -> None:
    first = solution("demo/half", folder=demo)
    assert first.state == "wait"
    assert "2 hints are left" in first.sentence
    assert first.code == ""
    assert "result = x / 2" in solution("demo/half", folder=demo).code
    assert progress_file.read().entry("demo/half").solution


def test_after_passing_the_solution_is_shown_at_once(demo: Path) -> None:
    check("demo/half", {"half": half}, folder=demo)
    view = solution("demo/half", folder=demo)
    assert view.state == "solution"
    assert "Halving is the first step" in view.sentence


def test_damaged_progress_is_told_and_stops_nothing(demo: Path, home: Path) -> None:
    home.mkdir()
    (home / "progress.json").write_text("{")
    view = check("demo/half", {"half": half}, folder=demo)
    assert view.state == "passed public checks"
    assert "progress.damaged-1.json" in str(view)


def test_progress_that_cannot_be_saved_stops_nothing(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("LABLIB_HOME", str(tmp_path / "file"))
    view = check("demo/half", {"half": half}, folder=demo)
    assert view.state == "passed public checks"
    assert "could not be" in str(view)


def test_an_unknown_exercise_is_a_clear_error(demo: Path) -> None:
    with pytest.raises(ValueError, match="there are: demo/half"):
        check("demo/third", folder=demo)


def test_a_broken_check_blames_itself(demo: Path) -> None:
    path = demo / "demo" / "half" / "checks.py"
    path.write_text(path.read_text().replace("s.half(4), 2", "s.half(4)['a'], 2"))
    assert check("demo/half", {"half": half}, folder=demo).state == "the check is at fault"


def test_a_check_takes_little_time() -> None:
    name = "explainability/surrogate-fidelity"
    names: dict[str, Any] = {}
    exec(declare.load(name).solution, names)
    learner.check(name, names)
    began = time.process_time()
    learner.check(name, names)
    assert time.process_time() - began < 0.2
