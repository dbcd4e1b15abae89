"""Grades for Canvas: fill one assignment column of the gradebook that the instructor exported.

Canvas matches learners and assignments by the ids in its own file, so that file is the start. Only
the columns that name the learner and the filled one are kept: importing the others would put old
grades over newer ones. A learner without a result keeps the cell that Canvas exported.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lablib.exercises.reports import cells
from lablib.exercises.reports.model import Results

SOURCE = (
    "instructure/canvas-lms, lib/gradebook_importer.rb (header?, update_column_count, process_pp)"
)
NAMING = (
    "Student", "LastName", "FirstName", "ID", "SIS User ID", "SIS Login ID", "Integration ID",
    "Root Account", "Section",
)  # fmt: skip
MATCHING = ("SIS Login ID", "SIS User ID", "ID", "Integration ID", "Student")
TOTALS = re.compile(r"(Current|Final|Override) (Score|Points|Grade|Status)")
WITHOUT_ID = re.compile(r"\s*\(\d+\)$")
PLAIN = re.compile(r"-?[\d.,]*%?|EX|N/A", flags=re.IGNORECASE)


@dataclass(frozen=True)
class Filled:
    """The CSV to import, the column that was filled, and who was not matched.

    `matched_by` is the column that held our learner ids; `not_in_canvas` have results and no line,
    `without_result` have a line and no result.
    """

    text: str
    column: str
    matched_by: str
    filled: int
    not_in_canvas: tuple[str, ...]
    without_result: tuple[str, ...]


def fill(
    gradebook: str,
    results: Results,
    *,
    column: str,
    matched_by: str | None = None,
    rescale: bool = False,
) -> Filled:
    """Put the totals of `results` into one column of an exported gradebook.

    Parameters
    ----------
    gradebook : str
        Text of the CSV that Canvas exported.
    results : Results
    column : str
        Name of the assignment, with or without its id.
    matched_by : str, optional
        The column that holds our learner ids; by default the one that knows most of them.
    rescale : bool
        Scale to the points possible in Canvas if they differ; otherwise that is an error.

    Raises
    ------
    ValueError
        If the file is no gradebook, or column, points or learners do not fit.
    """
    rows, delimiter = _read(gradebook)
    if wrong := problems(gradebook):
        raise ValueError(f"this is not a Canvas gradebook: {wrong[0]}; export it from Canvas")
    header = rows[0]
    place = _column(header, column)
    top = next(i for i, row in enumerate(rows) if i and "Points Possible" in row[0])
    factor = _factor(rows[top][place], results, header[place], rescale)
    scores = {row.learner: row.score * factor for row in results.learners}
    students = [row for row in rows[top + 1 :] if any(cell.strip() for cell in row)]
    key = _match(header, students, scores, matched_by)
    kept = [i for i, name in enumerate(header) if name in NAMING] + [place]
    found: set[str] = set()
    without = []
    lines = [[row[i] for i in kept] for row in rows[: top + 1]]
    for row in students:
        name = _same(row[key], scores)
        if name is None:
            without.append(row[0])
        elif name in found:
            raise ValueError(f"two lines of the gradebook are learner {name!r}; match by an id")
        else:
            found.add(name)
            row[place] = cells.cell(round(scores[name], 4))
        lines.append([_safe(header[i], row[i]) for i in kept])
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    missing = tuple(name for name in scores if name not in found)
    return Filled(out.getvalue(), header[place], header[key], len(found), missing, tuple(without))


def assignments(gradebook: str) -> tuple[str, ...]:
    """The assignment columns of an exported gradebook."""
    header = _read(gradebook)[0][0]
    return tuple(name for name in header if name not in NAMING and not TOTALS.search(name))


def problems(gradebook: str) -> list[str]:
    """Where a CSV text departs from what Canvas' importer demands of a gradebook."""
    rows, _ = _read(gradebook)
    if not rows:
        return ["it is empty"]
    header = rows[0]
    names = header[0] == "LastName" and header[1:2] == ["FirstName"]
    first = 2 if names else 1
    if not (names or "Student" in header[0]) or len(header) < first + 3:
        return ["the first column is neither Student nor LastName, or columns are missing"]
    if "ID" not in header[first]:
        return [f"column {first + 1} is {header[first]!r}, not ID"]
    found = []
    if "Section" not in header[min(_identity_columns(header, first), len(header)) - 1]:
        found.append("Section does not stand between the ids and the assignments")
    tops = [i for i, row in enumerate(rows) if row and "Points Possible" in row[0]]
    # A line of "Manual Posting" marks may stand between the header and the points.
    if tops not in ([1], [2]):
        found.append("the second row does not hold Points Possible")
    found += [f"line {i + 1} has {len(row)} cells" for i, row in enumerate(rows)
              if len(row) != len(header)]  # fmt: skip
    return found


def _identity_columns(header: Sequence[str], first: int) -> int:
    """How many columns name a learner, by the importer's rules; Section is the last of them."""
    place = first + 1  # after the name or names, and ID
    rest = [*header[place:], "", "", "", ""]
    if rest[0] == "SIS Login ID":
        return place + 2
    if rest[:2] != ["SIS User ID", "SIS Login ID"]:
        return place + 1
    more = 2 + (rest[2] == "Integration ID")
    more += rest[more] == "Root Account"
    return place + more + 1


def _read(gradebook: str) -> tuple[list[list[str]], str]:
    text = gradebook.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return [row for row in reader if row], delimiter


def _column(header: Sequence[str], wanted: str) -> int:
    known = [i for i, name in enumerate(header) if name not in NAMING and not TOTALS.search(name)]
    exact = [i for i in known if header[i] == wanted]
    same = exact or [i for i in known if WITHOUT_ID.sub("", header[i]) == wanted]
    if len(same) != 1:
        many = "several columns are" if same else "no column is"
        names = ", ".join(repr(header[i]) for i in known)
        raise ValueError(f"{many} named {wanted!r}; give one of: {names or 'there are none'}")
    return same[0]


def _factor(points: str, results: Results, column: str, rescale: bool) -> float:
    if "read only" in points:
        raise ValueError(f"column {column!r} is read only in Canvas; choose an assignment")
    try:
        most = float(points.strip().replace(",", "."))
    except ValueError:
        raise ValueError(f"Points Possible of {column!r} is {points!r}, not a number") from None
    if results.possible <= 0:
        raise ValueError("the results hold no points; grade at least one exercise")
    if abs(most - results.possible) < 1e-9:
        return 1.0
    if not rescale:
        raise ValueError(
            f"column {column!r} has {most:g} points possible and the results {results.possible:g}; "
            "change it in Canvas, or rescale"
        )
    return most / results.possible


def _match(
    header: Sequence[str],
    students: Sequence[Sequence[str]],
    scores: dict[str, float],
    matched_by: str | None,
) -> int:
    """The column that holds our learner ids."""
    choices = [name for name in MATCHING if name in header]
    if matched_by is not None and matched_by not in choices:
        raise ValueError(f"matched_by is {matched_by!r}; the gradebook has {', '.join(choices)}")
    places = [header.index(name) for name in ([matched_by] if matched_by else choices)]
    count = {i: sum(_same(row[i], scores) is not None for row in students) for i in places}
    best = max(places, key=lambda i: count[i])
    if count[best] == 0:
        raise ValueError(
            "no learner of the results is in the gradebook; name the folders of submissions by "
            + " or ".join(header[i] for i in places)
        )
    return best


def _same(cell: str, scores: dict[str, float]) -> str | None:
    name = cell.strip()
    if name in scores:
        return name
    folded = [known for known in scores if known.casefold() == name.casefold()]
    return folded[0] if len(folded) == 1 else None


def _safe(column: str, cell: str) -> str:
    """Learners choose their names in Canvas; ids and grades stay as they are."""
    return cell if column == "ID" or PLAIN.fullmatch(cell.strip()) else cells.escape(cell)
