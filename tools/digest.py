"""What a page's result depends on, as one hash.

jupyter-cache knows only a page's own code cells: change the library and it still serves the old
number. These digests close that gap; `tools.execute` compares them before it trusts the cache.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Everything that can change the output of any page.
SHARED = ("lablib/**/*.py", "lablib/**/*.yml", "lablib/**/*.yaml", "constraints.txt")
RESULTS = ("results/**/*.json",)

# Everything that can change the built site.
SITE = (
    *SHARED,
    *RESULTS,
    "_config.yml",
    "book/**/*",
    "chapters/**/*",
    "exercises/**/*",
    "tools/*.py",
    "zh/**/*",
)
SKIP = {"__pycache__", ".ipynb_checkpoints"}

_EXERCISE = re.compile(r"\b([a-z0-9-]+/[a-z0-9-]+)\b")


def files(root: Path, patterns: Iterable[str]) -> Iterator[Path]:
    """Every file below `root` that matches a pattern, once, in a fixed order."""
    found = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    yield from sorted(path for path in found if not SKIP.intersection(path.parts))


def of_files(root: Path, paths: Iterable[Path]) -> str:
    """Hash of names and contents: a renamed file changes it as well as an edited one."""
    digest = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def shared(root: Path) -> str:
    """Library, data cards, locked versions, committed results and the Python that runs them."""
    python = ".".join(str(part) for part in sys.version_info[:3])
    return text(python, of_files(root, files(root, (*SHARED, *RESULTS))))


def exercises_named_in(root: Path, source: str) -> tuple[str, ...]:
    """Ids of existing exercise folders that a page's text mentions, sorted."""
    names = set(_EXERCISE.findall(source))
    return tuple(sorted(name for name in names if (root / "exercises" / name).is_dir()))


def exercises(root: Path, names: Iterable[str]) -> str:
    """Hash of the folders of the named exercises."""
    folders = [root / "exercises" / name for name in names]
    found = [path for folder in folders for path in files(folder, ("**/*",))]
    return of_files(root, found)


def site(root: Path) -> str:
    """Hash of everything that a build reads: equal means there is nothing to rebuild."""
    return text(shared(root), of_files(root, files(root, SITE)))


def output(folder: Path) -> str:
    """Names and sizes of a built site: notices a wiped, cut or hand-edited output folder."""
    listing = (
        f"{path.relative_to(folder)} {path.stat().st_size}" for path in files(folder, ("**/*",))
    )
    return text(*listing)


def text(*parts: str) -> str:
    """One hash over several strings."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
