"""Read a page exactly as the book build reads it: cells, their hash and their source lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import toc


@dataclass(frozen=True)
class Page:
    """One executable page. `notebook` has no outputs; `lines[i]` is the line of cell i's code."""

    name: str
    text: str
    notebook: Any
    lines: tuple[int, ...]


def read(root: Path, name: str) -> Page | None:
    """The page as a notebook, or None when it is plain prose."""
    from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
    from myst_parser.config.main import MdParserConfig

    path = toc.source(root, name)
    text = path.read_text(encoding="utf-8")
    if not is_myst_markdown_notebook(text):
        return None
    extensions = toc.config(root).get("parse", {}).get("myst_enable_extensions", [])
    config = MdParserConfig(enable_extensions=set(extensions))
    notebook = read_myst_markdown_notebook(text, config, add_source_map=True, path=path)
    starts = notebook.metadata.pop("source_map")
    lines = tuple(
        _first_code_line(text, start, cell)
        for start, cell in zip(starts, notebook.cells, strict=True)
    )
    return Page(name, text, notebook, lines)


def _first_code_line(text: str, start: int, cell: Any) -> int:
    """1-based line of a cell's first line; `start` points at its fence, options come between."""
    first = cell.source.split("\n", 1)[0]
    for number, line in enumerate(text.splitlines()[start:], start + 1):
        if line.strip() == first.strip():
            return number
    return start + 1


def code_number(notebook: Any, index: int) -> int:
    """How a reader counts: the n-th code cell of the page, from 1."""
    return sum(cell.cell_type == "code" for cell in notebook.cells[: index + 1])


def line_in_cell(traceback: str) -> int:
    """The line of the cell at which it failed, from 1; 1 when the traceback does not say."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", traceback)
    # For a syntax error IPython names the input as a file, otherwise as a cell.
    found = re.search(r"Cell In\[\d+\], line (\d+)", plain) or re.search(r"^-+> (\d+)", plain, re.M)
    return int(found.group(1)) if found else 1
