"""The second tier, for containers without namespaces: Landlock rules, as root also an own user id.

Files outside Python's own are out of reach; sockets, signals and new processes are refused by the
filter of system calls. Unlike in namespaces, names of files in library folders can be listed, and
the writable folder is on the disk: its size is looked at five times a second.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lablib.exercises.sandbox import places
from lablib.exercises.sandbox import scratch as folders
from lablib.exercises.sandbox.errors import SandboxError
from lablib.exercises.sandbox.inside import confine
from lablib.exercises.sandbox.launch import Plan
from lablib.exercises.sandbox.limits import Limits
from lablib.exercises.sandbox.uids import Lease, is_root

LEAST = 3  # the version that also guards files against being cut short
LEAST_AS_ROOT = 1  # there the user id guards them
FIX = "use a kernel with Landlock (Linux 6.2 or later), or install bubblewrap"


def fix() -> str:
    """The line that most likely makes this tier work here."""
    if is_root() and not places.world_readable(places.find().python):
        folder = next(
            str(path)
            for path in reversed(Path(places.find().python).parents)
            if not path.stat().st_mode & 0o001
        )
        return f"chmod o+x {folder} (workers without rights must reach Python below it)"
    return FIX


def plan(limits: Limits, *, slot: int = 0, writable: bool = True, nursery: bool = False) -> Plan:
    """How to start a worker in this tier.

    Parameters
    ----------
    limits : Limits
    slot : int
        Where to look for a free user id.
    writable : bool
        Whether it has a writable folder.
    nursery : bool
        Whether it will fork the workers, each with a user id of its own.
    """
    version = confine.landlock_version()
    if sys.platform != "linux" or version < (LEAST_AS_ROOT if is_root() else LEAST):
        raise SandboxError(f"the kernel's Landlock has version {version}", FIX)
    if not confine.supported():
        raise SandboxError("no filter of system calls is written for this machine")
    lease = None if nursery or not is_root() else Lease(slot)
    folder = folders.make(lease.uid if lease else None) if writable else None

    def release() -> None:
        if folder is not None:
            folders.remove(folder)
        if lease is not None:
            lease.release()

    return Plan(
        tier="landlock",
        prefix=(),
        files={name: str(path) for name, path in places.files().items()},
        home=folder or "/",
        confine=_rights(limits, uid=lease.uid if lease else None, folder=folder),
        watch=(lambda: folders.watch(folder, limits.scratch_mb)) if folder else None,
        release=release,
    )


def _rights(limits: Limits, *, uid: int | None, folder: str | None) -> dict[str, object]:
    """What a worker gives up."""
    found = places.find()
    readable = places.world_readable(found.python)
    return {
        "landlock": _rules(found, folder),
        "uid": uid,
        "keep_read": uid is not None and not readable,
        "processes": limits.processes if uid is not None else None,
        "file_bytes": limits.scratch_mb * 2**20 if folder else 0,
        "filter": True,
        "orphan": False,
    }


def _rules(found: places.Places, folder: str | None) -> dict[str, list[str]]:
    """Landlock can only allow: around a hidden folder, allow its neighbours one by one."""
    read, listed = list(found.read), list[str]()
    for hidden in found.hidden:
        top = next(path for path in read if hidden == path or hidden.startswith(path + "/"))
        read.remove(top)
        here = top
        while here != hidden:
            listed.append(here)
            step = os.path.relpath(hidden, here).split("/")[0]
            read += [entry.path for entry in os.scandir(here) if entry.name != step]
            here = os.path.join(here, step)
    ours = places.files().values()
    read += [str(path) for file in ours for path in (file, places.compiled(file))]
    written = [folder] if folder else []
    return {"read": read, "list": listed, "device": [*places.DEVICES], "write": written}
