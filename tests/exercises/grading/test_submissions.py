from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from lablib.exercises.grading import archive, overlay, submissions
from lablib.exercises.grading.submissions import Class

HALF, QUARTER = "demo/half", "demo/quarter"


def put(path: Path, text: str, *, modified: float = 1000.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (modified, modified))


def find(folder: Path, two: Path, **more: Any) -> Class:
    return submissions.find(folder, overlay.course(folder=two), **more)


def latest(found: Class, exercise: str = HALF) -> dict[str, str]:
    return {
        one.name: file.path for one in found.learners if (file := one.latest(exercise)) is not None
    }


def test_layouts_and_what_a_file_answers(tmp_path: Path, two: Path, notebook: Any) -> None:
    folder = tmp_path / "class"
    put(folder / "ada" / "answers" / "demo" / "half.py", "nothing defined here")
    put(folder / "bob.py", "def half(x): return x")
    put(folder / "cy__quarter.py", "def half(x): return x")
    put(folder / "dan.ipynb", notebook("def half(x): ...\ndef quarter(x): ..."))
    put(folder / "eve.ipynb", notebook("def my(x): ...", "check('demo/half')"))
    found = find(folder, two)
    assert latest(found) == {
        "ada": "ada/answers/demo/half.py",
        "bob": "bob.py",
        "dan": "dan.ipynb",
        "eve": "eve.ipynb",
    }
    assert latest(found, QUARTER) == {"cy": "cy__quarter.py", "dan": "dan.ipynb"}
    assert found.exercise_ids == (HALF, QUARTER)
    assert not any(one.problem for one in found.learners)


def test_the_assignment_is_what_somebody_answered_unless_named(tmp_path: Path, two: Path) -> None:
    folder = tmp_path / "class"
    put(folder / "bob.py", "def half(x): return x")
    assert find(folder, two).exercise_ids == (HALF,)
    assert find(folder, two, wanted=[HALF, QUARTER]).exercise_ids == (HALF, QUARTER)
    only = find(folder, two, wanted=[QUARTER])
    assert latest(only, QUARTER) == {"bob": "bob.py"}  # his only file, so it is looked at
    put(folder / "bob.py", "def half(x): return x", modified=1000)
    put(folder / "bob" / "helpers.py", "def other(x): return x", modified=9000)
    assert latest(find(folder, two, wanted=[HALF]), HALF) == {"bob": "bob.py"}


def test_the_latest_attempt_counts(tmp_path: Path, two: Path) -> None:
    folder = tmp_path / "class"
    text = "def half(x): return x"
    put(folder / "ada" / "attempt1" / "half.py", text, modified=9000)
    put(folder / "ada" / "attempt2" / "half.py", text, modified=1000)
    put(folder / "bob.py", text, modified=1000)
    put(folder / "bob (1).py", text, modified=500)
    put(folder / "cy" / "a.py", text, modified=500)
    put(folder / "cy" / "b.py", text, modified=1000)
    put(folder / "cy" / "c.py", text, modified=700)
    put(folder / "dan.py", text, modified=1000)
    put(folder / "dan" / "half.py", text, modified=2000)
    assert latest(find(folder, two)) == {
        "ada": "ada/attempt2/half.py",
        "bob": "bob (1).py",
        "cy": "cy/b.py",
        "dan": "dan/half.py",
    }


def test_a_latest_attempt_that_cannot_be_read_is_not_passed_over(tmp_path: Path, two: Path) -> None:
    folder = tmp_path / "class"
    put(folder / "ada" / "half_attempt1.py", "def half(x): return x")
    put(folder / "ada" / "half_attempt2.py", "x = '\0'")
    file = find(folder, two).learners[0].latest(HALF)
    assert file is not None
    assert file.problem.startswith("ada/half_attempt2.py holds NUL")


def test_learners_with_a_problem(tmp_path: Path, two: Path) -> None:
    folder = tmp_path / "class"
    (folder / "ada").mkdir(parents=True)
    put(folder / "bob" / "essay.docx", "text")
    put(folder / "cy.ipynb", "[]")
    put(folder / "dan.py", "def other(x): return x")
    put(folder / "eve" / "a.ipynb", "")
    put(folder / "eve" / "b.ipynb", "null")
    put(folder / "eve" / "half.py", "def half(x): return x")
    put(folder / "readme.txt", "text")
    found = find(folder, two)
    assert {one.name: one.problem for one in found.learners} == {
        "ada": submissions.NOTHING,
        "bob": submissions.NOTHING,
        "cy": "cy.ipynb is not a notebook: it holds no cells",
        "dan": submissions.NO_EXERCISE,
        "eve": "eve/a.ipynb is empty (and 1 more files)",
    }
    assert found.ignored == ("readme.txt",)
    assert latest(found) == {"eve": "eve/half.py"}


def test_a_function_that_two_exercises_share_goes_by_the_check(
    tmp_path: Path, two: Path, notebook: Any
) -> None:
    for name in ("solution.py", "checks.py"):
        path = two / "demo" / "quarter" / name
        path.write_text((two / "demo" / "half" / name).read_text())
    folder = tmp_path / "class"
    put(folder / "ada.ipynb", notebook("def half(x): ...", "check('demo/quarter')"))
    put(folder / "bob.ipynb", notebook("def half(x): ..."))
    found = find(folder, two)
    assert latest(found, HALF) == {"bob": "bob.ipynb"}
    assert latest(found, QUARTER) == {"ada": "ada.ipynb", "bob": "bob.ipynb"}


def test_a_flood_of_files_is_cut(tmp_path: Path, two: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(archive, "MAX_EACH_BYTES", 50_000)
    folder = tmp_path / "class"
    for number in range(10):
        put(folder / "eve" / f"{number}.py", "def half(x): return x")
    put(folder / "zed.py", "def half(x): return x")
    found = find(folder, two)
    eve, zed = found.learners
    assert sum(bool(file.problem) for file in eve.files) == 5
    assert "together they are too large" in eve.problem
    assert not zed.problem
