"""Generate what learners and instructors open: notebooks and templates, and say when one is stale.

`build` writes below a folder (by default `dist/exercises`, which is not committed):

    learner/<topic>/<slug>.ipynb      prompt, answer cell, check cell
    learner/<topic>/<slug>.py         the template alone
    instructor/<topic>/<slug>.ipynb   solution, hints, checks, wrong answers, rubric
    generated.json                    the hash of every file as it was written

Nobody edits these files: `stale` names each one that was, and each one whose exercise has changed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from lablib.exercises import declare, mutation, rubrics, selftest, template
from lablib.exercises.declare import Exercise

TARGET = Path("dist") / "exercises"
MANIFEST = "generated.json"
SCHEMA = 1
FOLDERS = ("learner", "instructor")
Notebook = dict[str, Any]


@dataclass(frozen=True)
class Stale:
    """A generated file that is not as it should be, and why."""

    path: str
    why: str

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


def learner(exercise: Exercise) -> Notebook:
    """The learner's notebook as the content of an `.ipynb` file (format 4.5)."""
    call = f'"{exercise.id}"'
    cells = [
        _markdown(_prompt(exercise)),
        _code("from lablib.exercises import check, hint, solution"),
        _code(template.text(exercise).rstrip(), "exercise"),
        _code(f"check({call})"),
        _markdown(f"Stuck? Run `hint({call})` in a new cell; each call shows one hint more."),
    ]
    return _notebook(cells, exercise)


def instructor(exercise: Exercise) -> Notebook:
    """The instructor's notebook: everything in the exercise's folder, with the solution to run."""
    hints = [f"**Hint {number}.** {hint}" for number, hint in enumerate(exercise.hints, start=1)]
    texts = [
        f"*For instructors; not to be handed out.*\n\n{_prompt(exercise)}",
        "## Hints\n\n" + "\n\n".join(hints),
        f"## Why it matters\n\n{exercise.why}",
        f"## Checks\n\n{_checks(exercise)}",
        f"## Wrong answers that the checks reject\n\n{_mutants(exercise)}",
    ]
    if listed := mutation.listed(exercise):
        rows = [f"- `{name}`: {reason}" for name, reason in listed.items()]
        texts.append("## Changes of the solution that mean the same\n\n" + "\n".join(rows))
    if found := rubrics.load(exercise):
        texts.append(f"## Rubric for the person who reads the answer\n\n{rubrics.table(found)}")
    cells = [
        _markdown(texts[0]),
        _code(template.solution(exercise).rstrip(), "exercise"),
        _code(f'from lablib.exercises import check\n\ncheck("{exercise.id}")'),
        *map(_markdown, texts[1:]),
    ]
    return _notebook(cells, exercise)


def files(ids: Sequence[str] = (), *, folder: Path | None = None) -> dict[str, str]:
    """Path below the target to text, of everything that is generated (for `ids`, default all)."""
    found = {}
    for exercise_id in ids or declare.find(folder):
        exercise = declare.load(exercise_id, folder)
        found[f"learner/{exercise_id}.ipynb"] = _dumps(learner(exercise))
        found[f"learner/{exercise_id}.py"] = template.text(exercise)
        found[f"instructor/{exercise_id}.ipynb"] = _dumps(instructor(exercise))
    return found


def build(
    target: Path = TARGET, *, folder: Path | None = None, force: bool = False
) -> tuple[str, ...]:
    """Write all generated files below `target`; removes those of exercises that are gone.

    Parameters
    ----------
    target : Path
        Created where it does not exist.
    folder : Path, optional
        Where the exercises are; by default the course's own.
    force : bool
        Overwrite files that were edited, too; by default they stop the build before it writes.

    Returns
    -------
    tuple of str
        Paths, below `target`, of the files that changed.

    Raises
    ------
    ValueError
        If a file was edited by hand, or the list of generated files cannot be read.
    """
    wanted, known = files(folder=folder), {} if force else _manifest(target)
    touched = [name for name in known if _hash(target / name) not in (None, known[name])]
    foreign = [] if force else [name for name in wanted if name not in known]
    touched += [name for name in foreign if (target / name).exists()]
    if touched:
        raise ValueError(
            f"{', '.join(touched)} in {target} would be overwritten, but the build did not write "
            "what is there; move your changes into the exercise's folder, or overwrite it by force"
        )
    changed = [name for name, text in wanted.items() if _hash(target / name) != _digest(text)]
    for name in changed:
        _write(target / name, wanted[name])
    for name in set(known) - set(wanted):
        (target / name).unlink(missing_ok=True)
    hashes = {name: _digest(text) for name, text in wanted.items()}
    _write(target / MANIFEST, _dumps({"schema": SCHEMA, "files": hashes}))
    return tuple(changed)


def stale(target: Path = TARGET, *, folder: Path | None = None) -> tuple[Stale, ...]:
    """Every file below `target` that is edited, out of date, missing, left over or not ours.

    Parameters
    ----------
    target : Path
        What `build` wrote.
    folder : Path, optional
        Where the exercises are; by default the course's own.
    """
    wanted, known = files(folder=folder), _manifest(target)
    found = [Stale(name, why) for name, why in _judged(target, wanted, known)]
    there = (path for name in FOLDERS for path in (target / name).rglob("*") if path.is_file())
    for path in there:
        name = path.relative_to(target)
        hidden = any(part.startswith(".") for part in name.parts)
        if not hidden and name.as_posix() not in {*known, *wanted}:
            found.append(Stale(name.as_posix(), "not generated; move it out of the folder"))
    return tuple(sorted(found, key=lambda item: item.path))


def command(target: Path = TARGET, *, check: bool = False, force: bool = False) -> tuple[str, int]:
    """The command line's verb: the text to print and the exit code (1: something is stale).

    Parameters
    ----------
    target : Path
        The folder of generated files.
    check : bool
        Only say what is stale; write nothing.
    force : bool
        Overwrite edited files, too.
    """
    if check:
        lines = [str(item) for item in stale(target)]
        return "\n".join(lines) or f"everything in {target} is as generated", 1 if lines else 0
    changed = build(target, force=force)
    return "\n".join([*changed, f"{len(changed)} files written below {target}"]), 0


def _judged(
    target: Path, wanted: dict[str, str], known: dict[str, str]
) -> Iterator[tuple[str, str]]:
    for name in sorted({*wanted, *known}):
        there = _hash(target / name)
        fresh = _digest(wanted[name]) if name in wanted else None
        if there == fresh:
            continue
        if there is None:
            yield name, "missing; build again"
        elif there != known.get(name):
            yield name, "edited by hand; move the change into the exercise's folder, build again"
        elif fresh is None:
            yield name, "left over from an exercise that is gone; build again"
        else:
            yield name, "stale, its exercise has changed; build again"


def _manifest(target: Path) -> dict[str, str]:
    """Path to hash of what the last build wrote; empty if there was none."""
    path = target / MANIFEST
    if not path.is_file():
        return {}
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        known = raw["files"]
        texts = all(isinstance(value, str) for value in known.values())
        ours = raw["schema"] == SCHEMA and texts and all(map(_inside, known))
    except (ValueError, KeyError, TypeError, AttributeError):
        ours = False
    if not ours:
        raise ValueError(f"{path} is not a list of generated files; delete {target}, build again")
    return dict(known)


def _inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and parts[0] in FOLDERS and ".." not in parts


def _hash(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def _dumps(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _notebook(cells: list[Notebook], exercise: Exercise) -> Notebook:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "lablib": {"exercise": exercise.id}}
    cells = [{**cell, "id": f"cell-{number}"} for number, cell in enumerate(cells)]
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def _markdown(text: str) -> Notebook:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(text: str, *tags: str) -> Notebook:
    metadata = {"tags": list(tags)} if tags else {}
    empty: Notebook = {"execution_count": None, "outputs": []}
    return {"cell_type": "code", "metadata": metadata, "source": text, **empty}


def _prompt(exercise: Exercise) -> str:
    facts = f"{exercise.points} points, about {exercise.minutes} minutes"
    facts += f", difficulty {exercise.difficulty} of 5. {exercise.objective}"
    return f"# {exercise.title}\n\n*{facts}*\n\n{exercise.prompt}"


def _checks(exercise: Exercise) -> str:
    rows = ["| check | points | who sees it | hint |", "|---|---|---|---|"]
    for check in exercise.checks:
        seen = "learner, in the notebook" if check.public else "at grading only"
        name = check.name.replace("_", " ")
        rows.append(f"| {name} | {check.points} | {seen} | {check.hint or 'none'} |")
    return "\n".join(rows)


def _mutants(exercise: Exercise) -> str:
    rows = []
    for name, source in exercise.sources("mutants").items():
        header = dict(selftest.HEADER.findall(source))
        notes = (line[2:] for line in source.splitlines() if line.startswith("# "))
        why = " ".join(line for line in notes if not line.startswith(("rejected_by:", "says:")))
        by = header.get("rejected_by", "?").replace("_", " ")
        title = name.removesuffix(".py").replace("_", " ")
        rows.append(f"- **{title}**: {why} Rejected by *{by}*.")
    return "\n".join(rows)
