"""The four verbs of a learner: `check`, `hint`, `solution`, `progress`.

They work in a notebook (the names are the notebook's), in a script (the caller's) and with an
explicit namespace. They show sentences, never a traceback of ours, and never a grade.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lablib.exercises import declare, progress_file, proxy, runner, template
from lablib.exercises.views import View

HIDDEN = "Hidden checks run at grading, with inputs that are drawn anew."
HEADLINES = {
    "passed": "passed public checks",
    "not yet": "not yet",
    "error": "error in your code",
    "not started": "not started",
    "broken check": "the check is at fault",
}


def check(
    exercise_id: str, namespace: Mapping[str, Any] | None = None, *, folder: Path | None = None
) -> View:
    """Run the public checks of an exercise on your functions.

    Parameters
    ----------
    exercise_id : str
        `topic/slug`, as on the page.
    namespace : mapping, optional
        Where your functions are; by default the notebook's names, or the caller's.
    folder : Path, optional
        Where the exercises are; by default the course's own.

    Returns
    -------
    View
        `state` is "passed public checks", "not yet", "error in your code" or "not started".

    Raises
    ------
    ValueError
        If there is no exercise of that name.
    """
    exercise = declare.load(exercise_id, folder)
    if namespace is None:
        namespace = _names_of_caller()
    learner = proxy.in_process(namespace, exercise.functions, seconds=exercise.limits.seconds)
    results = runner.run(exercise, learner, public_only=True)
    state = runner.state(results)
    before = progress_file.read()
    entry = before.entry(exercise_id)
    notes = [HIDDEN]
    if state != "not started" or entry.attempts:  # a page that is only built leaves no trace
        kept = "passed" if entry.passed and state == "not started" else state
        changes = {"state": kept, "attempts": entry.attempts + 1}
        notes.append(progress_file.update(exercise_id, **changes) or before.note)
    return _report(exercise, results, state, tuple(filter(None, notes)))


def hint(exercise_id: str, *, folder: Path | None = None) -> View:
    """Show the hints seen so far and one more; the first is general, the last is specific."""
    exercise = declare.load(exercise_id, folder)
    stored = progress_file.read()
    seen = min(stored.entry(exercise_id).hints + 1, len(exercise.hints))
    note = progress_file.update(exercise_id, hints=seen) or stored.note
    left = len(exercise.hints) - seen
    more = f'{left} more: hint("{exercise_id}") again.' if left else "That was the last hint."
    items = tuple(f"Hint {i}: {text}" for i, text in enumerate(exercise.hints[:seen], start=1))
    return View("hint", exercise.title, items=items, notes=tuple(filter(None, [more, note])))


def solution(exercise_id: str, *, folder: Path | None = None) -> View:
    """Show the solution: at once if you passed, otherwise when you ask a second time."""
    exercise = declare.load(exercise_id, folder)
    stored = progress_file.read()
    entry = stored.entry(exercise_id)
    if not (entry.passed or entry.asked or entry.solution):
        note = progress_file.update(exercise_id, asked=True) or stored.note
        left = len(exercise.hints) - entry.hints
        hints = f"{left} hints are left" if left != 1 else "one hint is left"
        sentence = (
            f"You have not passed this one yet, and {hints}. "
            f'To see the solution all the same, call solution("{exercise_id}") again.'
        )
        return View("wait", exercise.title, sentence, notes=(note,) if note else ())
    note = progress_file.update(exercise_id, asked=True, solution=True) or stored.note
    code = template.solution(exercise)
    return View("solution", exercise.title, exercise.why, code=code, notes=(note,) if note else ())


def progress(*, folder: Path | None = None) -> View:
    """List every exercise with its state, attempts and hints seen."""
    stored = progress_file.read()
    ids = declare.find(folder)
    items = tuple(_line(exercise_id, stored.entry(exercise_id)) for exercise_id in ids)
    passed = sum(stored.entry(exercise_id).passed for exercise_id in ids)
    title = f"{passed} of {len(ids)} exercises passed"
    return View("progress", title, items=items, notes=(stored.note,) if stored.note else ())


def _line(exercise_id: str, entry: progress_file.Entry) -> str:
    counts = {"check": entry.attempts, "hint": entry.hints}
    extras = [f"{n} {word}{'s' * (n > 1)}" for word, n in counts.items() if n]
    extras += ["solution seen"] if entry.solution else []
    return f"{exercise_id}: {entry.state}" + (f" ({', '.join(extras)})" if extras else "")


def _report(
    exercise: declare.Exercise,
    results: tuple[runner.Result, ...],
    state: runner.State,
    notes: tuple[str, ...],
) -> View:
    missed = [result for result in results if not result.passed]
    first = next((result for result in missed if result.state == state), None)
    first = first or (missed[0] if missed else None)
    sentence = "" if first is None else _sentence(first.text)
    if first is not None and first.hint is not None:
        sentence += f' Hint {first.hint} is about this: hint("{exercise.id}").'
    if state == "passed":
        sentence = f"{exercise.why}"
    items: tuple[str, ...] = ()
    if state != "not started":
        items = tuple(f"{result.state}: {result.name.replace('_', ' ')}" for result in results)
    return View(HEADLINES[state], exercise.title, sentence, items, notes=notes)


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _names_of_caller() -> Mapping[str, Any]:
    """The notebook's names inside IPython, else the globals of whoever called the verb."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        names: Mapping[str, Any] = shell.user_ns
        return names
    return sys._getframe(2).f_globals
