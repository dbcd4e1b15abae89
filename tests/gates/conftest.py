"""A small tree on disk, and the proof that a gate names exactly what was planted in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.gates.common import Violation

Tree = Callable[[dict[str, str]], Path]
Check = Callable[[Path], list[Violation]]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """Write files (path -> text) below a temporary root."""

    def write(files: dict[str, str]) -> Path:
        for path, text in files.items():
            target = tmp_path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def planted(tree: Tree) -> Callable[..., None]:
    """Replace `old` by `new` in one file of a clean tree and expect that one violation.

    `at` is the reported line: a number, or text that first occurs on it. `reported` is the path
    of the violation where it is not the changed file; `old=None` writes `new` as the whole file,
    `new=None` leaves the file out.
    """

    def prove(
        check: Check,
        clean: dict[str, str],
        path: str,
        old: str | None,
        new: str | None,
        at: int | str,
        says: str,
        reported: str | None = None,
    ) -> None:
        files = dict(clean)
        if new is None:
            del files[path]
        elif old is None:
            files[path] = new
        else:
            assert files[path].count(old) >= 1, f"{old!r} is not in {path}"
            files[path] = files[path].replace(old, new, 1)
        where = reported or path
        line = at if isinstance(at, int) else _line(files[where], at)
        found = check(tree(files))
        assert [(v.path, v.line) for v in found] == [(where, line)], [str(v) for v in found]
        assert says in found[0].message, found[0].message

    return prove


def _line(text: str, needle: str) -> int:
    assert needle in text, f"{needle!r} is not in the planted file"
    return text.count("\n", 0, text.index(needle)) + 1
