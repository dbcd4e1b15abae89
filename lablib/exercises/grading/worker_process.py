"""One of the processes that grade side by side: tasks in on stdin, rows out on stdout, JSON lines.

It holds the checks and the reference, and starts a sandbox for each task. It ends when its stdin
does, so it cannot outlive a run that was killed.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from lablib.exercises.declare import Exercise
from lablib.exercises.grading import grade, overlay, results
from lablib.exercises.sources import Cell


def main() -> int:
    """Read the setting from the first line of stdin, then serve tasks until it ends."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # whatever prints from here on cannot be taken for a row
        lines = iter(sys.stdin.buffer.readline, b"")
        try:
            setting = json.loads(next(lines))
            serve = _Server(setting)
        except StopIteration:
            return 0
        except Exception as error:
            _send(out, {"fatal": f"{type(error).__name__}: {error}"})
            return 1
        _send(out, {"ready": os.getpid()})
        try:
            for line in lines:
                _send(out, serve.row(json.loads(line)))
        finally:
            serve.close()
    return 0


class _Server:
    def __init__(self, setting: Mapping[str, Any]) -> None:
        self.seed = int(setting["seed"])
        self._exercises: dict[str, Exercise] = {}
        self._folder = Path(setting["folder"]) if setting["folder"] else None
        self._private = Path(setting["private"]) if setting["private"] else None
        module, _, name = str(setting["opener"]).partition(":")
        self._open = getattr(importlib.import_module(module), name)(
            setting["sandbox"], int(setting["slot"])
        )

    def close(self) -> None:
        """End what was kept warm."""
        self._open.close()

    def row(self, task: Mapping[str, Any]) -> dict[str, Any]:
        """Grade one task; whatever goes wrong on our side is a row of its own."""
        name = str(task["exercise"])
        try:
            if name not in self._exercises:
                self._exercises |= overlay.course(
                    [name], folder=self._folder, private=self._private
                )
            cells = [Cell(place, text) for place, text in task["cells"]]
            graded = grade.grade_one(
                task["learner"],
                cells,
                self._exercises[name],
                seed=self.seed,
                open_session=self._open,
            )
            return {"row": results.row(graded), "slow": graded.slow}
        except Exception as error:
            kind = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            return {"problem": f"the grader could not grade this file ({kind}); grade it again"}


def _send(out: IO[str], message: Mapping[str, Any]) -> None:
    out.write(json.dumps(message) + "\n")
    out.flush()


if __name__ == "__main__":
    raise SystemExit(main())
