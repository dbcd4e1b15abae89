from __future__ import annotations

import json
from pathlib import Path

import pytest

from lablib.exercises import progress_file
from lablib.exercises.progress_file import Entry


def test_nothing_is_written_until_there_is_something(home: Path) -> None:
    assert progress_file.read().entries == {}
    assert not home.exists()


def test_changes_are_kept_and_add_up(home: Path) -> None:
    assert progress_file.update("a/b", attempts=1, state="error") == ""
    assert progress_file.update("a/b", state="passed") == ""
    assert progress_file.update("c/d", hints=2) == ""
    entries = progress_file.read().entries
    assert entries["a/b"] == Entry(state="passed", attempts=1)
    assert entries["a/b"].passed
    assert entries["c/d"] == Entry(hints=2)
    assert [path.name for path in home.iterdir()] == ["progress.json"]


ENTRY = {"state": "passed", "attempts": 1, "hints": 0, "asked": False, "solution": False}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 50_000,
        "\x00",
        '{"schema": 99, "exercises": {}}',
        '{"schema": 1}',
        '{"schema": 1, "exercises": []}',
        '{"schema": 1, "exercises": {"a/b": 3}}',
        '{"schema": 1, "exercises": {"a/b": {"grade": 10}}}',
        json.dumps({"schema": 1, "exercises": {"a/b": ENTRY | {"state": "won"}}}),
        json.dumps({"schema": 1, "exercises": {"a/b": ENTRY | {"attempts": "many"}}}),
        json.dumps({"schema": 1, "exercises": {"a/b": ENTRY | {"hints": -1}}}),
    ],
)
def test_a_damaged_file_is_set_aside_and_said(home: Path, text: str) -> None:
    home.mkdir()
    (home / "progress.json").write_text(text)
    first = progress_file.read()
    assert first.entries == {}
    assert "damaged" in first.note
    assert (home / "progress.damaged-1.json").read_text() == text
    (home / "progress.json").write_text(text)
    assert "progress.damaged-2.json" in progress_file.update("a/b", attempts=1)
    assert progress_file.read() == progress_file.Progress({"a/b": Entry(attempts=1)})


def test_bytes_that_are_not_text_are_damage(home: Path) -> None:
    home.mkdir()
    (home / "progress.json").write_bytes(b"\xff\xfe\x00")
    assert "damaged" in progress_file.read().note


def test_a_folder_that_cannot_be_written_costs_only_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    monkeypatch.setenv("LABLIB_HOME", str(blocked / "home"))
    assert "could not be saved" in progress_file.update("a/b", attempts=1)


def test_an_interrupted_write_leaves_the_old_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress_file.update("a/b", attempts=1)

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert "No space left" in progress_file.update("a/b", attempts=2)
    monkeypatch.undo()
    monkeypatch.setenv("LABLIB_HOME", str(home))
    assert progress_file.read().entry("a/b").attempts == 1
    assert [path.name for path in home.iterdir()] == ["progress.json"]


def test_without_a_setting_the_users_data_folder_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LABLIB_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", "data-home")
    assert progress_file.path().name == "progress.json"
    assert "lablib" in progress_file.path().parts
