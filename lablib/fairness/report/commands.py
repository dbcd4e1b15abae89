"""The verb `lablib fairness-report`, and the same as a call: a file of decisions in, HTML out."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the command line declares its verbs at every start, so nothing loads here
    import numpy as np
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from lablib.fairness.report.audit import Audit

READERS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare `lablib fairness-report`."""
    one = verbs.add_parser(
        "fairness-report",
        help="gaps between groups in a file of decisions, as one HTML page",
        description="Compare groups of people in a file with a row for each person: what turned "
        "out, what was decided, and which group. Writes one HTML file.",
    )
    one.add_argument("--data", required=True, metavar="FILE", help=".csv, .tsv or .parquet")
    one.add_argument("--truth", required=True, metavar="COLUMN", help="what turned out")
    one.add_argument("--prediction", required=True, metavar="COLUMN", help="what was decided")
    one.add_argument(
        "--group", required=True, metavar="COLUMN", action="append",
        help="groups to compare; give it again to compare combinations too",
    )  # fmt: skip
    one.add_argument("--score", metavar="COLUMN", help="probability of the positive answer")
    one.add_argument("--positive", metavar="VALUE", help="the value that means 1; else 0 and 1")
    one.add_argument("--out", default="fairness.html", metavar="FILE", help="the .html to write")
    one.add_argument("--seed", type=int, default=0, metavar="N", help="of all that is drawn (0)")
    one.add_argument("--title", metavar="TEXT", help="heading of the report")
    one.set_defaults(verb=command)


def command(options: argparse.Namespace) -> tuple[str, int]:
    """Make the report of a command line; the text to print and the exit code."""
    from lablib.fairness.report import document

    table = read(options.data)
    found = audit_table(
        table, truth=options.truth, prediction=options.prediction, groups=options.group,
        score=options.score, positive=options.positive, seed=options.seed,
    )  # fmt: skip
    path = save(found, options.out, title=options.title or Path(options.data).name)
    return "\n".join([*document.sentences(found), *found.warnings, f"written: {path}"]), 0


def fairness_report(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    groups: Mapping[str, ArrayLike],
    *,
    score: ArrayLike | None = None,
    out: str | Path | None = None,
    title: str = "decisions",
    seed: int = 0,
) -> Audit:
    """Compare groups of people by the decisions about them, and write the HTML page if asked.

    Parameters
    ----------
    y_true, y_pred, groups, score, seed
        As in `audit`.
    out : path, optional
        The .html file to write; None writes nothing.
    title : str
        Heading of the page.

    >>> found = fairness_report([1, 0] * 40, [1, 0, 0, 0] * 20, {"sex": ["f", "f", "m", "m"] * 20})
    >>> found.comparisons[0].gaps[0].estimate.value
    0.5
    """
    from lablib.fairness.report.audit import audit

    found = audit(y_true, y_pred, groups, score=score, seed=seed)
    if out is not None:
        save(found, out, title=title)
    return found


def audit_table(
    table: pd.DataFrame,
    *,
    truth: str,
    prediction: str,
    groups: Sequence[str],
    score: str | None = None,
    positive: str | None = None,
    seed: int = 0,
) -> Audit:
    """`audit` on the columns of a table.

    Parameters
    ----------
    table : DataFrame
        One row for each person.
    truth, prediction, score : str
        Names of columns.
    groups : sequence of str
        Names of columns of groups.
    positive : str, optional
        The value of `truth` and `prediction` that means 1; without it they hold 0 and 1.
    seed : int
        As in `audit`.
    """
    from lablib.fairness.report.audit import audit

    for name in (truth, prediction, *groups, *([score] if score else [])):
        if name not in table.columns:
            known = [str(column) for column in table.columns]
            close = get_close_matches(name, known, n=3) or known[:10]
            raise ValueError(f"the file has no column {name!r}; did you mean {', '.join(close)}?")
    return audit(
        _zero_one(table[truth], positive),
        _zero_one(table[prediction], positive),
        {name: table[name].to_numpy(dtype=object) for name in dict.fromkeys(groups)},
        score=None if score is None else table[score].to_numpy(),
        seed=seed,
    )


def read(path: str | Path) -> pd.DataFrame:
    """The table of a .csv, .tsv or .parquet file."""
    import pandas as pd

    place = Path(path)
    if not place.is_file():
        raise ValueError(f"data is {str(path)!r}; there is no such file")
    ending = place.suffix.lower()
    if ending == ".parquet":
        return pd.read_parquet(place)
    if ending not in READERS:
        raise ValueError(f"data is {place.name!r}; use a file that ends in .csv, .tsv or .parquet")
    # "NA" and the like may be names of groups; only an empty cell is a missing one.
    try:
        return pd.read_csv(place, sep=READERS[ending], keep_default_na=False, na_values=[""])
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise ValueError(f"{place.name} cannot be read as a table: {error}") from error


def save(found: Audit, out: str | Path, *, title: str) -> Path:
    """Write the report to `out`, replacing it whole; returns its path.

    Parameters
    ----------
    found : Audit
    out : path
        Ends in .html.
    title : str
        Heading of the page.
    """
    from lablib.fairness.report import document

    path = Path(out)
    if path.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"out is {str(out)!r}; a report is a file that ends in .html")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(document.html(found, title=title))
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)
    return path


def _zero_one(column: pd.Series[Any], positive: str | None) -> NDArray[np.int64]:
    """Labels 0 or 1; ValueError names the column, what it holds, and what to pass."""
    import numpy as np

    if column.isna().any():
        raise ValueError(
            f"column {column.name!r} has {int(column.isna().sum())} empty cells; leave these rows "
            "out, and say in the report's title that you did"
        )
    values = column.astype(str)
    known = sorted(values.unique())
    if positive is not None:
        if positive not in known or len(known) > 2:
            raise ValueError(
                f"column {column.name!r} holds {', '.join(known[:6])}; --positive {positive} needs "
                "two values, of which it is one"
            )
        return np.asarray(values == positive, dtype=np.int64)
    coded = values.map({"0": 0, "1": 1, "0.0": 0, "1.0": 1, "False": 0, "True": 1})
    if coded.isna().any():
        raise ValueError(
            f"column {column.name!r} holds {', '.join(known[:6])}; decisions are 0 or 1, or name "
            "the value that means 1 with --positive"
        )
    return np.asarray(coded, dtype=np.int64)
