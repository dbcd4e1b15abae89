"""Rubrics: every argued exercise has one that its prompt shows; broken ones are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from lablib.exercises import declare, rubrics


def test_what_is_argued_says_who_gives_the_points() -> None:
    argued = [declare.load(name) for name in declare.find()]
    argued = [exercise for exercise in argued if exercise.kind == "argue"]
    assert argued
    for exercise in argued:
        found = rubrics.load(exercise)
        assert found is not None
        assert "by a person" in exercise.prompt
        assert f"{exercise.points} points of form" in exercise.prompt
        assert f"{found.points} further points" in " ".join(exercise.prompt.split())
        for criterion in found.criteria:
            assert f"| {criterion.name} |" in exercise.prompt


RUBRICS = {
    "missing": (None, "is missing; an answer that is argued needs a rubric"),
    "not YAML": ("points: [", "write points, levels"),
    "no criteria": ("points: 2\nlevels: {0: no, 2: yes}\n", "KeyError"),
    "unknown field": (
        "points: 2\nlevels: {0: no, 2: yes}\ncriteria: [{name: A, full: B, none: C, half: D}]\n",
        "TypeError",
    ),
    "points": (
        "points: 3\nlevels: {0: no, 2: yes}\ncriteria: [{name: A, full: B, none: C}]\n",
        "points is 3, the criteria add up to 2",
    ),
}


@pytest.mark.parametrize("name", RUBRICS)
def test_a_broken_rubric_is_told(demo: Path, name: str) -> None:
    text, says = RUBRICS[name]
    folder = demo / "demo" / "half"
    path = folder / "exercise.md"
    path.write_text(path.read_text().replace("kind: implement", "kind: argue"))
    if text is not None:
        (folder / rubrics.FILE).write_text(text)
    with pytest.raises(declare.ExerciseError, match=says):
        rubrics.load(declare.load("demo/half", demo))


def test_other_kinds_need_no_rubric(demo: Path) -> None:
    assert rubrics.load(declare.load("demo/half", demo)) is None


def test_the_table_has_a_column_to_fill_in() -> None:
    criteria = (rubrics.Criterion("Decision", "says it", "hides it"),)
    lines = rubrics.table(rubrics.Rubric(2, {0: "no", 2: "yes"}, criteria)).splitlines()
    assert lines[0].startswith("A person gives up to 2 points; no check does.")
    assert lines[2] == "| criterion | 2 points | 0 points | given |"
    assert lines[-1] == "| Decision | says it | hides it | |"
