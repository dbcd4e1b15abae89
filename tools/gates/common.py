"""What every gate shares: the violation, the list of files, parsed Python and YAML with lines."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

SKIPPED = {".git", ".venv", "_build", ".cache", "__pycache__", "dist", ".ipynb_checkpoints"}
TEXT = {".py", ".md", ".yml", ".yaml", ".toml", ".txt", ".css", ".js", ".html", ".svg", ".json"}
TEXT |= {".cfg", ".ini", ".sh", ".bib", ".ipynb", ""}
_WAIVER = re.compile(r"gate-ok:\s*(\w+)\s+\S.{9,}")


@dataclass(frozen=True, order=True)
class Violation:
    """One broken rule at `path:line` (path relative to the root), with what would fix it."""

    gate: str
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.gate}: {self.path}:{self.line}: {self.message}"


def files(root: Path, *patterns: str) -> list[str]:
    """Relative paths git would track (all files outside a repository) that match a pattern."""
    paths = _listed(root) if (root / ".git").exists() else _walked(root)
    found = [p for p in paths if not SKIPPED & set(PurePosixPath(p).parts)]
    if patterns:
        found = [p for p in found if any(_matches(p, pattern) for pattern in patterns)]
    return sorted(p for p in set(found) if (root / p).is_file())


def _listed(root: Path) -> list[str]:
    command = ["git", "-C", str(root), "ls-files", "-z", "-c", "-o", "--exclude-standard"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [name for name in out.split("\0") if name]


def _walked(root: Path) -> list[str]:
    found = []
    for folder, inner, names in os.walk(root):
        inner[:] = [name for name in inner if name not in SKIPPED]
        found += [(Path(folder) / name).relative_to(root).as_posix() for name in names]
    return found


@lru_cache(maxsize=256)
def _pattern(glob: str) -> re.Pattern[str]:
    out = re.escape(glob).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*")
    return re.compile(out.replace(r"\*", "[^/]*"))


def _matches(path: str, glob: str) -> bool:
    return _pattern(glob).fullmatch(path) is not None


def read(root: Path, path: str) -> str:
    """The text of a file; bytes that are not UTF-8 become replacement marks, never an error."""
    return (root / path).read_text(encoding="utf-8", errors="replace")


def texts(root: Path, *patterns: str) -> Iterator[tuple[str, str]]:
    """Path and text of every text file that matches."""
    for path in files(root, *patterns):
        if PurePosixPath(path).suffix in TEXT:
            yield path, read(root, path)


def python(root: Path, *patterns: str) -> Iterator[tuple[str, str, ast.Module]]:
    """Path, source and syntax tree of every matching module that parses (ruff names the others)."""
    for path in files(root, *patterns):
        source = read(root, path)
        try:
            yield path, source, ast.parse(source)
        except SyntaxError:
            continue


def string_keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The expression passed as ``name=`` in a call, if any."""
    return next((k.value for k in call.keywords if k.arg == name), None)


def literal_text(node: ast.AST) -> str | None:
    """Text of a string, f-string, sum or choice of strings (holes as ``{}``); None otherwise."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(literal_text(part) or "{}" for part in parts)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            both = literal_text(left), literal_text(right)
            return None if None in both else "".join(text for text in both if text is not None)
        case ast.IfExp(body=left, orelse=right):
            both = literal_text(left), literal_text(right)
            shown = [text for text in both if text is not None]
            return min(shown, key=len) if len(shown) == 2 else None
    return None


def load_yaml(text: str) -> tuple[Any, dict[str, int]]:
    """The value of a YAML text and the line (from 1) of each top-level key.

    Raises
    ------
    yaml.YAMLError
        If the text is not YAML.
    """
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    lines: dict[str, int] = {}
    if isinstance(node, yaml.MappingNode):
        lines = {str(key.value): key.start_mark.line + 1 for key, _ in node.value}
    return yaml.safe_load(text), lines


def line_of(text: str, needle: str, default: int = 1) -> int:
    """The line (from 1) on which `needle` first occurs."""
    position = text.find(needle)
    return default if position < 0 else text.count("\n", 0, position) + 1


def waived(root: Path, violation: Violation) -> bool:
    """Whether the line, or the one above, says ``gate-ok: <gate> <reason of ten letters>``."""
    lines = read(root, violation.path).splitlines()
    near: Iterable[str] = lines[max(violation.line - 2, 0) : violation.line]
    marks = (_WAIVER.search(line) for line in near)
    return any(mark is not None and mark[1] == violation.gate for mark in marks)
