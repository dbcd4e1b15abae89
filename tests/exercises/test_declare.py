from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from lablib.exercises import declare
from lablib.exercises.declare import ExerciseError


def test_reads_every_part(demo: Path) -> None:
    exercise = declare.load("demo/half", demo)
    assert (exercise.title, exercise.points, exercise.difficulty) == ("Half of a number", 3, 1)
    assert exercise.limits == declare.Limits(2.0, 500)
    assert exercise.needs == ("numpy",)
    assert exercise.prompt.startswith("Write `half(x)`")
    assert exercise.hints == ("Which operator divides?", "Two halves make the whole.")
    assert exercise.why.startswith("Halving")
    assert [check.name for check in exercise.checks] == ["of_four", "of_any_number"]
    assert exercise.functions == ("half",)
    assert exercise.sketch == ""
    assert list(exercise.sources("mutants")) == ["double.py", "floor.py", "square_root.py"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        exercise.points = 4  # type: ignore[misc]


def test_finds_exercises_in_the_order_of_the_course(tmp_path: Path) -> None:
    for name in ("robustness/a", "zoo/b", "start/d", "start/c"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "exercise.md").touch()
    (tmp_path / "start" / "empty").mkdir()
    assert declare.find(tmp_path) == ("start/c", "start/d", "robustness/a", "zoo/b")


def test_the_course_has_exercises() -> None:
    assert "start/paired-interval" in declare.find()


def test_an_installed_package_brings_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "lablib"
    (package / "_exercises").mkdir(parents=True)
    monkeypatch.setattr(declare, "__file__", str(package / "exercises" / "declare.py"))
    assert declare.root() == package / "_exercises"
    (tmp_path / "site" / "exercises").mkdir()  # of another package
    assert declare.root() == package / "_exercises"
    (tmp_path / "site" / "pyproject.toml").touch()
    assert declare.root() == tmp_path / "site" / "exercises"


def test_an_unknown_id_lists_what_there_is(demo: Path) -> None:
    with pytest.raises(ExerciseError, match="there are: demo/half"):
        declare.load("demo/hlaf", demo)


@pytest.mark.parametrize(
    "name", ["half", "../demo/half", "demo/half/", "Demo/half", "", "demo/..", "/demo/half"]
)
def test_an_id_cannot_leave_the_folder(demo: Path, name: str) -> None:
    with pytest.raises(ExerciseError, match="topic/slug"):
        declare.load(name, demo)


BROKEN = {
    "no front matter": ("exercise.md", "---\nid", "id", "front matter"),
    "bad yaml": ("exercise.md", "title: Half", "title: [Half", "not YAML"),
    "unknown key": ("exercise.md", "minutes: 2", "minuets: 2", "minuets"),
    "wrong type": ("exercise.md", "points: 3", "points: three", "points is 'three'"),
    "bool for int": ("exercise.md", "points: 3", "points: true", "points is True"),
    "wrong kind": ("exercise.md", "kind: implement", "kind: quiz", "choose one of"),
    "difficulty": ("exercise.md", "difficulty: 1", "difficulty: 6", "choose 1 to 5"),
    "limits": ("exercise.md", "seconds: 2", "seconds: 0", "limits is"),
    "other id": ("exercise.md", "id: demo/half", "id: demo/third", "use the folder name"),
    "hint gap": ("exercise.md", "## Hint 2", "## Hint 3", "Hint 3"),
    "hint twice": ("exercise.md", "## Hint 2", "## Hint 1", "occurs twice"),
    "no why": (
        "exercise.md",
        "## Why it matters\nHalving is the first step of many searches.",
        "",
        "Why",
    ),
    "no prompt": ("exercise.md", "Write `half(x)` that returns half of the number `x`.", "", None),
    "points": ("checks.py", "points=2", "points=1", "add up to 2"),
    "no hidden": (
        "checks.py",
        "@check(points=2, hint=2)",
        "@check(points=2, public=True)",
        "public=False",
    ),
    "no public": ("checks.py", "public=True, ", "", "public=True"),
    "hint number": ("checks.py", "hint=2", "hint=3", "names hint 3"),
    "negative": (
        "checks.py",
        "points=1, public=True, hint=1)",
        "points=-1, public=True)",
        "add up",
    ),
    "check syntax": ("checks.py", "def of_four(s):", "def of_four(s)", "SyntaxError"),
    "check import": ("checks.py", "import check, close", "import check, nearly", "ImportError"),
    "check argument": ("checks.py", "def of_four(s)", "def of_four(answer)", "allowed"),
    "solution syntax": ("solution.py", "result = x / 2", "result = x /", "solution.py"),
    "no markers": ("solution.py", "    # BEGIN SOLUTION\n", "", "END SOLUTION without"),
    "open marker": ("solution.py", "    # END SOLUTION\n", "", "in pairs"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_folder_is_named_with_its_fault(demo: Path, name: str) -> None:
    file, old, new, says = BROKEN[name]
    path = demo / "demo" / "half" / file
    text = path.read_text()
    assert old in text
    if says is None:  # also drop the example, so that nothing of the prompt is left
        text, says = text.replace("```\n>>> half(3)\n1.5\n```\n", ""), "write a prompt"
    path.write_text(text.replace(old, new))
    with pytest.raises(ExerciseError, match=says) as caught:
        declare.load("demo/half", demo)
    assert "demo/half" in str(caught.value)


@pytest.mark.parametrize("file", ["solution.py", "checks.py"])
def test_a_missing_file_is_named(demo: Path, file: str) -> None:
    (demo / "demo" / "half" / file).unlink()
    with pytest.raises(ExerciseError, match=f"{file} is missing"):
        declare.load("demo/half", demo)


def test_headings_inside_a_fence_are_text(demo: Path) -> None:
    path = demo / "demo" / "half" / "exercise.md"
    path.write_text(path.read_text().replace("Two halves", "```\n## Hint 9\n```\nTwo halves"))
    assert "## Hint 9" in declare.load("demo/half", demo).hints[1]


def test_the_sketch_is_the_plain_python_of_the_prompt(demo: Path) -> None:
    path = demo / "demo" / "half" / "exercise.md"
    sketch = "```python\ndef half(x):\n    return x\n```\n\n## Hint 1"
    path.write_text(path.read_text().replace("## Hint 1", sketch))
    assert declare.load("demo/half", demo).sketch == "def half(x):\n    return x\n"
