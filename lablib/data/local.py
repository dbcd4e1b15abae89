"""Files of your own: tagged sentences in CoNLL columns, texts with classes in a CSV table."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

from lablib.data.conll import parse_conll
from lablib.data.errors import DataError
from lablib.data.splitting import Splits
from lablib.data.tagged import TaggedData
from lablib.data.text import TextData

# Names of the parts in a folder, as the usual releases call them, in order of preference.
PARTS = {
    "train": ("train",),
    "validation": ("validation", "valid", "dev", "testa"),
    "test": ("test", "testb"),
}
_SUFFIXES = {"", ".txt", ".conll", ".bio", ".iob", ".iob2", ".tsv", ".data"}


def read_conll(
    path: str | Path, *, token_column: int = 0, tag_column: int = -1
) -> TaggedData | Splits[TaggedData]:
    """Tagged sentences from a file, or the three parts from a folder.

    One token and its tag a line, columns separated by tabs or spaces, a blank line after each
    sentence. Tags in IOB1, IOB2 or BIOES become IOB2. A folder holds one file each for training
    (`train`), validation (`validation`, `valid`, `dev` or `testa`) and test (`test` or `testb`),
    with one of the usual endings or none.

    Parameters
    ----------
    path : a file or a folder.
    token_column, tag_column : positions of the two columns; negative ones count from the end.

    Returns
    -------
    TaggedData or Splits
        For a folder, three parts that share their `types`.

    Raises
    ------
    DataError
        A file is missing or empty, or a line is not as described; the message names the line.
    """
    where = Path(path)
    if not where.exists():
        raise DataError(f"{where} does not exist; give a file or a folder of tagged sentences.")
    if where.is_file():
        return _tagged(where, token_column, tag_column)
    parts = [_tagged(_part(where, part), token_column, tag_column) for part in PARTS]
    types = tuple(sorted({kind for part in parts for kind in part.types}))
    train, validation, test = (replace(part, types=types) for part in parts)
    return Splits(train=train, validation=validation, test=test)


def _part(folder: Path, part: str) -> Path:
    files = sorted(f for f in folder.iterdir() if f.is_file() and f.suffix.lower() in _SUFFIXES)
    for name in PARTS[part]:
        found = [f for f in files if f.stem.lower() == name]
        if len(found) > 1:
            raise DataError(
                f"folder {folder} holds {found[0].name} and {found[1].name}; keep one of them as "
                f"the {part} part."
            )
        if found:
            return found[0]
    names = " or ".join(f"{name}.txt" for name in PARTS[part])
    raise DataError(f"folder {folder} holds no {part} part; put {names} there.")


def _tagged(path: Path, token_column: int, tag_column: int) -> TaggedData:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text ({error}); convert it first.") from error
    sentences, tags = parse_conll(
        text, where=str(path), token_column=token_column, tag_column=tag_column
    )
    if not sentences:
        raise DataError(f"{path} holds no sentence; expected one token and its tag a line.")
    types = tuple(sorted({tag[2:] for line in tags for tag in line if tag != "O"}))
    return TaggedData(name=path.stem, sentences=sentences, tags=tags, types=types)


def read_text_csv(
    path: str | Path, *, text: str, label: str, delimiter: str | None = None
) -> TextData:
    """Texts and their classes from a table with a head line (CSV, or TSV by its ending).

    Parameters
    ----------
    path : a UTF-8 file.
    text, label : names of the column with the text and of the column with its class.
    delimiter : sign between columns; by default a tab for `.tsv` and `.tab`, else a comma.

    Returns
    -------
    TextData
        Classes in alphabetical order; the other columns, as texts, in `table`.

    Raises
    ------
    DataError
        The file is missing, a column is not there, or a row has no text, no label or too many or
        too few columns; the message names the line.
    """
    import numpy as np
    import pandas as pd

    where = Path(path)
    sign = delimiter or ("\t" if where.suffix.lower() in (".tsv", ".tab") else ",")
    rows: list[dict[str, str]] = []
    try:
        with where.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, delimiter=sign, restkey="", restval=None, strict=True)
            head = list(reader.fieldnames or [])
            for column in (text, label):
                if column not in head:
                    raise DataError(
                        f"{where} has no column {column!r}; its columns are {', '.join(head)}."
                    )
            for row in reader:
                _check_row(row, where=f"{where}, line {reader.line_num}", needed=(text, label))
                rows.append(row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{where} cannot be read as a UTF-8 table: {error}") from error
    if not rows:
        raise DataError(f"{where} holds no row under its head line.")
    classes = tuple(sorted({row[label].strip() for row in rows}))
    places = {name: i for i, name in enumerate(classes)}
    others = [column for column in head if column not in (text, label)]
    return TextData(
        name=where.stem,
        texts=tuple(row[text] for row in rows),
        target=np.array([places[row[label].strip()] for row in rows], dtype=np.int64),
        classes=classes,
        table=pd.DataFrame({column: [row[column] for row in rows] for column in others}),
    )


def _check_row(row: dict[str, str], *, where: str, needed: tuple[str, ...]) -> None:
    if "" in row or None in row.values():
        raise DataError(
            f"{where}: the row has more or fewer columns than the head; quote its text."
        )
    for column in needed:
        if not row[column].strip():
            raise DataError(f"{where}: column {column!r} is empty; fill it or remove the row.")
