from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lablib.exercises import wire
from lablib.exercises.sandbox import Session, tiers
from lablib.exercises.sandbox.limits import Limits

Open = Callable[..., Session]


@pytest.fixture(scope="module", params=tiers.TIERS)
def tier(request: pytest.FixtureRequest) -> str:
    """Each real tier, if this machine has it."""
    name: str = request.param
    if reason := tiers.trouble(name):
        pytest.skip(f"no {name} sandbox on this machine: {reason}")
    return name


@pytest.fixture
def open_one(tier: str) -> Iterator[Open]:
    """Opens sessions of the tier that the test's end closes."""
    opened: list[Session] = []

    def open_(source: str, **limits: Any) -> Session:
        caps = Limits(**{"seconds": 1.0, "memory_mb": 300, "total_seconds": 20.0, **limits})
        session = tiers.open_with(caps, tier=tier)
        opened.append(session)
        replies = session.load([source])
        assert wire.loads(replies[0])["outcome"] == "value", replies
        return session

    yield open_
    for session in opened:
        session.close()


@pytest.fixture(scope="session")
def call() -> Callable[..., dict[str, Any]]:
    """Calls a function in a session and reads the reply."""

    def call_(session: Session, name: str, *args: Any) -> dict[str, Any]:
        request = wire.dumps({"name": name, "args": list(args), "kwargs": {}})
        reply = wire.loads(session.request(request))
        assert isinstance(reply, dict)
        return reply

    return call_
