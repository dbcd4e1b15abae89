"""What runs inside an autograder archive: grade one submission, leave `results/results.json`.

    python -P -m lablib.exercises.reports.export.container /autograder

The submission is graded like one learner of a class of one, by the grader and in the sandbox that
the archive names. Where no sandbox works, nothing runs and the result says so.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lablib.exercises.reports import model
from lablib.exercises.reports.export import gradescope

LEARNER = "submission"


def main(arguments: Sequence[str]) -> int:
    """Grade (`ROOT`), or say which sandbox would be used (`--probe ROOT`); the exit code."""
    probing = arguments[:1] == ["--probe"]
    rest = arguments[1:] if probing else arguments
    if len(rest) != 1:
        print("usage: container [--probe] ROOT", file=sys.stderr)
        return 2
    root = Path(rest[0])
    if probing:
        print(probe(root))
        return 0
    try:
        found = grade(root)
    except Exception as error:  # whatever happens, the learner and the instructor read a result
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        found = gradescope.failure("the autograder failed; your instructor sees why in its output")
    write(root / "results" / "results.json", found)
    return 0


def grade(root: Path) -> dict[str, Any]:
    """The Gradescope document of the submission in `root`/submission.

    Raises
    ------
    SandboxError
        If the sandbox that the archive names does not work here.
    """
    from lablib.exercises.grading.run import grade_folder

    setting = _setting(root)
    private = root / "source" / "private"
    with tempfile.TemporaryDirectory(prefix="autograder-") as name:
        folder = Path(name)
        _copy(root / "submission", folder / "class" / LEARNER)
        grade_folder(
            folder / "class",
            out=folder / "out",
            seed=setting["seed"],
            sandbox=setting["sandbox"],
            exercises=setting["exercises"],
            private=private if setting["private"] else None,
        )
        results = model.load(folder / "out" / "results.json")
    if not results.learners:
        return gradescope.failure("there is no notebook and no .py file in it")
    return gradescope.result(results, results.learners[0].learner)


def probe(root: Path) -> str:
    """One line for the build log: the sandbox that will be used, or why there is none."""
    from lablib.exercises import sandbox

    try:
        return f"sandbox: {sandbox.choose(_setting(root)['sandbox'])}"
    except sandbox.SandboxError as error:
        return f"sandbox: none works while building; submissions will not be run\n{error}"


def write(path: Path, document: dict[str, Any]) -> None:
    """Replace the results file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name("results.json.part")
    part.write_text(json.dumps(document, indent=1), encoding="utf-8")
    part.replace(path)


def _setting(root: Path) -> dict[str, Any]:
    path = root / "source" / "autograder.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _copy(source: Path, target: Path) -> None:
    """Copy files, folders and links (as links: the grader refuses them); leave out devices."""

    def special(folder: str, names: list[str]) -> list[str]:
        modes = {name: os.lstat(os.path.join(folder, name)).st_mode for name in names}
        keep = (stat.S_ISREG, stat.S_ISDIR, stat.S_ISLNK)
        return [name for name, mode in modes.items() if not any(is_kind(mode) for is_kind in keep)]

    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, ignore=special)
    else:
        target.mkdir(parents=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
