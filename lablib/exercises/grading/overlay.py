"""The exercises of a grading run, with the instructor's private checks laid over them.

`PRIVATE/<topic>/<slug>/checks.py` is written like any `checks.py`, and all its checks are hidden.
A new name adds a check with its own points (0 only informs, and does count as a hidden check
that passed); a name that a hidden check has already replaces that check and its points. Public
checks cannot be replaced. What an exercise is out of is always the sum over its checks.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lablib.exercises import checks, declare
from lablib.exercises.declare import Exercise, ExerciseError

ENGINE = Path(__file__).resolve().parent.parent


def course(
    ids: Sequence[str] | None = None, *, folder: Path | None = None, private: Path | None = None
) -> dict[str, Exercise]:
    """Exercises by id, in the order of the course.

    Parameters
    ----------
    ids : sequence of str, optional
        Which; all by default. A topic stands for all exercises of it.
    folder : Path, optional
        Where they are.
    private : Path, optional
        Folder of private checks.
    """
    known = declare.find(folder)
    chosen: list[str] = []
    for name in known if ids is None else ids:
        topic = [one for one in known if one.startswith(f"{name}/")]
        chosen += [one for one in topic or [name] if one not in chosen]
    if private is not None:
        _all_known(private, known)
    found = {}
    for name in chosen:
        exercise = declare.load(name, folder)
        path = private / name / "checks.py" if private is not None else None
        found[name] = _laid_over(exercise, path) if path and path.is_file() else exercise
    return found


def fingerprint(exercise: Exercise, private: Path | None = None) -> str:
    """Hash of what decides a grade: the exercise's files, private checks included.

    Parameters
    ----------
    exercise : Exercise
    private : Path, optional
    """
    folders = [exercise.folder] + ([private / exercise.id] if private is not None else [])
    files = [folder / name for folder in folders for name in ("exercise.md", "checks.py")]
    return _hash([*files, exercise.folder / "solution.py"])


def engine() -> str:
    """Hash of the code that grades, and the versions of Python and NumPy it runs with."""
    files = [path for path in ENGINE.rglob("*.py") if "reports" not in path.parts]
    return _hash(sorted(files), f"{platform.python_version()} {np.__version__}")


def _hash(files: Sequence[Path], more: str = "") -> str:
    digest = hashlib.sha256(more.encode())
    for path in files:
        if path.is_file():
            digest.update(f"\0{path.parent.name}/{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _all_known(private: Path, known: Sequence[str]) -> None:
    if not private.is_dir():
        raise ExerciseError(f"there is no folder {private} of private checks")
    for path in sorted(private.glob("*/*/checks.py")):
        name = path.parent.relative_to(private).as_posix()
        if name not in known:
            raise ExerciseError(
                f"private checks for {name}, which is no exercise; rename the folder"
            )


def _laid_over(exercise: Exercise, path: Path) -> Exercise:
    where = f"private {exercise.id}/checks.py"
    spaces: dict[str, Any] = {"__name__": f"private checks of {exercise.id}"}
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), spaces)
    except Exception as error:
        raise ExerciseError(f"{where}: {type(error).__name__}: {error}") from error
    laid = {check.name: check for check in checks.declared(spaces)}
    _sound(exercise, laid, where)
    kept = [laid.pop(check.name, check) for check in exercise.checks]
    return replace(exercise, checks=(*kept, *laid.values()))


def _sound(exercise: Exercise, laid: Mapping[str, checks.Check], where: str) -> None:
    public = {check.name for check in exercise.checks if check.public}
    for name, check in laid.items():
        if check.public:
            raise ExerciseError(f"{where}: {name} is public; private checks are hidden ones")
        if name in public:
            raise ExerciseError(f"{where}: {name} is the name of a public check; choose another")
        if check.points < 0:
            raise ExerciseError(f"{where}: {name} earns {check.points}; give it 0 or more")
        if check.hint is not None and not 1 <= check.hint <= len(exercise.hints):
            raise ExerciseError(f"{where}: {name} names hint {check.hint}, which is not there")
