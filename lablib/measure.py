"""What a run cost, and on which code and machine it ran.

Energy is an estimate and says so: processor seconds times an assumed power, or the mean of the
graphics card's own readings. It orders methods on one machine; it does not bill anyone.
"""

from __future__ import annotations

import hashlib
import os
import platform
import resource
import sys
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

WATTS_PER_CORE = 10.0


@dataclass(frozen=True)
class Cost:
    """Seconds of wall clock and processor, peak resident memory in MB, energy in watt-hours."""

    wall_seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    energy_wh: float
    energy_method: str


class Stopwatch:
    """Starts when made; `stop()` returns the `Cost` since then, children included.

    >>> Stopwatch().stop().wall_seconds < 1
    True
    """

    def __init__(self) -> None:
        self._wall = time.perf_counter()
        self._cpu = _cpu_seconds()

    def stop(self) -> Cost:
        """Return the cost so far; may be called again."""
        wall = time.perf_counter() - self._wall
        cpu = _cpu_seconds() - self._cpu
        return Cost(
            wall_seconds=round(wall, 3),
            cpu_seconds=round(cpu, 3),
            peak_memory_mb=round(_peak_memory_mb(), 1),
            energy_wh=round(cpu * WATTS_PER_CORE / 3600, 5),
            energy_method=f"processor seconds x {WATTS_PER_CORE:g} W per busy core (assumed)",
        )


def environment() -> dict[str, str]:
    """Python, platform, device and the versions of the packages that decide numbers.

    The device is the processor unless torch is already loaded and sees a graphics card.
    """
    packages = ("numpy", "scipy", "pandas", "scikit-learn", "torch", "interpret-core")
    found = {name: version for name in packages if (version := _version(name)) is not None}
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "device": _device(),
        "threads": os.environ.get("OMP_NUM_THREADS", str(os.cpu_count())),
        **found,
    }


def code_fingerprint(folder: str | Path | None = None) -> str:
    """First 16 hex digits of the sha256 over every `.py` and card file below `folder` (lablib).

    Two records with the same fingerprint, data hash and configuration came from the same code.

    >>> len(code_fingerprint())
    16
    """
    root = Path(folder) if folder else Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.suffix in {".py", ".yml"}):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cpu_seconds() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak_memory_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _device() -> str:
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        return str(torch.cuda.get_device_name(0))
    return f"cpu ({platform.processor() or platform.machine()})"
