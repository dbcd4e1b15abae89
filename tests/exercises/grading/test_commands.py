from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from lablib.exercises.grading import commands
from lablib.exercises.grading.run import Summary


def options(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser)
    return parser.parse_args(words)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def fake(folder: Path, **more: Any) -> Summary:
        seen.update(more, folder=folder)
        problems = ("ada: a.py is empty",) if folder.name == "bad" else ()
        return Summary(more["out"], 1, "bwrap", 1, {}, 1, 0, problems, (), 1.0)

    monkeypatch.setattr(commands, "grade_folder", fake)
    return seen


def test_the_code_says_whether_all_was_graded(called: dict[str, Any]) -> None:
    text, code = commands.grade(options("good"))
    assert (code, called["jobs"], called["sandbox"]) == (0, 1, "auto")
    assert (called["seed"], called["private"], called["exercises"]) == (None, None, None)
    assert called["out"] == Path("results")
    assert "seed 1" in text
    text, code = commands.grade(options("bad"))
    assert code == 1
    assert "problem: ada: a.py is empty" in text


def test_options_arrive(called: dict[str, Any], tmp_path: Path) -> None:
    seed = tmp_path / "seed.txt"
    seed.write_text("42\n")
    words = ["x.zip", "--jobs", "4", "--seed-file", str(seed), "--private", "p", "--out", "o"]
    commands.grade(options(*words, "--exercise", "a/b", "--exercise", "c", "--no-sandbox"))
    assert called == {
        "folder": Path("x.zip"),
        "jobs": 4,
        "seed": 42,
        "private": Path("p"),
        "out": Path("o"),
        "exercises": ["a/b", "c"],
        "sandbox": "none",
        "progress": called["progress"],
    }
    with pytest.raises(ValueError, match="contradict"):
        commands.grade(options("x", "--no-sandbox", "--sandbox", "bwrap"))


def test_a_seed_is_a_number_or_any_text(tmp_path: Path) -> None:
    path = tmp_path / "seed"
    seeds = []
    for text in ("7", " 7 \n", "\ufeff7", "a phrase", "another phrase", "-7", "9" * 30):
        path.write_text(text, encoding="utf-8")
        seeds.append(commands.read_seed(path))
    assert seeds[:3] == [7, 7, 7]
    assert len(set(seeds)) == 5
    assert all(0 <= seed < 2**63 for seed in seeds)
    for raw, says in ((b" \n", "is empty"), (b"\xff\xfe", "is not text")):
        path.write_bytes(raw)
        with pytest.raises(ValueError, match=says):
            commands.read_seed(path)
