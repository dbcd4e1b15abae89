from __future__ import annotations

import json
from pathlib import Path

import pytest

from lablib.exercises import commands, declare, template
from lablib.exercises.declare import ExerciseError

NAME = "start/paired-interval"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def solved(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(declare.load(NAME).solution)


def test_from_start_to_passed(here: Path) -> None:
    assert commands.check(NAME) == (
        f"not started: write the template with `lablib start {NAME}`",
        1,
    )
    text, code = commands.start(NAME)
    path = here / "answers" / f"{NAME}.py"
    assert code == 0
    assert "Write `paired_interval" in text
    assert path.read_text() == template.text(declare.load(NAME))
    text, code = commands.check(NAME)
    assert (text.splitlines()[0], code) == ("Not started: Two models on the same rows", 1)
    assert commands.next_exercise()[0].startswith(declare.find()[0])
    solved(path)
    text, code = commands.check(NAME)
    assert code == 0
    assert text.startswith("Passed public checks")
    assert f"{NAME}: passed" in commands.progress()[0]
    assert NAME not in commands.next_exercise()[0]


def test_start_never_overwrites(here: Path) -> None:
    path = here / "answers" / f"{NAME}.py"
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    text, code = commands.start(NAME)
    assert code == 1
    assert "left as it is" in text.replace("was left as it is", "left as it is")
    assert path.read_text() == "mine"


def test_check_reads_a_notebook(here: Path) -> None:
    cell = {"cell_type": "code", "source": declare.load(NAME).solution, "metadata": {}}
    (here / "page.ipynb").write_text(json.dumps({"cells": [cell]}))
    assert commands.check(NAME, file="page.ipynb")[1] == 0


def test_a_file_that_does_not_run_is_one_sentence(here: Path) -> None:
    (here / "a.py").write_text("import nothing_of_that_name\n")
    text, code = commands.check(NAME, file="a.py")
    assert code == 1
    assert text.startswith("error in your line 1: ModuleNotFoundError")
    assert "\n" not in text
    assert commands.check(NAME, file="b.py")[1] == 1


def test_hint_and_solution() -> None:
    text, code = commands.hint(NAME)
    assert code == 0
    assert "Hint 1:" in text
    assert f"2 more: lablib hint {NAME} again" in text
    assert f"run `lablib solution {NAME}` again" in commands.solution(NAME)[0]
    text, code = commands.solution(NAME)
    assert code == 0
    assert "ddof=1" in text


def test_an_unknown_exercise_is_wrong_input() -> None:
    for verb in (commands.check, commands.start, commands.hint, commands.solution):
        with pytest.raises(ExerciseError, match="there are"):
            verb("start/paired")


def test_watch_checks_again_after_a_change(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = here / "answers" / f"{NAME}.py"
    monkeypatch.setattr(commands.time, "sleep", lambda _: solved(path))
    first, last = commands.watch(NAME)
    assert first.startswith("not started")
    assert last.startswith("Passed public checks")


def test_all_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declare, "find", lambda: ())
    assert commands.next_exercise() == ("all exercises are passed", 0)


def test_selftest_counts(monkeypatch: pytest.MonkeyPatch, demo: Path) -> None:
    monkeypatch.setattr(declare, "root", lambda: demo)
    text, code = commands.selftest()
    assert code == 0
    assert text.endswith("1 of 1 exercises hold")
    (demo / "demo" / "half" / "accepts" / "times.py").write_text("def half(x): return x\n")
    text, code = commands.selftest(["demo/half"])
    assert code == 1
    assert "BROKEN" in text
    assert text.endswith("0 of 1 exercises hold")
