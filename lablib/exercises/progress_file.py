"""The learner's own record of what was tried and passed: one small JSON file.

It lives in the user's data folder (or in `LABLIB_HOME`), is replaced atomically, and is never
read for a grade. A damaged file is set aside and said so; a file that cannot be written costs
nothing but the memory of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import platformdirs

SCHEMA = 1
STATES = ("passed", "not yet", "error", "not started", "broken check")


@dataclass(frozen=True)
class Entry:
    """What happened with one exercise: last state, how often checked, hints and solution seen."""

    state: str = "not started"
    attempts: int = 0
    hints: int = 0
    asked: bool = False
    solution: bool = False

    @property
    def passed(self) -> bool:
        """Whether the last check passed all public checks."""
        return self.state == "passed"


@dataclass(frozen=True)
class Progress:
    """All entries by exercise id, and a sentence if something about the file needs saying."""

    entries: dict[str, Entry]
    note: str = ""

    def entry(self, exercise_id: str) -> Entry:
        """The entry of an exercise, a fresh one if there is none."""
        return self.entries.get(exercise_id, Entry())


def path() -> Path:
    """Where the file is: `LABLIB_HOME/progress.json`, else the user's data folder."""
    home = os.environ.get("LABLIB_HOME") or platformdirs.user_data_dir("lablib", appauthor=False)
    return Path(home) / "progress.json"


def read() -> Progress:
    """The stored progress; empty if there is no file. A damaged file is renamed, not deleted."""
    file = path()
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
        return Progress(_entries(raw))
    except FileNotFoundError:
        return Progress({})
    except OSError as error:
        return Progress({}, f"your progress could not be read ({error.strerror})")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Progress({}, _set_aside(file))


def update(exercise_id: str, **changes: Any) -> str:
    """Change one entry and write the file; returns the note to show, empty if all went well."""
    stored = read()
    entries = dict(stored.entries)
    entries[exercise_id] = replace(stored.entry(exercise_id), **changes)
    try:
        _write(entries)
    except OSError as error:
        return f"your progress could not be saved ({error.strerror})"
    return stored.note


def _entries(raw: Any) -> dict[str, Entry]:
    if raw["schema"] != SCHEMA:
        raise ValueError(f"schema {raw['schema']}")
    entries = {str(key): Entry(**value) for key, value in raw["exercises"].items()}
    for entry in entries.values():
        for name, default in asdict(Entry()).items():
            if type(getattr(entry, name)) is not type(default):
                raise ValueError(f"{name} has the wrong type")
        if entry.state not in STATES or entry.attempts < 0 or entry.hints < 0:
            raise ValueError("a value is out of range")
    return entries


def _write(entries: dict[str, Entry]) -> None:
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    stored = {key: asdict(entry) for key, entry in sorted(entries.items())}
    text = json.dumps({"schema": SCHEMA, "exercises": stored}, indent=1)
    handle, temporary = tempfile.mkstemp(dir=file.parent, suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text + "\n")
        Path(temporary).replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _set_aside(file: Path) -> str:
    """Rename to the first free `progress.damaged-N.json`; nothing of the learner's is lost."""
    number = 1
    while (aside := file.with_name(f"progress.damaged-{number}.json")).exists():
        number += 1
    try:
        file.replace(aside)
    except OSError as error:
        return f"your progress file is damaged and could not be set aside ({error.strerror})"
    return f"your progress file was damaged; it is kept as {aside.name} and a new one begins"
