"""A worker's writable folder on the disk: made, watched, and removed whatever is in it.

Written for folders meant to break their removal: thousands of levels deep, or closed to reading.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from functools import cache

from lablib.exercises.sandbox.channel import FloodError
from lablib.exercises.sandbox.uids import COUNT, FIRST

MOST_ENTRIES = 4096
DEEPEST = 100
PREFIX = "lablib-worker-"


def make(uid: int | None) -> str:
    """A new folder that only the worker's user may enter."""
    sweep()
    path = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
    if uid is not None:
        os.chown(path, uid, uid)
    return path


def watch(folder: str, most_mb: int) -> None:
    """FloodError once the folder holds more than that, or too many or too deep entries."""
    size = number = 0
    waiting = [(folder, 0)]
    while waiting:
        here, depth = waiting.pop()
        for entry in _entries(here):
            number += 1
            with contextlib.suppress(OSError):
                size += entry.stat(follow_symlinks=False).st_blocks * 512
            if entry.is_dir(follow_symlinks=False):
                waiting.append((entry.path, depth + 1))
        if size > most_mb * 2**20 or number > MOST_ENTRIES or depth > DEEPEST:
            raise FloodError("more data in its folder than it may have")


def remove(folder: str) -> None:
    """Delete the folder. Its worker must be dead.

    What lies two levels down is moved up before its parent goes, so paths stay short however deep
    the tree is.
    """
    number = 0
    moved = True
    while moved:
        moved = False
        for entry in list(_entries(folder)):
            if not entry.is_dir(follow_symlinks=False):
                os.unlink(entry.path)
                continue
            for below in list(_entries(entry.path)):
                if below.is_dir(follow_symlinks=False):
                    os.chmod(below.path, 0o700)
                    number += 1
                    os.rename(below.path, os.path.join(folder, f".{number}{PREFIX}"))
                    moved = True
                else:
                    os.unlink(below.path)
            os.rmdir(entry.path)
    os.rmdir(folder)


@cache
def sweep() -> None:
    """Remove folders of graders that were killed before they could; looked at once a process."""
    with os.scandir(tempfile.gettempdir()) as entries:
        found = [entry for entry in entries if entry.name.startswith(PREFIX)]
    for entry in found:
        grader = entry.name.removeprefix(PREFIX).split("-")[0]
        with contextlib.suppress(OSError):
            ours = entry.is_dir(follow_symlinks=False) and _ours(entry.stat(follow_symlinks=False))
            if ours and grader.isdigit() and not _lives(int(grader)):
                remove(entry.path)


def _ours(status: os.stat_result) -> bool:
    """Whether nobody else on the machine could have put something else in its place."""
    mine = os.geteuid()
    return status.st_uid == mine or (mine == 0 and FIRST <= status.st_uid < FIRST + COUNT)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        os.chmod(folder, 0o700)
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        return
