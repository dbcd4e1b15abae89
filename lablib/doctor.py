"""`lablib doctor`: is this machine ready, and if not, which one line makes it ready.

Each probe answers ok, or says what is wrong and the fix. Nothing is installed or changed.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """One probe: `ok`, what was seen, and the fix (empty when ok).

    `needed` is False for what only some work asks for.
    """

    name: str
    ok: bool
    seen: str
    fix: str = ""
    needed: bool = True

    def __str__(self) -> str:
        mark = "ok  " if self.ok else ("FAIL" if self.needed else "note")
        return f"{mark}  {self.name}: {self.seen}" + (
            f"\n      fix: {self.fix}" if self.fix else ""
        )


def examine() -> tuple[Finding, ...]:
    """Run every probe.

    >>> all(isinstance(finding, Finding) for finding in examine())
    True
    """
    probes: tuple[Callable[[], Finding], ...] = (
        _python, _torch, _graphviz, _cache, _memory, _device, _browser,
    )  # fmt: skip
    return (*(probe() for probe in probes), *_sandboxes())


def report(findings: tuple[Finding, ...]) -> tuple[str, int]:
    """The printed report and its exit code: 1 if something needed is missing, else 0."""
    failed = [finding for finding in findings if finding.needed and not finding.ok]
    verdict = f"{len(failed)} to fix" if failed else "ready"
    return "\n".join([*map(str, findings), verdict]), int(bool(failed))


def _python() -> Finding:
    seen = sys.version.split()[0]
    if (3, 11) <= sys.version_info[:2] < (3, 13):
        return Finding("Python", True, seen)
    fix = "install Python 3.11 or 3.12, remove .venv, then: make setup"
    return Finding("Python", False, seen, fix)


def _torch() -> Finding:
    try:
        return Finding("torch", True, metadata.version("torch"))
    except metadata.PackageNotFoundError:
        fix = "pip install -c constraints.txt torch"
        return Finding("torch", False, "absent: pages that train networks fail", fix)


def _graphviz() -> Finding:
    from lablib.figures import dot_program

    if dot_program():
        return Finding("Graphviz", True, "the program `dot` is at hand")
    fix = "run `make setup`, or install Graphviz"
    return Finding("Graphviz", False, "no program `dot`: trees cannot be drawn", fix)


def _cache() -> Finding:
    from lablib.data import cache_folder

    folder = cache_folder()
    nearest = next(p for p in (folder, *folder.parents) if p.exists())
    if not os.access(nearest, os.W_OK):
        fix = "set LABLIB_CACHE to a folder you may write to"
        return Finding("data cache", False, f"{nearest} is read-only", fix)
    free = shutil.disk_usage(nearest).free / 1e9
    if free < 1:
        return Finding("data cache", False, f"{free:.1f} GB free", "free 1 GB, or set LABLIB_CACHE")
    return Finding("data cache", True, f"writable, {free:.0f} GB free")


def _memory() -> Finding:
    meminfo = Path("/proc/meminfo")
    if not meminfo.exists():
        return Finding("memory", True, "not measured on this system", needed=False)
    kilobytes = next(
        int(line.split()[1])
        for line in meminfo.read_text().splitlines()
        if line.startswith("MemAvailable")
    )
    gigabytes = kilobytes / 1e6
    fix = "" if gigabytes >= 3 else "close other programs, or build pages one by one"
    return Finding("memory", gigabytes >= 3, f"{gigabytes:.1f} GB available", fix)


def _device() -> Finding:
    if shutil.which("nvidia-smi"):
        return Finding("graphics card", True, "found; `--scale full` will use it", needed=False)
    seen = "none: quick runs do not need one, full runs take longer"
    return Finding("graphics card", True, seen, needed=False)


def _browser() -> Finding:
    found = any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    seen = "found" if found else "absent: the browser tests skip"
    fix = "" if found else "install Chromium with the system's package manager"
    return Finding("Chromium", found, seen, fix, needed=False)


def _sandboxes() -> tuple[Finding, ...]:
    """Each tier in which the grader could run other people's code; one that holds is enough."""
    from lablib.exercises import sandbox

    seen = sandbox.probe()
    enough = any(probe.ok for probe in seen)
    return tuple(
        Finding(f"sandbox {p.name}", p.ok, p.seen, "" if enough else p.fix, needed=False)
        for p in seen
    )
