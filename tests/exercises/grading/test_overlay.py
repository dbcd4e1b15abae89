from __future__ import annotations

from pathlib import Path

import pytest

from lablib.exercises import runner
from lablib.exercises.declare import ExerciseError
from lablib.exercises.grading import overlay
from lablib.exercises.grading.grade import possible
from lablib.exercises.selftest import in_process

HEAD = "from lablib.exercises.checks import check, close\n"
MORE = "@check(points={points})\ndef {name}(s):\n    close(s.half(-4), -2, 'below zero too')\n"


def laid(folder: Path, text: str, name: str = "demo/half") -> Path:
    path = folder / "private" / name
    path.mkdir(parents=True)
    (path / "checks.py").write_text(HEAD + text)
    return folder / "private"


def test_a_new_name_adds_a_check_with_its_points(tmp_path: Path, two: Path) -> None:
    private = laid(tmp_path, MORE.format(points=4, name="negative"))
    course = overlay.course(folder=two, private=private)
    exercise = course["demo/half"]
    assert [check.name for check in exercise.checks] == ["of_four", "of_any_number", "negative"]
    assert possible(exercise) == 7
    assert possible(course["demo/quarter"]) == 3
    results = runner.run(exercise, in_process("def half(x): return abs(x) / 2", exercise))
    assert [result.passed for result in results] == [True, True, False]
    assert not results[2].public


def test_a_check_may_earn_nothing_and_only_inform(tmp_path: Path, two: Path) -> None:
    private = laid(tmp_path, MORE.format(points=0, name="negative"))
    assert possible(overlay.course(folder=two, private=private)["demo/half"]) == 3


def test_the_name_of_a_hidden_check_replaces_it(tmp_path: Path, two: Path) -> None:
    private = laid(tmp_path, MORE.format(points=5, name="of_any_number"))
    exercise = overlay.course(folder=two, private=private)["demo/half"]
    assert [(check.name, check.points) for check in exercise.checks] == [
        ("of_four", 1),
        ("of_any_number", 5),
    ]


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        (MORE.format(points=1, name="of_four"), "demo/half", "name of a public check"),
        (MORE.format(points="1, public=True", name="x"), "demo/half", "x is public"),
        (MORE.format(points=-1, name="x"), "demo/half", "give it 0 or more"),
        (MORE.format(points="1, hint=9", name="x"), "demo/half", "names hint 9"),
        ("import nothing_of_that_name", "demo/half", "ModuleNotFoundError"),
        ("", "demo/third", "private checks for demo/third, which is no exercise"),
    ],
)
def test_an_overlay_that_makes_no_sense(
    tmp_path: Path, two: Path, text: str, name: str, says: str
) -> None:
    with pytest.raises(ExerciseError, match=says):
        overlay.course(folder=two, private=laid(tmp_path, text, name))


def test_a_folder_that_is_not_there(tmp_path: Path, two: Path) -> None:
    with pytest.raises(ExerciseError, match="no folder"):
        overlay.course(folder=two, private=tmp_path / "absent")


def test_names_and_topics(two: Path) -> None:
    assert list(overlay.course(["demo"], folder=two)) == ["demo/half", "demo/quarter"]
    assert [*overlay.course(["demo/quarter", "demo"], folder=two)] == ["demo/quarter", "demo/half"]
    with pytest.raises(ExerciseError, match="there are"):
        overlay.course(["demo/third"], folder=two)
    with pytest.raises(ExerciseError, match="topic/slug"):
        overlay.course(["third"], folder=two)


def test_the_fingerprint_is_of_what_decides_a_grade(tmp_path: Path, two: Path) -> None:
    exercise = overlay.course(folder=two)["demo/half"]
    before = overlay.fingerprint(exercise)
    (exercise.folder / "accepts" / "other.py").write_text("x")
    assert overlay.fingerprint(exercise) == before
    private = laid(tmp_path, MORE.format(points=1, name="negative"))
    assert overlay.fingerprint(exercise, private) != before
    for name in ("checks.py", "solution.py", "exercise.md"):
        path = exercise.folder / name
        path.write_text(path.read_text() + "\n")
        assert overlay.fingerprint(exercise) != before
        before = overlay.fingerprint(exercise)
    assert overlay.engine() == overlay.engine()
