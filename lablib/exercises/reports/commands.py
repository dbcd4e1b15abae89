"""The verbs `lablib report` and `lablib export`: text to print and the exit code.

0: done; 1: done, but something needs a look. Wrong input raises ValueError, which the command line
turns into 2. Files are replaced in one step.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lablib.exercises.reports import feedback, model, statistics
from lablib.exercises.reports.export import canvas, classroom50, gradescope, nbgrader, plain

TARGETS = ("csv", "canvas", "gradescope", "classroom50", "nbgrader")
INDEX = "index of learners.json"  # with spaces: no learner has a file of this name


def add_verbs(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare `lablib report`, `lablib export` and `lablib autograder`."""
    one = verbs.add_parser("report", help="statistics, a report page and feedback for each learner")
    one.add_argument("results", help="results.json, or its folder")
    one.add_argument("--out", help="folder to write to; by default beside the results")
    one.set_defaults(verb=lambda o: report(o.results, out=o.out))

    two = verbs.add_parser("export", help="hand grades to another system")
    two.add_argument("results", help="results.json, or its folder")
    two.add_argument("--to", required=True, choices=TARGETS)
    two.add_argument("--out", help="file or folder to write")
    two.add_argument("--gradebook", help="canvas: the file that Canvas exported")
    two.add_argument("--column", help="canvas: the assignment to fill")
    two.add_argument("--matched-by", help="canvas: the column that holds the learner's id")
    two.add_argument("--rescale", action="store_true", help="canvas: to the column's points")
    two.add_argument("--roster", help="nbgrader: CSV with id, first_name, last_name, email")
    two.add_argument("--classroom", help="classroom50: its short name")
    two.add_argument("--assignment", help="classroom50: its short name")
    two.set_defaults(verb=_export)

    three = verbs.add_parser("autograder", help="write a Gradescope autograder archive")
    three.add_argument("exercises", nargs="+", metavar="TOPIC/EXERCISE")
    three.add_argument("--out", required=True, help="the .zip to write")
    three.add_argument("--seed-file", required=True, help="a number or any text; keep it secret")
    three.add_argument("--private", help="folder of private checks")
    three.set_defaults(verb=_autograder)


def _export(options: argparse.Namespace) -> tuple[str, int]:
    given = {
        name: value for name, value in vars(options).items() if name not in ("verb", "results")
    }
    return export(options.results, given.pop("to"), **given)


def _autograder(options: argparse.Namespace) -> tuple[str, int]:
    from lablib.exercises.grading.commands import read_seed

    seed = read_seed(Path(options.seed_file))
    return autograder(options.exercises, options.out, seed=seed, private=options.private)


def report(results_path: str | Path, *, out: str | Path | None = None) -> tuple[str, int]:
    """Write `report.html`, `questions.csv` and `feedback/` beside the results or into `out`."""
    from lablib.exercises.reports import report as pages  # draws figures, loads Matplotlib

    path = _file(results_path)
    results = model.load(path)
    folder = Path(out) if out is not None else path.parent
    _write(folder / "report.html", pages.html(results))
    _write(folder / "questions.csv", statistics.questions_csv(results))
    names = feedback.write(results, folder / "feedback")
    text = f"{folder / 'report.html'}\n{folder / 'questions.csv'}\n{folder / 'feedback'}: "
    return f"{text}{len(names)} learners, a .md and a .html each", 0


def export(
    results_path: str | Path,
    to: str,
    *,
    out: str | Path | None = None,
    gradebook: str | Path | None = None,
    column: str | None = None,
    matched_by: str | None = None,
    rescale: bool = False,
    roster: str | Path | None = None,
    classroom: str | None = None,
    assignment: str | None = None,
) -> tuple[str, int]:
    """Write grades for another system.

    Parameters
    ----------
    results_path : str or Path
        `results.json`, or the folder that holds it.
    to : str
        `csv`, `canvas`, `gradescope`, `classroom50` or `nbgrader`.
    out : str or Path, optional
        File (`csv`, `canvas`, `nbgrader`) or folder of one file a learner; by default beside
        the results: `grades-plain.csv`, `canvas.csv`, `nbgrader.csv`, or a folder named `to`.
    gradebook, column : optional
        For `canvas`: the file that Canvas exported and the assignment to fill.
    matched_by, rescale : optional
        For `canvas`: as in `canvas.fill`.
    roster : str or Path, optional
        For `nbgrader`: CSV with id, first_name, last_name, email.
    classroom, assignment : str, optional
        For `classroom50`: their short names.
    """
    path = _file(results_path)
    results = model.load(path)
    if to not in TARGETS:
        raise ValueError(f"to is {to!r}; choose one of {', '.join(TARGETS)}")
    # Not grades.csv: the grader's own file of that name stays.
    name = {"csv": "grades-plain.csv", "canvas": "canvas.csv", "nbgrader": "nbgrader.csv"}
    target = Path(out) if out is not None else path.parent / name.get(to, to)
    if to == "csv":
        return _write(target, plain.text(results)), 0
    if to == "nbgrader":
        people = nbgrader.read_roster(Path(roster)) if roster is not None else None
        return _write(target, nbgrader.text(results, people)), 0
    if to == "canvas":
        if gradebook is None or column is None:
            raise ValueError("canvas needs the exported gradebook and the column to fill")
        exported = Path(gradebook).read_text(encoding="utf-8-sig")
        filled = canvas.fill(
            exported, results, column=column, matched_by=matched_by, rescale=rescale
        )
        return f"{_write(target, filled.text)}\n{_told(filled)}", 1 if filled.not_in_canvas else 0
    documents: dict[str, dict[str, Any]] = {}
    for row in results.learners:
        if to == "gradescope":
            documents[row.learner] = gradescope.result(results, row.learner)
        elif classroom is None or assignment is None:
            raise ValueError("classroom50 needs the short names of classroom and assignment")
        else:
            documents[row.learner] = classroom50.result(
                results, row.learner, classroom=classroom, assignment=assignment
            )
    return _write_all(target, documents), 0


def autograder(
    exercises: Sequence[str],
    out: str | Path,
    *,
    seed: int,
    sandbox: str = "auto",
    private: str | Path | None = None,
) -> tuple[str, int]:
    """Write a Gradescope autograder archive.

    Parameters
    ----------
    exercises : sequence of str
        Ids, topic/slug.
    out : str or Path
        The .zip to write.
    seed : int
        The instructor's.
    sandbox : str
        `auto`, `landlock`, `bwrap` or `none`.
    private : str or Path, optional
        Folder of private checks.
    """
    from lablib.exercises.reports.export import archive

    hidden = Path(private) if private is not None else None
    path = archive.build(Path(out), exercises, seed=seed, sandbox=sandbox, private=hidden)
    about = "it holds the hidden checks and the seed, so give it to nobody but Gradescope"
    return f"{path}: upload it as the autograder; {about}", 0


def _file(path: str | Path) -> Path:
    found = Path(path)
    return found / "results.json" if found.is_dir() else found


def _told(filled: canvas.Filled) -> str:
    lines = [f"{filled.column}: {filled.filled} filled, matched by {filled.matched_by}"]
    if filled.not_in_canvas:
        lines.append(f"not in the gradebook: {', '.join(map(repr, filled.not_in_canvas))}")
    if filled.without_result:
        lines.append(f"left as they were: {', '.join(map(repr, filled.without_result))}")
    return "\n".join(lines)


def _write_all(folder: Path, documents: Mapping[str, dict[str, Any]]) -> str:
    """One JSON file a learner, and an index of which is whose."""
    names = {learner: f"{feedback.file_name(learner)}.json" for learner in documents}
    for learner, document in documents.items():
        _write(folder / names[learner], json.dumps(document, indent=1) + "\n")
    _write(folder / INDEX, json.dumps(names, indent=1) + "\n")
    return f"{folder}: {len(names)} learners; `{INDEX}` says which file is whose"


def _write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
        os.chmod(part, 0o644)
        Path(part).replace(path)
    finally:
        Path(part).unlink(missing_ok=True)
    return str(path)
