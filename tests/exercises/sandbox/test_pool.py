"""Workers forked from a nursery: as confined as fresh ones, used once, quickly there."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lablib.exercises import wire
from lablib.exercises.sandbox import SandboxError, Session, WarmPool, tiers
from lablib.exercises.sandbox.limits import Limits

Call = Callable[..., dict[str, Any]]
LIMITS = Limits(seconds=1, memory_mb=300, total_seconds=20)
INSIDE = """
import json, os, sys
kept = []
def loaded(): return "decimal" in sys.modules
def ids(): return [os.getuid(), os.getpid(), os.getppid()]
def keep(): kept.append(1); json.kept = True; return len(kept)
def kept_before(): return hasattr(json, "kept") or bool(kept)
def write(path): open(path, "w").close()
def kill_nursery(): os.kill(os.getppid(), 9)
def fork(): return os.fork()
def end(): os._exit(4)
def loop():
    while True:
        try:
            while True: sum(range(99))
        except BaseException: pass
def take(): return len(bytearray(2 * 10**9))
def fault():
    import ctypes; ctypes.string_at(0)
"""


@pytest.fixture(scope="module")
def pool(tier: str) -> Iterator[WarmPool]:
    with WarmPool(("decimal",), 1, tier=tier) as pool:
        yield pool


@pytest.fixture
def session(pool: WarmPool) -> Iterator[Session]:
    with pool.open_with(LIMITS) as session:
        assert wire.loads(session.load([INSIDE])[0])["outcome"] == "value"
        yield session


def test_the_libraries_are_loaded(session: Session, call: Call) -> None:
    assert call(session, "loaded")["value"] is True


def test_each_submission_starts_anew(pool: WarmPool, call: Call) -> None:
    numbers = []
    for _ in range(3):
        with pool.open_with(LIMITS) as session:
            session.load([INSIDE])
            assert call(session, "kept_before")["value"] is False
            assert call(session, "keep")["value"] == 1
            numbers.append(call(session, "ids")["value"][1])
    assert len(set(numbers)) == 3


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("kill_nursery", ()),
        ("fork", ()),
        ("write", ("mark",)),
        ("write", (os.path.join(tempfile.gettempdir(), "mark"),)),
    ],
)
def test_it_is_confined(session: Session, call: Call, name: str, arguments: tuple[str]) -> None:
    assert "OSError" in call(session, name, *arguments)["types"]


def test_it_has_a_user_of_its_own(session: Session, call: Call) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives workers users of their own")
    assert 60000 <= call(session, "ids")["value"][0] < 61000


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("end", "WorkerEndedError", "exit code 4"),
        ("fault", "WorkerEndedError", "memory fault"),
        ("loop", "TooSlowError", "time limit"),
        ("take", "MemoryError", ""),
    ],
)
def test_its_end_is_a_plain_reply_and_the_next_one_is_fresh(
    pool: WarmPool, call: Call, name: str, kind: str, words: str
) -> None:
    with pool.open_with(LIMITS) as session:
        session.load([INSIDE])
        reply = call(session, name)
        assert reply["type"] == kind
        assert words in reply["message"]
    with pool.open_with(LIMITS) as session:
        session.load(["def f(): return 1"])
        assert call(session, "f")["value"] == 1


def test_a_nursery_that_died_is_replaced(tier: str, call: Call) -> None:
    with WarmPool((), 1, tier=tier) as pool:
        pool._free[0]._process.kill()
        pool._free[0]._process.wait()
        with pool.open_with(LIMITS) as session:
            session.load(["def f(): return 1"])
            assert call(session, "f")["value"] == 1
            pool_process = session._worker._nursery._process  # type: ignore[attr-defined]
            pool_process.kill()
            pool_process.wait()
            end = time.monotonic() + 5
            while call(session, "f")["outcome"] != "error":
                assert time.monotonic() < end
        with pool.open_with(LIMITS) as session:
            session.load(["def f(): return 1"])
            assert call(session, "f")["value"] == 1


def test_more_sessions_than_its_size_are_refused(pool: WarmPool, session: Session) -> None:
    with pytest.raises(SandboxError, match="no worker is free"):
        pool.open_with(LIMITS)


def test_a_closed_pool_leaves_no_process(tier: str) -> None:
    with WarmPool((), 2, tier=tier) as pool:
        processes = [nursery._process for nursery in pool._free]
        session = pool.open_with(LIMITS)
    session.close()
    assert all(process.poll() is not None for process in processes)
    with pytest.raises(SandboxError, match="no worker is free"):
        pool.open_with(LIMITS)


def test_there_is_no_pool_without_a_sandbox() -> None:
    with pytest.raises(SandboxError, match="without a sandbox"):
        WarmPool((), tier="none")


def test_what_a_session_costs_is_printed(
    pool: WarmPool, capsys: pytest.CaptureFixture[str]
) -> None:
    began, number = time.monotonic(), 10
    for _ in range(number):
        with pool.open_with(LIMITS) as session:
            session.load(["def f(x): return x"])
    with capsys.disabled():
        each = 1000 * (time.monotonic() - began) / number
        print(f"\n{pool.tier}: {each:.0f} ms of wall time for a session of the pool")


def test_torch_is_ready_for_each_submission(tier: str, call: Call) -> None:
    pytest.importorskip("torch")
    source = "import torch\ndef f(x): return float(torch.tensor(x).sum())"
    with WarmPool(("torch",), tier=tier) as pool:
        for _ in range(2):
            with pool.open_with(Limits(seconds=5, memory_mb=500)) as session:
                session.load([source])
                assert call(session, "f", [1.0, 2.0])["value"] == 3.0
    assert tiers.trouble(tier) == ""
