"""Every grade on disk before the next one is asked for, so that a killed run loses nothing.

One JSON line a grade, written and synced at once. A line cut off by a kill is dropped on the next
start; a line whose key no longer fits (other file, checks, seed or code) is simply not used.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # no such locks on this platform; two runs at once are then not noticed
    fcntl = None  # type: ignore[assignment]

NAME = "journal.jsonl"


class Journal:
    """Grades by key, in a file that only grows. A context manager; one run at a time may hold it.

    Parameters
    ----------
    folder : Path
        Where results go; made if absent.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / NAME).open("a+b")
        self.seed: int | None = None
        self._rows: dict[str, dict[str, Any]] = {}
        try:
            if fcntl is not None:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise ValueError(f"another run is writing to {folder}; wait or choose --out") from None
        self._read()

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def get(self, key: str) -> dict[str, Any] | None:
        """The grade stored under a key."""
        return self._rows.get(key)

    def add(self, key: str, row: Mapping[str, Any]) -> None:
        """Store a grade; on return it is on disk."""
        self._rows[key] = dict(row)
        self._write({"key": key, "row": row})

    def keep_seed(self, seed: int) -> None:
        """Remember the seed, for a later run that is given none."""
        if seed != self.seed:
            self.seed = seed
            self._write({"seed": seed})

    def _write(self, line: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _read(self) -> None:
        self._file.seek(0)
        end = 0
        for raw in self._file:
            if not raw.endswith(b"\n"):
                break
            end += len(raw)
            try:
                line = json.loads(raw)
                if "seed" in line:
                    self.seed = int(line["seed"])
                else:
                    self._rows[str(line["key"])] = dict(line["row"])
            except (ValueError, KeyError, TypeError):
                continue
        self._file.truncate(end)
        self._file.seek(0, os.SEEK_END)
