"""Files with one token and its tag a line, in any of the usual tag schemes, read as IOB2.

Schemes: IOB2 (`B-` starts every entity), IOB1 (`B-` only where two entities of one type touch) and
BIOES, also written BILOU (`S-`/`U-` alone, `E-`/`L-` at the end). Tjong Kim Sang and Veenstra,
"Representing Text Chunks" (EACL 1999), compare them.
"""

from __future__ import annotations

from collections.abc import Sequence

from lablib.data.errors import DataError

Lines = tuple[tuple[str, ...], ...]
_FIRST = {"B": "B", "S": "B", "U": "B"}
_LATER = {"I": "I", "E": "I", "L": "I"}


def parse_conll(
    text: str, *, where: str, token_column: int = 0, tag_column: int = -1
) -> tuple[Lines, Lines]:
    r"""Sentences and their IOB2 tags from the text of a file.

    Columns are separated by tabs or spaces, sentences by blank lines; `-DOCSTART-` lines are left
    out.

    Parameters
    ----------
    text : content of the file.
    where : name of the file, for messages.
    token_column, tag_column : positions of the two columns; negative ones count from the end.

    Raises
    ------
    DataError
        A line has too few columns or a tag of no known scheme; the message names the line.

    Examples
    --------
    >>> parse_conll("New S-x\n\nYork I-x\nis O", where="demo")
    ((('New',), ('York', 'is')), (('B-x',), ('B-x', 'O')))
    """
    sentences: list[tuple[str, ...]] = []
    tags: list[tuple[str, ...]] = []
    tokens: list[str] = []
    raw: list[str] = []
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if not line.strip():
            if tokens:
                sentences.append(tuple(tokens))
                tags.append(to_iob2(raw))
            tokens, raw = [], []
            continue
        if line.startswith("-DOCSTART-"):
            continue
        columns = line.rstrip("\r\n").split("\t") if "\t" in line else line.split()
        needed = max(_width(token_column), _width(tag_column), 2)
        if len(columns) < needed:
            raise DataError(
                f"{where}, line {number}: {line!r} has {len(columns)} column(s), expected at least "
                f"{needed} (token and tag); separate them by a tab or a space."
            )
        token, tag = columns[token_column].strip(), columns[tag_column].strip()
        if not _is_tag(tag):
            raise DataError(
                f"{where}, line {number}: tag {tag!r} is neither 'O' nor one of B, I, E, L, S, U "
                "with a dash and a type, such as 'B-person'; correct the tag or tag_column."
            )
        tokens.append(token)
        raw.append(tag)
    return tuple(sentences), tuple(tags)


def to_iob2(tags: Sequence[str]) -> tuple[str, ...]:
    """Tags of one sentence in IOB2, from IOB1, IOB2 or BIOES/BILOU.

    An inside tag that continues no entity of its type starts one, as in IOB1.

    >>> to_iob2(["I-x", "I-x", "B-x", "O", "E-y"])
    ('B-x', 'I-x', 'B-x', 'O', 'B-y')
    """
    made: list[str] = []
    open_type = ""
    for tag in tags:
        prefix, _, kind = tag.partition("-")
        if not kind:
            made.append("O")
            open_type = ""
            continue
        inside = prefix in _LATER and open_type == kind
        made.append(f"{'I' if inside else 'B'}-{kind}")
        open_type = "" if prefix in ("E", "L", "S", "U") else kind
    return tuple(made)


def _is_tag(tag: str) -> bool:
    prefix, dash, kind = tag.partition("-")
    return tag == "O" or bool(dash and kind and (prefix in _FIRST or prefix in _LATER))


def _width(column: int) -> int:
    return column + 1 if column >= 0 else -column
