r"""CSV that a spreadsheet reads as data: no cell of ours can become a formula.

A spreadsheet evaluates a cell that begins with ``= + - @``, a tab or a line break, and their
full-width forms in some locales (OWASP, CSV Injection), some also after spaces. Such texts get a
leading apostrophe; so do texts that already look escaped, which makes the step reversible.
Numbers are written as numbers.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence

Value = str | int | float | None
RISKY = "=+\\-@\t\r\n＝＋－＠"
TO_ESCAPE = re.compile(f"'* *[{RISKY}]")
ESCAPED = re.compile(f"'+ *[{RISKY}]")


def escape(text: str) -> str:
    """The text as a cell that no spreadsheet evaluates.

    >>> escape("=SUM(A1)"), escape("-1"), escape("a-1")
    ("'=SUM(A1)", "'-1", 'a-1')
    """
    text = text.encode("utf-8", "replace").decode("utf-8")
    return f"'{text}" if TO_ESCAPE.match(text) else text


def unescape(text: str) -> str:
    """The text that `escape` was given.

    >>> unescape(escape("@home")), unescape("'tis")
    ('@home', "'tis")
    """
    return text[1:] if ESCAPED.match(text) else text


def cell(value: Value) -> str:
    """A value as cell text: numbers stay numbers, None and NaN are empty, texts are escaped.

    >>> cell(-1.5), cell(3), cell(None), cell("-1.5")
    ('-1.5', '3', '', "'-1.5")
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return repr(round(value, 6) + 0.0)
    return str(value) if isinstance(value, int) else escape(value)


def dumps(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    r"""Header and rows as CSV text with CRLF line ends (RFC 4180).

    >>> dumps(["id", "score"], [["=x", 2.5]])
    "id,score\r\n'=x,2.5\r\n"
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([escape(name) for name in header])
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"row {list(row)} has {len(row)} cells; the header has {len(header)}")
        writer.writerow([cell(value) for value in row])
    return out.getvalue()


def loads(text: str) -> list[list[str]]:
    """The rows of a CSV text, header first, with the escaping undone; numbers stay text."""
    return [[unescape(item) for item in row] for row in csv.reader(io.StringIO(text, newline=""))]
