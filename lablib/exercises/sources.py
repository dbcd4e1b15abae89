"""Read a learner's `.py` file or notebook and execute it into a namespace.

A notebook may be anything that a file system holds: it is read as data, and whatever is wrong
with it becomes one sentence. Of a notebook with cells tagged `exercise`, those run; else all do.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lablib.exercises import proxy, wire, worker

MAX_FILE_BYTES = 5 * 1024 * 1024
MAGIC = re.compile(r"^[%!?].*$|^[\w.]+\?{1,2}[ ]*$", flags=re.MULTILINE)


class SourceError(ValueError):
    """The file cannot be read or run; the message is one sentence for the learner."""


@dataclass(frozen=True)
class Cell:
    """One piece of code; `place` is `cell 3` in a notebook and the file's name otherwise."""

    place: str
    text: str


def read(path: Path, functions: Sequence[str] = ()) -> tuple[Cell, ...]:
    """The code of a `.py` or `.ipynb` file.

    Parameters
    ----------
    path : Path
    functions : sequence of str
        The functions an exercise asks for. If cells tagged `exercise` define one of them, only
        those cells are kept.
    """
    if not path.is_file():
        raise SourceError(f"there is no file {path}; write the template with `lablib start`")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise SourceError(f"{path} is larger than {MAX_FILE_BYTES // 2**20} MB; clear its outputs")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (UnicodeDecodeError, OSError):
        raise SourceError(f"{path} is not a text file") from None
    if path.suffix == ".py":
        return (Cell(path.name, text),)
    if path.suffix != ".ipynb":
        raise SourceError(f"{path} is neither a .py file nor a notebook (.ipynb)")
    return _cells(text, path, functions)


def execute(cells: Sequence[Cell], *, seconds: float | None = None) -> dict[str, Any]:
    """Run the cells one after another and return their names.

    Raises
    ------
    SourceError
        For the first cell that does not run: `error in your line 4 of cell 2: NameError: ...`.
    """
    names: dict[str, Any] = {"__name__": "answer"}
    for cell in cells:
        reply = wire.loads(worker.load(names, cell.text, place=cell.place, seconds=seconds))
        if reply["outcome"] == "error":
            error = proxy.LearnerError(reply)
            where = error.where if error.line is not None else f"in {cell.place}"
            raise SourceError(f"error {where}: {error.kind}: {error.detail}")
    return names


def _cells(text: str, path: Path, functions: Sequence[str]) -> tuple[Cell, ...]:
    try:
        raw = json.loads(text)["cells"]
        code = [cell for cell in raw if cell["cell_type"] == "code"]
        found = [(_joined(cell["source"]), _tags(cell)) for cell in code]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SourceError(
            f"{path} is not a notebook of format 4; save it again from Jupyter"
        ) from None
    cells = [Cell(f"cell {i}", MAGIC.sub("", text)) for i, (text, _) in enumerate(found, start=1)]
    tagged = [cell for cell, (_, tags) in zip(cells, found, strict=True) if "exercise" in tags]
    wanted = [cell for cell in tagged if _defines(cell.text) & set(functions)]
    return tuple(wanted or tagged or cells)


def _joined(source: Any) -> str:
    if isinstance(source, list):
        return "".join(source)
    if isinstance(source, str):
        return source
    raise TypeError("source is neither text nor lines")


def _tags(cell: dict[str, Any]) -> list[Any]:
    tags = cell.get("metadata", {}).get("tags", [])
    return tags if isinstance(tags, list) else []


def _defines(text: str) -> set[str]:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # Cannot be told: keep every cell that mentions a definition, so the error gets named.
        return set(re.findall(r"^def\s+(\w+)", text, flags=re.MULTILINE))
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}
