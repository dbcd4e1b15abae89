"""Show the doctest at the end of a NumPy-style docstring as an example.

The docstrings of `lablib` end in a doctest without a heading of its own. After a section such as
`Parameters` the reader of such docstrings would take `>>> f(1)` for one more parameter.
"""

from __future__ import annotations

from typing import Any

HEADING = ["Examples", "--------"]


def mark_examples(app: Any, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Insert the heading `Examples` before the first doctest that stands in another section."""
    section = ""
    for number, line in enumerate(lines):
        if number and line.startswith("---") and not line.strip("-"):
            section = lines[number - 1].strip()
        if line.startswith(">>>"):
            if section and section not in ("Example", "Examples"):
                lines[number:number] = HEADING
            return
