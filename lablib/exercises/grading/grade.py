"""Grade one file for one exercise: load its cells in a sandbox, run all checks, add up.

No files are read or written here. Public checks run first, before the worker has seen any hidden
input, so an answer that remembers one cannot show it in a value that feedback quotes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from lablib.exercises import proxy, runner
from lablib.exercises.declare import Exercise
from lablib.exercises.grading import notebook
from lablib.exercises.grading.replies import STOPPING, Replies
from lablib.exercises.sources import Cell

LONGEST_NOTES = 20
WORDS = {
    "TooSlowError": "it did not finish within the time limit",
    "WorkerEndedError": "it ended the process that it ran in",
}


class Session(Protocol):
    """A running worker in a sandbox."""

    def load(self, cells: Sequence[str], places: Sequence[str]) -> Sequence[str]:
        """Execute cells in order; one reply text each."""

    def request(self, text: str) -> str:
        """Call a function; the reply text."""


OpenSession = Callable[[Exercise], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Graded:
    """How one learner did in one exercise. `problem` is a sentence if it could not be graded.

    `slow` says that a limit of time decided, which a busy machine can cause too.
    """

    learner: str
    exercise: str
    score: float
    possible: float
    state: str
    results: tuple[runner.Result, ...] = ()
    seconds: float = 0.0
    problem: str = ""
    notes: tuple[str, ...] = ()
    slow: bool = False


def grade_one(
    learner: str,
    cells: Sequence[Cell],
    exercise: Exercise,
    *,
    seed: int,
    open_session: OpenSession,
) -> Graded:
    """Run all checks of an exercise on a learner's cells.

    Parameters
    ----------
    learner : str
        Whose they are; the checks do not know.
    cells : sequence of Cell
        In order; a cell that fails is noted and the rest still runs.
    exercise : Exercise
        With hidden and private checks.
    seed : int
        The instructor's.
    open_session : callable
        Starts a sandbox for the exercise; used for this call only.
    """
    began = time.perf_counter()
    with open_session(exercise) as session:
        failed, notes = _load(session, cells)
        replies = Replies(session.request, cells, failed)
        results = _run(exercise, proxy.Proxy(replies, exercise.functions), seed)
    slow = replies.slow or (failed is not None and failed["type"] == "TooSlowError")
    return Graded(
        learner,
        exercise.id,
        runner.score(results),
        possible(exercise),
        runner.state(results),
        results,
        time.perf_counter() - began,
        notes=tuple(notes[:LONGEST_NOTES]),
        slow=slow,
    )


def possible(exercise: Exercise) -> float:
    """The points of all checks."""
    return float(sum(check.points for check in exercise.checks))


def _run(exercise: Exercise, learner: proxy.Proxy, seed: int) -> tuple[runner.Result, ...]:
    """Results in the declared order of the checks."""
    public_first = sorted(exercise.checks, key=lambda check: not check.public)
    ran = runner.run(replace(exercise, checks=tuple(public_first)), learner, seed=seed)
    found = {result.name: replace(result, sentence=_plain(result.sentence)) for result in ran}
    return tuple(found[check.name] for check in exercise.checks)


def _load(session: Session, cells: Sequence[Cell]) -> tuple[dict[str, Any] | None, list[str]]:
    """Execute the cells; the first failure as a reply, and notes for the learner."""
    failed: dict[str, Any] | None = None
    notes: list[str] = []
    cleaner = Replies(session.request, cells)
    for number, cell in enumerate(cells):
        reply, note = _load_one(session, cell, cleaner)
        notes += note
        if reply["outcome"] == "value":
            continue
        if reply["outcome"] != "error":
            reply = cleaner.cleaned(
                '{"$":"dict","items":{"outcome":"error","type":"WorkerEndedError"}}'
            )
        notes.append(f"{cell.place}: {_spoken(reply)}")
        if failed is None or reply["type"] in STOPPING:
            # Its class must not satisfy a check that expects an exception.
            failed = {**reply, "types": ["CellError"], "place": cell.place}
        if reply["type"] in STOPPING:
            if number + 1 < len(cells):
                notes.append(f"the cells after {cell.place} were not run")
            break
    return failed, notes


def _load_one(session: Session, cell: Cell, cleaner: Replies) -> tuple[dict[str, Any], list[str]]:
    """Execute a cell; one that does not even compile, again without its IPython lines."""
    reply = cleaner.cleaned(session.load([cell.text], [cell.place])[0])
    if reply["outcome"] != "error" or reply["type"] not in {"SyntaxError", "IndentationError"}:
        return reply, []
    text, dropped = notebook.without_commands(cell.text)
    if not dropped:
        return reply, []
    notes = [
        f"{cell.place}: left out `{proxy.clean(line)}`, which is not Python" for line in dropped
    ]
    return cleaner.cleaned(session.load([text], [cell.place])[0]), notes


def _spoken(reply: dict[str, Any]) -> str:
    where = f" in line {reply['line']}" if reply["line"] else ""
    kind, message = reply["type"], reply["message"]
    if kind in WORDS:
        return f"{message or WORDS[kind]}{where}"
    return f"{kind}{where}: {message}" if message else f"{kind}{where}"


def _plain(sentence: str) -> str:
    """A sentence without the names of our own exceptions."""
    for name, words in WORDS.items():
        sentence = sentence.replace(name, words)
    return sentence
