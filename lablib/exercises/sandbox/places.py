"""Which files a worker may see: Python, its libraries, and four files of ours. Nothing else.

Paths are the real ones behind links, because a virtual environment is often made of links. An
installed `lablib` is hidden: it carries the exercises with their hidden checks.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

from lablib.exercises import declare, wire, worker
from lablib.exercises.sandbox.inside import confine

SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
SMALL_FILES = ("/etc/ld.so.cache", "/proc/cpuinfo", "/proc/meminfo")
FOLDERS = ("/sys/devices/system/cpu",)
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
HIDDEN = "lablib"


@dataclass(frozen=True)
class Places:
    """Real paths.

    `read` are folders and files to show whole, `libraries` the folders for `sys.path`, `hidden`
    what must not be seen within them, `links` the system's own links (`/lib` to `usr/lib`).
    """

    python: str
    read: tuple[str, ...]
    libraries: tuple[str, ...]
    hidden: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


@cache
def find() -> Places:
    """The places of this interpreter."""
    python = os.path.realpath(sys.executable)
    base = os.path.realpath(sys.base_prefix)
    wanted = [python, *(os.path.join(base, name) for name in ("lib", "lib64"))]
    wanted += [os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib")]
    libraries = _libraries()
    wanted += [*libraries, *SYSTEM, *SMALL_FILES, *FOLDERS]
    for library in libraries:
        wanted += _linked(library)
    links = tuple((path, os.readlink(path)) for path in SYSTEM if os.path.islink(path))
    real = [path for path in wanted if os.path.exists(path) and not os.path.islink(path)]
    return Places(
        python=python,
        read=_outermost(real),
        libraries=libraries,
        hidden=_hidden(libraries, _outermost(real)),
        links=links,
    )


def files() -> dict[str, Path]:
    """Our files that run inside, by name."""
    main = Path(confine.__file__).with_name("worker_main.py")
    ours = {"main": main, "confine": Path(confine.__file__)}
    return ours | {"wire": Path(wire.__file__), "worker": Path(worker.__file__)}


def compiled(path: Path) -> Path:
    """Where Python keeps the compiled form of a file."""
    return Path(cache_from_source(str(path)))


def environment(home: str) -> dict[str, str]:
    """All environment variables that a worker has."""
    return {
        "HOME": home, "TMPDIR": home, "MPLCONFIGDIR": home, "MPLBACKEND": "Agg",
        "PATH": "", "LANG": "C.UTF-8", "TZ": "UTC",
        "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1",
        "NUMEXPR_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2",
    }  # fmt: skip


def world_readable(path: str) -> bool:
    """Whether a user without rights can reach and read a file."""
    below = Path(path)
    open_folders = all(folder.stat().st_mode & 0o001 for folder in below.parents)
    return open_folders and bool(below.stat().st_mode & 0o004)


def _libraries() -> tuple[str, ...]:
    """Folders of installed packages on this process's path, in order."""
    names = ("site-packages", "dist-packages")
    found = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    found += [path for path in sys.path if os.path.basename(path) in names]
    real = [os.path.realpath(path) for path in found if os.path.isdir(path)]
    return tuple(dict.fromkeys(real))


def _linked(library: str) -> list[str]:
    """Folders outside that packages of a library folder are linked to (some installers do so)."""
    targets: list[str] = []
    with os.scandir(library) as entries:
        for entry in entries:
            if entry.name == HIDDEN or entry.name.startswith((".", "_")):
                continue
            if entry.is_symlink():
                targets.append(os.path.realpath(entry.path))
            elif entry.is_dir():
                with os.scandir(entry.path) as inside:
                    first = next((file for file in inside if file.is_file()), None)
                if first is not None and first.is_symlink():
                    targets.append(os.path.dirname(os.path.realpath(first.path)))
    return targets


def _outermost(paths: list[str]) -> tuple[str, ...]:
    """The paths without those that lie inside another one."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(path == other or path.startswith(other + "/") for other in kept):
            kept.append(path)
    return tuple(kept)


def _hidden(libraries: tuple[str, ...], shown: tuple[str, ...]) -> tuple[str, ...]:
    """Folders with exercises that would otherwise be seen."""
    package = Path(declare.__file__).resolve().parent.parent
    candidates = [os.path.join(library, HIDDEN) for library in libraries]
    candidates += [str(package), str(declare.root().resolve())]
    for folder in shown:
        candidates += map(str, Path(folder).glob(f"python3*/*-packages/{HIDDEN}"))
    inside = [
        path
        for path in candidates
        if os.path.isdir(path) and any(path.startswith(folder + "/") for folder in shown)
    ]
    return _outermost(inside)
