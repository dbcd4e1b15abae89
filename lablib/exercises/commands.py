"""The exercise verbs of the command line: each returns the text to print and the exit code.

0: done or passed; 1: not passed yet. Wrong input raises ValueError, which the command line turns
into 2.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

from lablib.exercises import declare, learner, progress_file, sources, template
from lablib.exercises import selftest as tests
from lablib.exercises.sandbox import Connector
from lablib.exercises.views import View

WATCH_SECONDS = 0.5


def answer_path(exercise_id: str) -> Path:
    """Where an answer is by default: `answers/<topic>/<slug>.py`."""
    return Path("answers") / f"{exercise_id}.py"


def start(exercise_id: str, *, file: str | None = None) -> tuple[str, int]:
    """Write the template to the answer file; an existing file is left as it is."""
    exercise = declare.load(exercise_id)
    path = Path(file) if file else answer_path(exercise_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as out:
            out.write(template.text(exercise))
    except FileExistsError:
        return f"{path} is there already and was left as it is", 1
    steps = f"Write your answer in {path}, then: lablib check {exercise_id}"
    return f"{exercise.title}\n\n{exercise.prompt}\n\n{steps}", 0


def check(exercise_id: str, *, file: str | None = None) -> tuple[str, int]:
    """Run the public checks on a `.py` file or a notebook."""
    exercise = declare.load(exercise_id)
    path = Path(file) if file else answer_path(exercise_id)
    if file is None and not path.exists():
        return f"not started: write the template with `lablib start {exercise_id}`", 1
    try:
        cells = sources.read(path, exercise.functions)
        names = sources.execute(cells, seconds=exercise.limits.seconds)
    except sources.SourceError as error:
        return str(error), 1
    view = learner.check(exercise_id, names)
    return _spoken(view, exercise_id), 0 if view.state == learner.HEADLINES["passed"] else 1


def watch(exercise_id: str, *, file: str | None = None) -> Iterator[str]:
    """Check now and after every change of the file, until the answer passes."""
    path = Path(file) if file else answer_path(exercise_id)
    seen = -1
    while True:
        changed = os.stat(path).st_mtime_ns if path.exists() else 0
        if changed != seen:
            seen = changed
            text, code = check(exercise_id, file=file)
            yield text
            if code == 0:
                return
        time.sleep(WATCH_SECONDS)


def hint(exercise_id: str) -> tuple[str, int]:
    """The next hint, after those already seen."""
    return _spoken(learner.hint(exercise_id), exercise_id), 0


def solution(exercise_id: str) -> tuple[str, int]:
    """The solution; 1 while it only asks whether you are sure."""
    view = learner.solution(exercise_id)
    return _spoken(view, exercise_id), 0 if view.code else 1


def progress() -> tuple[str, int]:
    """All exercises and how far you are."""
    return str(learner.progress()), 0


def next_exercise() -> tuple[str, int]:
    """The first exercise, in the order of the course, that is not passed."""
    stored = progress_file.read()
    left = [name for name in declare.find() if not stored.entry(name).passed]
    if not left:
        return "all exercises are passed", 0
    exercise = declare.load(left[0])
    about = f"{exercise.title} ({exercise.minutes} minutes, difficulty {exercise.difficulty} of 5)"
    return f"{exercise.id}: {about}\nbegin with: lablib start {exercise.id}", 0


def selftest(exercises: Sequence[str] = (), *, sandboxed: bool = False) -> tuple[str, int]:
    """Test the named exercises (default: all); 1 if any of them has a problem.

    `sandboxed` runs every answer as the grader would, which takes longer.
    """
    lines, failed = [], 0
    with Connector() if sandboxed else nullcontext(tests.in_process) as connect:
        for exercise_id in exercises or declare.find():
            report = tests.run(exercise_id, connect=connect)
            failed += not report.ok
            lines.append(str(report))
    lines.append(f"{len(lines) - failed} of {len(lines)} exercises hold")
    return "\n".join(lines), 1 if failed else 0


def _spoken(view: View, exercise_id: str) -> str:
    """The view's text, with `hint("...")` as one types it in a terminal."""
    text = str(view)
    for verb in ("hint", "solution"):
        text = text.replace(f'call {verb}("{exercise_id}")', f"run `lablib {verb} {exercise_id}`")
        text = text.replace(f'{verb}("{exercise_id}")', f"lablib {verb} {exercise_id}")
    return text
