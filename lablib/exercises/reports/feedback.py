"""Feedback for one learner, as Markdown and as HTML: one sentence for every check that failed.

A hidden check shows its sentence and no value; no check shows its code. Ids, exception texts and
values came from outside: they are cleaned of control characters and escaped for the format.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lablib.exercises import declare, proxy
from lablib.exercises.reports import page
from lablib.exercises.reports.model import CheckRow, ExerciseRow, LearnerRow, Results

# What means something inside a line, and what would turn an address into a link.
SPECIAL = re.compile(r"([\\`*_{}\[\]|~^$@]|(?<=www)\.|:(?=//))", flags=re.IGNORECASE)
MARKED = re.compile(r"-[0-9a-f]{8}$")
STATES = {
    "passed": "passed",
    "not yet": "not yet",
    "error": "your code raised an error",
    "not started": "not started",
    "broken check": "the check itself failed; this is not your fault, tell your instructor",
    "problem": "could not be graded",
}
RULE = (
    "Points of public checks count once a hidden check passes too. Hidden checks draw new inputs, "
    "so their values are not shown."
)


def markdown(results: Results, learner: str) -> str:
    """The feedback as Markdown; a foreign text can make neither markup nor HTML in it."""
    row = results.learner(learner)
    who = f"Learner {_md(row.learner)}: {_total(row)}"
    lines = [f"# Feedback: {_md(results.course)}", "", who, ""]
    if row.problem:
        lines += [f"**Your submission could not be graded:** {_md_sentence(row.problem)}", ""]
    titles = {info.id: info.title for info in results.exercises}
    for exercise in row.exercises:
        lines += [f"## {_md(titles.get(exercise.id, exercise.id))}", ""]
        lines += [f"{_points(exercise)} ({_md(STATES[exercise.state])})", ""]
        listed = [f"- {_md_check(exercise.id, check)}" for check in _failed(exercise)]
        listed += [f"- Note: {_md_sentence(note)}" for note in exercise.notes]
        lines += [*listed, ""] if listed else []
        lines += [f"{_md_sentence(note)}\n" for note in _notes(exercise)]
    return "\n".join(lines).rstrip() + "\n"


def html(results: Results, learner: str) -> str:
    """The feedback as one self-contained HTML document."""
    row = results.learner(learner)
    parts = [
        f"<h1>Feedback: {page.text(results.course)}</h1>",
        f"<p>Learner {page.text(row.learner)}: <strong>{_total(row)}</strong></p>",
    ]
    if row.problem:
        parts.append(
            "<p><strong>Your submission could not be graded:</strong> "
            f"{page.sentence(row.problem)}</p>"
        )
    titles = {info.id: info.title for info in results.exercises}
    for exercise in row.exercises:
        found = "".join(f"<li>{_html_check(exercise.id, c)}</li>" for c in _failed(exercise))
        found += "".join(f"<li>Note: {page.sentence(note)}</li>" for note in exercise.notes)
        notes = "".join(f'<p class="quiet">{page.sentence(n)}</p>' for n in _notes(exercise))
        parts.append(
            f'<section class="exercise"><h2>{page.text(titles.get(exercise.id, exercise.id))}</h2>'
            f"<p>{_points(exercise)} ({page.text(STATES[exercise.state])})</p>"
            f"{f'<ul>{found}</ul>' if found else ''}{notes}</section>"
        )
    return page.page(f"Feedback: {results.course}", "\n".join(parts))


def write(results: Results, folder: Path) -> Mapping[str, str]:
    """Write `<name>.md` and `<name>.html` for every learner; returns learner id to `name`."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {}
    for row in results.learners:
        names[row.learner] = name = file_name(row.learner)
        (folder / f"{name}.md").write_text(markdown(results, row.learner), encoding="utf-8")
        (folder / f"{name}.html").write_text(html(results, row.learner), encoding="utf-8")
    return names


def file_name(learner: str) -> str:
    """A file name for a learner that stays in its folder and differs from every other's.

    >>> file_name("ada.lovelace")
    'ada.lovelace'
    >>> file_name("../../x")
    'x-9cdf6a50'
    """
    name = re.sub(r"[^a-z0-9._-]+", "-", learner.lower()).strip(".-")[:60]
    if name and name == learner and not MARKED.search(name):
        return name
    mark = hashlib.sha256(learner.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{name or 'learner'}-{mark}"


def _total(row: LearnerRow) -> str:
    return f"{row.score:g} of {row.possible:g} points"


def _points(exercise: ExerciseRow) -> str:
    return f"{exercise.score:g} of {exercise.possible:g} points"


def _failed(exercise: ExerciseRow) -> list[CheckRow]:
    """The checks to write about; those of an answer that was not graded all say the same."""
    return [check for check in exercise.checks if exercise.handed_in and not check.passed]


def _notes(exercise: ExerciseRow) -> list[str]:
    if exercise.state == "not started":
        return [f"Begin with `lablib start {exercise.id}`."]
    if exercise.state in ("passed", "problem"):
        return []
    return [RULE]


def _detail(check: CheckRow) -> str:
    """Values and exception texts, for public checks only, whatever the file holds."""
    return proxy.clean(check.detail) if check.public else ""


def _hint(exercise_id: str, check: CheckRow) -> int | None:
    if check.state != "not yet":
        return None
    return check.hint or _hints(exercise_id).get(check.name)


@cache
def _hints(exercise_id: str) -> Mapping[str, int | None]:
    """The hints that an installed exercise's checks point to; empty if it is not here."""
    try:
        return {check.name: check.hint for check in declare.load(exercise_id).checks}
    except declare.ExerciseError:
        return {}


def _md_check(exercise_id: str, check: CheckRow) -> str:
    parts = [f"**{_md(_label(check))}** ({check.points:g}):", _md_sentence(_sentence(check)) + "."]
    if detail := _detail(check):
        parts.append(f"({_md_sentence(detail)})")
    if number := _hint(exercise_id, check):
        parts.append(f"See hint {number}: `lablib hint {exercise_id}`.")
    return " ".join(parts)


def _html_check(exercise_id: str, check: CheckRow) -> str:
    parts = [
        f"<strong>{page.text(_label(check))}</strong> ({check.points:g}):",
        page.sentence(_sentence(check)) + ".",
    ]
    if detail := _detail(check):
        parts.append(f'<span class="quiet">({page.sentence(detail)})</span>')
    if number := _hint(exercise_id, check):
        parts.append(f"See hint {number}: <code>lablib hint {page.text(exercise_id)}</code>.")
    return " ".join(parts)


def _label(check: CheckRow) -> str:
    return check.name.replace("_", " ") + ("" if check.public else ", hidden")


def _sentence(check: CheckRow) -> str:
    return (check.sentence or STATES[check.state]).rstrip(". ")


def _md(text: str) -> str:
    """Printable, with all that means something inside a Markdown line or in HTML made plain.

    What means something at the start of a line stays: foreign text never stands there.
    """
    return _escape(proxy.clean(text, page.LONGEST))


def _md_sentence(text: str) -> str:
    """As `_md`, and what stands between backticks is shown as code."""
    pieces = proxy.clean(text, page.LONGEST).split("`")
    if len(pieces) % 2 == 0:
        return _md(text)
    return "".join(f"`{p}`" if i % 2 and p else _escape(p) for i, p in enumerate(pieces))


def _escape(line: str) -> str:
    plain = SPECIAL.sub(r"\\\g<0>", line)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
