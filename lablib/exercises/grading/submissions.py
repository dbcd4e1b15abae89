"""Who handed in what: the files of a class, the exercises they answer, the attempt that counts.

Layouts: a folder or zip with one folder (or zip) a learner; or flat files `<learner>.ipynb`,
`<learner>__<exercise>_attempt2.py`; also mixed. A file answers the exercise that its path names;
else those that it checks or whose functions it defines; if a learner has none of these and only
one exercise is graded, every file of theirs answers it. Of several files of one learner for one
exercise the latest attempt counts (`names`), also when that one cannot be read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from lablib.exercises.declare import Exercise
from lablib.exercises.grading import archive, names, notebook
from lablib.exercises.grading.archive import Entry, UnreadableError
from lablib.exercises.grading.notebook import Code
from lablib.exercises.sources import Cell

NOTHING = "handed in no notebook and no .py file"
NO_EXERCISE = (
    "answers no exercise that is graded: keep the function's name, or name the file topic-slug.py"
)
FILE_COSTS = 10_000  # so that thousands of small files are too many as well


@dataclass(frozen=True)
class Submission:
    """One file of one learner. `problem` says in a sentence why `code` is empty, else is empty."""

    learner: str
    path: str
    code: Code
    problem: str
    attempt: names.Attempt
    exercise_ids: tuple[str, ...] = ()

    def cells(self, exercise: Exercise) -> tuple[Cell, ...]:
        """The cells to run for an exercise."""
        return self.code.chosen(exercise.functions, exercise.needs)


@dataclass(frozen=True)
class Learner:
    """All files of one learner; `problem` is about those that answer no exercise we know."""

    name: str
    files: tuple[Submission, ...]
    problem: str = ""

    def latest(self, exercise_id: str) -> Submission | None:
        """The attempt that counts; None if there is none."""
        tries = [file for file in self.files if exercise_id in file.exercise_ids]
        return max(tries, key=lambda file: file.attempt, default=None)


@dataclass(frozen=True)
class Class:
    """Everything that was handed in, learners by name; `ignored` files are of no known kind."""

    learners: tuple[Learner, ...]
    exercise_ids: tuple[str, ...]
    ignored: tuple[str, ...]


def find(
    source: Path,
    course: Mapping[str, Exercise],
    *,
    wanted: Sequence[str] | None = None,
    leave_out: Path | None = None,
) -> Class:
    """Read a folder or a zip of submissions.

    Parameters
    ----------
    source : Path
    course : mapping
        Exercises by id, in the order of the course.
    wanted : sequence of str, optional
        The exercises of the assignment. Without it: all that somebody handed in an answer to.
    leave_out : Path, optional
        A folder below `source` that is not a submission.
    """
    ids = list(course if wanted is None else wanted)
    handed: dict[str, list[Submission]] = {}
    ignored: list[str] = []
    read: Counter[str] = Counter()
    for entry in archive.entries(source, leave_out=leave_out):
        learner, inner = _owner(entry)
        if entry.folder:
            handed.setdefault(learner, [])
        elif entry.suffix in archive.CODE or entry.refused:
            one = _read(entry, learner, inner, full=read[learner] > archive.MAX_EACH_BYTES)
            read[learner] += FILE_COSTS + sum(len(cell.text) for cell in one.code.cells)
            handed.setdefault(learner, []).append(one)
        elif len(entry.parts) == 1:
            ignored.append(names.learner_id(entry.parts[0]))
        else:
            handed.setdefault(learner, [])
    learners = [_learner(name, files, course, ids) for name, files in sorted(handed.items())]
    if wanted is None:
        answered = {name for one in learners for file in one.files for name in file.exercise_ids}
        ids = [name for name in ids if name in answered]
    return Class(tuple(learners), tuple(ids), tuple(ignored))


def _owner(entry: Entry) -> tuple[str, str]:
    """Learner's id, and what is left of the path without its suffix."""
    if entry.folder or len(entry.parts) > 1:
        inner = PurePosixPath(*entry.parts[1:]) if len(entry.parts) > 1 else PurePosixPath("")
        return names.learner_id(entry.parts[0]), str(inner.with_suffix("")) if inner.name else ""
    return names.flat_learner(PurePosixPath(entry.parts[0]).stem)


def _read(entry: Entry, learner: str, inner: str, *, full: bool) -> Submission:
    path = "/".join(names.learner_id(part) for part in entry.parts)
    code, problem = Code(()), ""
    try:
        if entry.refused or full:
            raise UnreadableError(
                entry.refused or "is one file too many: together they are too large"
            )
        code = notebook.parse(entry.parts[-1], entry.read())
    except UnreadableError as error:
        problem = f"{path} {error}"
    return Submission(learner, path, code, problem, names.attempt(inner, entry.modified))


def _learner(
    name: str, files: Sequence[Submission], course: Mapping[str, Exercise], ids: Sequence[str]
) -> Learner:
    marked = [_answers(file, course, ids) for file in files]
    if len(ids) == 1 and not any(file.exercise_ids for file in marked):
        marked = [replace(file, exercise_ids=tuple(ids)) for file in marked]
    marked.sort(key=lambda file: (file.attempt, file.path))
    lost = [file.problem for file in marked if file.problem and not file.exercise_ids]
    problem = ""
    if not files:
        problem = NOTHING
    elif lost:
        problem = lost[0] + (f" (and {len(lost) - 1} more files)" if len(lost) > 1 else "")
    elif not any(file.exercise_ids for file in marked):
        problem = NO_EXERCISE
    return Learner(name, tuple(marked), problem)


def _answers(file: Submission, course: Mapping[str, Exercise], ids: Sequence[str]) -> Submission:
    inner = file.attempt[3]
    if named := names.exercise_named(inner, ids):
        found = [named]
    else:
        checked, defined = file.code.checked, file.code.defined
        claimed = {name for one in ids if one in checked for name in course[one].functions}
        found = [
            one for one in ids if one in checked or (defined & set(course[one].functions)) - claimed
        ]
    return replace(file, exercise_ids=tuple(found))
