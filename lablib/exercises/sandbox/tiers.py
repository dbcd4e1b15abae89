"""Choose the strongest sandbox that works on this machine and open sessions in it.

bubblewrap, else Landlock, else refuse. Never a weaker one silently: `none` (a plain process with
limits, which can read and write what you can) must be asked for by name.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache

from lablib.exercises.declare import Exercise
from lablib.exercises.sandbox import bubblewrap, landlock, places, scratch
from lablib.exercises.sandbox import limits as caps
from lablib.exercises.sandbox.base import Session
from lablib.exercises.sandbox.errors import SandboxError
from lablib.exercises.sandbox.launch import Plan, start
from lablib.exercises.sandbox.limits import Limits

TIERS = ("bwrap", "landlock")
TRIAL = Limits(seconds=10, memory_mb=500)


def open_session(exercise: Exercise, *, tier: str = "auto", slot: int = 0) -> Session:
    """A fresh worker for one submission to `exercise`.

    Parameters
    ----------
    exercise : Exercise
        Its limits and the libraries it needs.
    tier : {"auto", "bwrap", "landlock", "none"}
    slot : int
        Number of the parallel grader; only spreads the user ids.

    Raises
    ------
    SandboxError
        If there is no sandbox of that tier; the message ends with the fix.
    """
    return open_with(caps.of(exercise), caps.modules(exercise), tier=choose(tier), slot=slot)


def open_with(limits: Limits, modules: Sequence[str] = (), *, tier: str, slot: int = 0) -> Session:
    """A fresh worker under given limits.

    Parameters
    ----------
    limits : Limits
    modules : sequence of str
        Libraries to load before the learner's code.
    tier : {"bwrap", "landlock", "none"}
    slot : int
        As in `open_session`.
    """
    how = plan(tier, limits, slot=slot)
    try:
        worker = start(how, limits, modules)
    except OSError as error:
        how.release()
        raise SandboxError(f"the {tier} sandbox did not start: {error}", fix(tier)) from None
    return Session(worker, limits, tier=tier, release=how.release)


def choose(tier: str = "auto") -> str:
    """The tier to use: the one asked for if it works, with `auto` the strongest that does.

    Raises
    ------
    SandboxError
        If none works; with the reason and the fix of each.
    """
    if tier == "none":
        return tier
    if tier not in {"auto", *TIERS}:
        raise SandboxError(f"tier is {tier!r}; choose one of auto, {', '.join(TIERS)}, none")
    reasons: list[str] = []
    for name in TIERS if tier == "auto" else (tier,):
        reason = trouble(name)
        if not reason:
            return name
        reasons.append(f"{name}: {reason}\n  fix: {fix(name)}")
    raise SandboxError(
        "no sandbox works here, so no submission was run\n" + "\n".join(reasons)
        + "\n  or, only for code that you trust: --no-sandbox"
    )  # fmt: skip


@cache
def trouble(tier: str) -> str:
    """Why a session of this tier does not start here; empty if it does."""
    try:
        with open_with(TRIAL, tier=tier):
            return ""
    except SandboxError as error:
        return error.reason


def plan(
    tier: str, limits: Limits, *, slot: int = 0, writable: bool = True, nursery: bool = False
) -> Plan:
    """How to start a worker.

    Parameters
    ----------
    tier : {"bwrap", "landlock", "none"}
    limits : Limits
    slot : int
        Where to look for a free user id.
    writable : bool
        Whether it has a writable folder.
    nursery : bool
        Whether it will fork the workers.
    """
    if tier == "none":
        return _unconfined(limits)
    make = bubblewrap.plan if tier == "bwrap" else landlock.plan
    return make(limits, slot=slot, writable=writable, nursery=nursery)


def fix(tier: str) -> str:
    """The line that most likely makes a tier work here."""
    return bubblewrap.fix() if tier == "bwrap" else landlock.fix()


def _unconfined(limits: Limits) -> Plan:
    """A process with limits on time and memory, and with all of your rights."""
    folder = scratch.make(None)
    return Plan(
        tier="none",
        prefix=(),
        files={name: str(path) for name, path in places.files().items()},
        home=folder,
        confine={
            "landlock": None,
            "uid": None,
            "keep_read": False,
            "processes": None,
            "file_bytes": limits.scratch_mb * 2**20,
            "filter": False,
            "orphan": sys.platform != "linux",
        },
        watch=lambda: scratch.watch(folder, limits.scratch_mb),
        release=lambda: scratch.remove(folder),
    )
