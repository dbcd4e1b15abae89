"""Try each tier on this machine: start a session, and try from inside to do what must fail.

What a worker says of itself is believed only where it admits a success; a connection is counted
by the listener it should have reached.
"""

from __future__ import annotations

import json
import secrets
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lablib.exercises import wire
from lablib.exercises.sandbox import tiers
from lablib.exercises.sandbox.base import Session
from lablib.exercises.sandbox.errors import SandboxError

FORKS = 100
INSIDE = """
import os, socket

def read(path):
    with open(path) as stream:
        return stream.read()

def connect(port):
    with socket.create_connection(("127.0.0.1", port), timeout=1) as stream:
        return stream.fileno()

def fork(most):
    made = 0
    for _ in range(most):
        try:
            child = os.fork()
        except OSError:
            break
        if not child:
            os._exit(0)
        made += 1
    return made

def home():
    import pathlib
    pathlib.Path("note").write_text("kept")
    return pathlib.Path("note").read_text()
"""


@dataclass(frozen=True)
class Probe:
    """One tier: whether it holds here, what was seen, and the line that mends it if not."""

    name: str
    ok: bool
    seen: str
    fix: str = ""

    def __str__(self) -> str:
        line = f"{'ok  ' if self.ok else 'FAIL'}  sandbox {self.name}: {self.seen}"
        return line + (f"\n      fix: {self.fix}" if self.fix else "")


def probe() -> tuple[Probe, ...]:
    """Try every tier, strongest first. Takes about a second; leaves nothing behind."""
    return tuple(_try(tier) for tier in tiers.TIERS)


def _try(tier: str) -> Probe:
    if reason := tiers.trouble(tier):
        return Probe(tier, False, reason, tiers.fix(tier))
    try:
        with tiers.open_with(tiers.TRIAL, tier=tier) as session:
            faults = _faults(session)
    except SandboxError as error:
        return Probe(tier, False, error.reason, error.fix or tiers.fix(tier))
    if faults:
        return Probe(tier, False, "; ".join(faults), "do not grade with this tier; report it")
    return Probe(tier, True, "no network, no files of yours, no further processes")


def _faults(session: Session) -> list[str]:
    """What should have been impossible and was not, and the reverse."""
    faults: list[str] = []
    session.load([INSIDE])
    if _call(session, "home") != "kept":
        faults.append("a worker cannot write in its own folder")
    secret = secrets.token_hex(8)
    with tempfile.TemporaryDirectory() as name:
        folder, planted = Path(name), Path(name) / "planted"
        folder.chmod(0o755)
        planted.write_text(secret)
        planted.chmod(0o644)
        if _call(session, "read", str(planted)) == secret:
            faults.append("files outside can be read")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        _call(session, "connect", listener.getsockname()[1])
        try:
            listener.accept()[0].close()
            faults.append("the network can be reached")
        except OSError:
            pass
    made = _call(session, "fork", FORKS)
    if not isinstance(made, int) or made >= FORKS:
        faults.append(f"{made} processes could be started")
    return faults


def _call(session: Session, name: str, *args: object) -> object:
    """The value that a call gives, None if it fails."""
    request = wire.dumps({"name": name, "args": list(args), "kwargs": {}})
    try:
        reply = wire.loads(session.request(request))
    except (wire.WireError, json.JSONDecodeError):
        return None
    return reply.get("value") if isinstance(reply, dict) else None
