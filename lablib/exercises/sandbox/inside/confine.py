"""Give up every right that a learner's code does not need; runs in the worker before that code.

Linux only, by system calls through ctypes: a seccomp filter (no new process, no signal, no socket,
no mount, no change of modes), Landlock rules on files, resource limits, and a user id of its own.
It cannot be undone by the process afterwards. Sources: seccomp(2), landlock(7), prctl(2).
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from collections.abc import Mapping, Sequence
from typing import Any

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 8, 22, 38
SIGKILL, EPERM, ENOSYS = 9, 1, 38
CLONE_THREAD = 0x00010000
CAPSET = {"x86_64": 126, "aarch64": 91}
CAP_DAC_READ_SEARCH, CAP_VERSION_3 = 2, 0x20080522
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
READ_FILE, READ_DIR, TRUNCATE_ABI, SCOPE_ABI = 1 << 2, 1 << 3, 3, 6
# Rights known to each version of Landlock, as the number of low bits; above 5 nothing was added.
FS_BITS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
EXECUTE, WRITE_FILE = 1 << 0, 1 << 1
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | (1 << 14) | (1 << 15)
MAKE_SPECIAL = (1 << 6) | (1 << 9) | (1 << 11)

# Refused system calls: (name, number on x86_64, number on aarch64 or None where there is none).
REFUSED: tuple[tuple[str, int | None, int | None], ...] = (
    ("fork", 57, None), ("vfork", 58, None), ("execve", 59, 221), ("execveat", 322, 281),
    ("socket", 41, 198), ("kill", 62, 129), ("tkill", 200, 130), ("tgkill", 234, 131),
    ("rt_sigqueueinfo", 129, 138), ("rt_tgsigqueueinfo", 297, 240),
    ("pidfd_send_signal", 424, 424), ("pidfd_open", 434, 434), ("pidfd_getfd", 438, 438),
    ("ptrace", 101, 117), ("process_vm_readv", 310, 270), ("process_vm_writev", 311, 271),
    ("kcmp", 312, 272), ("process_madvise", 440, 440), ("process_mrelease", 448, 448),
    ("migrate_pages", 256, 238), ("move_pages", 279, 239), ("unshare", 272, 97),
    ("setns", 308, 268), ("mount", 165, 40), ("umount2", 166, 39), ("pivot_root", 155, 41),
    ("chroot", 161, 51), ("open_tree", 428, 428), ("move_mount", 429, 429), ("fsopen", 430, 430),
    ("fsconfig", 431, 431), ("fsmount", 432, 432), ("fspick", 433, 433),
    ("mount_setattr", 442, 442), ("keyctl", 250, 219), ("add_key", 248, 217),
    ("request_key", 249, 218), ("bpf", 321, 280), ("perf_event_open", 298, 241),
    ("userfaultfd", 323, 282), ("io_uring_setup", 425, 425), ("io_uring_enter", 426, 426),
    ("io_uring_register", 427, 427), ("memfd_create", 319, 279), ("memfd_secret", 447, 447),
    ("shmget", 29, 194), ("msgget", 68, 186), ("semget", 64, 190), ("mq_open", 240, 180),
    ("open_by_handle_at", 304, 265), ("name_to_handle_at", 303, 264), ("init_module", 175, 105),
    ("finit_module", 313, 273), ("delete_module", 176, 106), ("kexec_load", 246, 104),
    ("fanotify_init", 300, 262), ("chmod", 90, None), ("fchmod", 91, 52), ("fchmodat", 268, 53),
    ("fchmodat2", 452, 452), ("chown", 92, None), ("fchown", 93, 55), ("lchown", 94, None),
    ("fchownat", 260, 54), ("setxattr", 188, 5), ("lsetxattr", 189, 6), ("fsetxattr", 190, 7),
    ("removexattr", 197, 14), ("lremovexattr", 198, 15), ("fremovexattr", 199, 16),
    ("utime", 132, None), ("utimes", 235, None), ("futimesat", 261, None), ("utimensat", 280, 88),
    ("setpriority", 141, 140), ("ioprio_set", 251, 30), ("sched_setaffinity", 203, 122),
    ("sched_setscheduler", 144, 119), ("sched_setparam", 142, 118), ("sched_setattr", 314, 274),
)  # fmt: skip
# Types of sockets (SOCK_DGRAM, SOCK_RAW) with and without SOCK_NONBLOCK and SOCK_CLOEXEC.
DATAGRAM_PAIRS = tuple(kind | flags for kind in (2, 3) for flags in (0, 0x800, 0x80000, 0x80800))
# Calls refused only for some values of one argument: (x86_64, aarch64, which argument, values).
# prctl may not clear the death signal; fcntl and ioctl may not have signals sent to others;
# pairs of sockets are for streams only, which are tied to each other for good.
REFUSED_VALUES: tuple[tuple[int, int, int, tuple[int, ...]], ...] = (
    (157, 167, 0, (PR_SET_PDEATHSIG,)),
    (72, 25, 1, (8, 10, 15)),  # F_SETOWN, F_SETSIG, F_SETOWN_EX
    (16, 29, 1, (0x8901, 0x8902, 0x5412)),  # FIOSETOWN, SIOCSPGRP, TIOCSTI
    (53, 199, 1, DATAGRAM_PAIRS),  # one end could send to any socket that has a name
)
# Audit number of the machine, then the numbers of clone, clone3 and prlimit64.
MACHINES = {"x86_64": (0xC000003E, 56, 435, 302), "aarch64": (0xC00000B7, 220, 435, 261)}

_libc = ctypes.CDLL(None, use_errno=True)


class ConfineError(OSError):
    """A right could not be given up; the worker must not run anything then."""


def supported() -> bool:
    """Whether the system-call filter is written for this machine."""
    return platform.system() == "Linux" and platform.machine() in MACHINES


def landlock_version() -> int:
    """The kernel's version of Landlock; 0 if it has none."""
    if platform.system() != "Linux":
        return 0
    return max(int(_libc.syscall(LANDLOCK_CREATE, None, 0, 1)), 0)


def confine(config: Mapping[str, Any]) -> None:
    """Apply what `config` asks for, in the order that makes each step possible.

    Parameters
    ----------
    config : mapping
        "landlock" (None, or paths under "read", "list", "device", "write"), "uid" (None to keep
        it), "keep_read" (retain the right to read inside the Landlock rules), "processes" (None
        for no limit), "file_bytes", "filter" (whether to filter system calls), "orphan" (whether to
        survive the parent).
    """
    if config["filter"]:
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
    if config["landlock"] is not None:
        _landlock(config["landlock"])
    if config["uid"] is not None:
        _become(config["uid"], config["keep_read"])
    limits = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 256)]
    limits.append((resource.RLIMIT_FSIZE, config["file_bytes"]))
    if config["processes"] is not None:
        limits.append((resource.RLIMIT_NPROC, config["processes"]))
    for kind, value in limits:
        limit(kind, value)
    if not config["orphan"]:
        _prctl(PR_SET_PDEATHSIG, SIGKILL)
    if config["filter"]:
        _filter()


def limit(kind: int, value: int) -> None:
    """Set a resource limit for good, never above the one already there."""
    _, most = resource.getrlimit(kind)
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.setrlimit(kind, (value, value))


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0):
        raise ConfineError(ctypes.get_errno(), f"prctl({option}) was refused")


def _become(uid: int, keep_read: bool) -> None:
    """Drop from root to a user id that nothing else has."""
    if keep_read:
        _prctl(PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    if keep_read:
        head = struct.pack("Ii", CAP_VERSION_3, 0)
        only = 1 << CAP_DAC_READ_SEARCH
        sets = struct.pack("6I", only, only, 0, 0, 0, 0)
        if _libc.syscall(CAPSET[platform.machine()], head, sets):
            raise ConfineError(ctypes.get_errno(), "cannot keep the right to read Python's folder")


def _landlock(rules: Mapping[str, Sequence[str]]) -> None:
    version = landlock_version()
    if not version:
        raise ConfineError(ENOSYS, "this kernel has no Landlock")
    everything = (1 << FS_BITS.get(version, 16)) - 1
    network = 3 if version >= 4 else 0
    scope = 3 if version >= SCOPE_ABI else 0
    attributes = struct.pack("QQQ", everything, network, scope)
    size = 8 if version < 4 else 16 if version < SCOPE_ABI else 24
    ruleset = _libc.syscall(LANDLOCK_CREATE, attributes, size, 0)
    if ruleset < 0:
        raise ConfineError(ctypes.get_errno(), "Landlock made no rule set")
    rights = {
        "read": READ_FILE | READ_DIR,
        "list": READ_DIR,
        "device": READ_FILE | WRITE_FILE,
        "write": everything & ~MAKE_SPECIAL & ~EXECUTE,
    }
    for kind, paths in rules.items():
        for path in paths:
            _allow(ruleset, path, rights[kind])
    if _libc.syscall(LANDLOCK_RESTRICT, ruleset, 0):
        raise ConfineError(ctypes.get_errno(), "Landlock was refused")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there needs no rule
    if not os.path.isdir(path):
        rights &= FILE_RIGHTS
    rule = struct.pack("=Qi", rights, place)
    done = _libc.syscall(LANDLOCK_ADD, ruleset, 1, rule, 0)
    os.close(place)
    if done:
        raise ConfineError(ctypes.get_errno(), f"Landlock has no rule for {path}")


def _filter() -> None:
    """Install the seccomp program: refused calls fail with EPERM, all others pass."""
    if platform.machine() not in MACHINES:
        raise ConfineError(ENOSYS, f"no filter is written for {platform.machine()}")
    steps = program(platform.machine())
    buffer = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    head = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(buffer))
    if _libc.prctl(PR_SET_SECCOMP, ctypes.c_ulong(2), head, 0, 0):
        raise ConfineError(ctypes.get_errno(), "the filter of system calls was refused")


def program(machine: str) -> list[tuple[int, int, int, int]]:
    """The steps of the filter: (operation, jump if true, jump if false, operand).

    Operations: 0x20 load a word of the call's description, 0x15 is equal, 0x35 is at least,
    0x45 has one of these bits, 0x06 return.
    """
    column = 1 if machine == "x86_64" else 2
    audit, clone, clone3, prlimit = MACHINES[machine]
    allow, refuse = (0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050000 | EPERM)
    absent, kill = (0x06, 0, 0, 0x00050000 | ENOSYS), (0x06, 0, 0, 0x80000000)
    steps = [(0x20, 0, 0, 4), (0x15, 1, 0, audit), kill, (0x20, 0, 0, 0)]
    steps += [(0x35, 0, 1, 0x40000000), kill]  # the other calling convention of x86_64
    steps += [(0x15, 0, 1, clone3), absent]  # the C library then uses clone, seen below
    steps += [(0x15, 0, 4, clone), _argument(0), (0x45, 0, 1, CLONE_THREAD), allow, refuse]
    steps += [(0x15, 0, 4, prlimit), _argument(0), (0x15, 1, 0, 0), refuse, allow]
    for entry in REFUSED_VALUES:
        values = entry[3]
        tests = [(0x15, len(values) - i, 0, value) for i, value in enumerate(values)]
        number = entry[0] if machine == "x86_64" else entry[1]
        steps += [(0x15, 0, len(values) + 3, number), _argument(entry[2]), *tests, allow, refuse]
    for call in REFUSED:
        number_here = call[column]
        if isinstance(number_here, int):
            steps += [(0x15, 0, 1, number_here), refuse]
    return [*steps, allow]


def _argument(place: int) -> tuple[int, int, int, int]:
    """Load the low half of an argument (both machines are little-endian)."""
    return (0x20, 0, 0, 16 + 8 * place)
