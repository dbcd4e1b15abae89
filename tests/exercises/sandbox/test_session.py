"""Real workers that compute, stall, die, flood and lie."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lablib.exercises import proxy, wire
from lablib.exercises.sandbox import Session, scratch, tiers
from lablib.exercises.sandbox.limits import Limits

Call = Callable[..., dict[str, Any]]
Open = Callable[..., Session]
HONEST = """
import numpy as np
import warnings

def half(x):
    warnings.warn("a warning is not a mistake")
    print("nor is this")
    return np.asarray(x) / 2
"""


def test_values_cross_and_come_back(open_one: Open) -> None:
    s = proxy.Proxy(open_one(HONEST).request, ["half"])
    assert np.array_equal(s.half(np.arange(4.0)), [0, 0.5, 1, 1.5])


def test_a_cell_that_does_not_run_is_named_and_the_others_run(open_one: Open) -> None:
    session = open_one("x = 1")
    bad, good = session.load(["y = 2\nz = x + nothing", "def f(): return x"], ["cell 4", "cell 7"])
    reply = wire.loads(bad)
    assert (reply["type"], reply["line"], reply["place"]) == ("NameError", 2, "cell 4")
    assert wire.loads(good)["outcome"] == "value"


def test_a_notebooks_own_check_cells_do_nothing(open_one: Open) -> None:
    open_one("from lablib.exercises import check, hint\ncheck('topic/slug'); hint('topic/slug')")


def test_data_classes_work_as_in_a_notebook(open_one: Open, call: Call) -> None:
    source = """
        from __future__ import annotations
        from dataclasses import dataclass
        @dataclass
        class Point:
            x: float
        def f(): return Point(2.0).x
        """
    assert call(open_one(textwrap.dedent(source)), "f")["value"] == 2.0


def test_a_loop_is_interrupted_and_the_next_call_works(open_one: Open, call: Call) -> None:
    session = open_one("def loop():\n    while True: pass\ndef ok(): return 1", seconds=0.3)
    reply = call(session, "loop")
    assert (reply["type"], reply["line"]) == ("TooSlowError", 2)
    assert call(session, "ok")["value"] == 1


STALLS = {
    "catches everything": "while True:\n        try:\n            while True: sum(range(99))\n"
    "        except BaseException: pass",
    "sleeps on": "import time\n    while True:\n        try: time.sleep(9)\n"
    "        except BaseException: pass",
    "blocks the signal": "import signal, time\n"
    "    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32)); time.sleep(60)",
}


@pytest.mark.parametrize("body", STALLS.values(), ids=STALLS.keys())
def test_a_call_that_resists_is_killed_with_all_later_ones(
    open_one: Open, call: Call, body: str
) -> None:
    session = open_one(f"def f():\n    {body}\ndef ok(): return 1", seconds=0.2)
    began = time.monotonic()
    assert call(session, "f")["type"] == "TooSlowError"
    assert time.monotonic() - began < 5
    assert call(session, "ok")["type"] == "TooSlowError"
    assert time.monotonic() - began < 5


def test_many_slow_calls_use_up_the_whole(open_one: Open, call: Call) -> None:
    source = "import time\ndef f(): time.sleep(0.2); return 1"
    session = open_one(source, seconds=0.5, total_seconds=1.0)
    outcomes = [call(session, "f")["outcome"] for _ in range(10)]
    assert outcomes[0] == "value"
    assert outcomes[-1] == "error"


def test_an_endless_cell_stops_the_loading(open_one: Open) -> None:
    session = open_one("x = 1", seconds=0.3)
    began = time.monotonic()
    replies = [wire.loads(reply) for reply in session.load(["while True: pass", "y = 2", "z = 3"])]
    assert [reply["type"] for reply in replies] == ["TooSlowError"] * 3
    assert "earlier cell" in replies[2]["message"]
    assert time.monotonic() - began < 5


ENDS = {
    "import os; os._exit(0)": "ended the process",
    "import os; os._exit(3)": "exit code 3",
    "import ctypes; ctypes.string_at(0)": "memory fault",
    "import os; os.abort()": "ended by",
    "import os; os.closerange(0, 256)": "ended the process",
}


@pytest.mark.parametrize("body", ENDS, ids=list(ENDS.values()))
def test_a_worker_that_ends_itself_is_a_plain_reply(open_one: Open, call: Call, body: str) -> None:
    session = open_one(f"def f(): {body}\ndef ok(): return 1")
    first, second = call(session, "f"), call(session, "ok")
    assert first["type"] == second["type"] == "WorkerEndedError"
    if "closerange" not in body:
        assert ENDS[body] in first["message"]


CONTINUES = {
    "raise SystemExit(1)": "SystemExit",
    "return f()": "RecursionError",
    "return input()": "EOFError",
    "return len(bytearray(2 * 10**9))": "MemoryError",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
}


@pytest.mark.parametrize(("body", "kind"), CONTINUES.items())
def test_an_exception_of_any_kind_is_a_reply_and_the_worker_lives(
    open_one: Open, call: Call, body: str, kind: str
) -> None:
    session = open_one(f"def f(): {body}\ndef ok(): return 1")
    assert call(session, "f")["type"] == kind
    assert call(session, "ok")["value"] == 1


def test_memory_taken_bit_by_bit_is_limited_too(open_one: Open, call: Call) -> None:
    source = "def f():\n    kept = []\n    while True: kept.append(bytearray(10**7))"
    reply = call(open_one(source, seconds=8), "f")
    assert reply["type"] in {"MemoryError", "WorkerEndedError"}


def test_output_goes_nowhere_and_does_not_block(open_one: Open, call: Call) -> None:
    source = """
        import os, sys
        def f():
            for _ in range(500):
                os.write(1, b"x" * 100000); os.write(2, b"x" * 100000)
                print("x" * 1000, file=sys.__stdout__)
            return "done"
        """
    session = open_one(textwrap.dedent(source), seconds=8)
    assert call(session, "f")["value"] == "done"


def test_a_huge_reply_is_refused_on_both_sides(open_one: Open, call: Call) -> None:
    source = """
        import os
        def big(): return "x" * (17 * 2**20)
        def forge():
            for i in range(3, 64):
                try:
                    while os.write(i, b"x" * 2**20): pass
                except OSError: pass
        """
    session = open_one(textwrap.dedent(source), seconds=8)
    assert call(session, "big")["outcome"] == "not data"
    reply = call(session, "forge")
    assert reply["type"] == "WorkerEndedError"
    assert "more data than a reply" in reply["message"]


def test_a_forged_line_is_only_an_answer(open_one: Open) -> None:
    source = """
        import os
        def half(x):
            for i in range(3, 64):
                try: os.write(i, b'{"passed": true}\\n[[[[[[\\n\\xff\\n')
                except OSError: pass
            return x
        """
    session = open_one(textwrap.dedent(source))
    s = proxy.Proxy(session.request, ["half"])
    for _ in range(3):
        with pytest.raises(proxy.NotDataError, match="not an answer"):
            s.half(3)


def test_a_request_larger_than_a_pipe_crosses(open_one: Open) -> None:
    s = proxy.Proxy(open_one("def total(x): return float(x.sum())").request, ["total"])
    assert s.total(np.ones(500_000)) == 500_000.0


def test_nothing_but_its_own_descriptors_is_open(open_one: Open, call: Call) -> None:
    source = """
        import os
        def f():
            kinds = []
            for i in range(256):
                try: kinds.append(oct(os.fstat(i).st_mode >> 12))
                except OSError: pass
            return kinds
        """
    kept = open(__file__)  # noqa: SIM115
    kinds = call(open_one(textwrap.dedent(source)), "f")["value"]
    kept.close()
    assert sorted(set(kinds)) == ["0o1", "0o2"]  # pipes, and the device that swallows output
    assert kinds.count("0o1") == 2


def test_a_closed_session_says_so(open_one: Open) -> None:
    session = open_one("x = 1")
    session.close()
    session.close()
    with pytest.raises(ValueError, match="closed"):
        session.request("{}")


def test_the_worker_dies_with_the_grader(tier: str, tmp_path: Path) -> None:
    program = f"""
        import sys, time
        from lablib.exercises.sandbox import tiers
        from lablib.exercises.sandbox.limits import Limits
        session = tiers.open_with(Limits(seconds=60, memory_mb=300), tier={tier!r})
        print(session._worker._process.pid, flush=True)
        session.load(["import time\\nwhile True:\\n  try: time.sleep(9)\\n"
                      "  except BaseException: pass"])
        """
    grader = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)],
        stdout=subprocess.PIPE,
        cwd=Path(tiers.__file__).parents[3],
    )
    assert grader.stdout is not None
    pid = int(grader.stdout.readline())
    grader.kill()
    grader.wait()
    grader.stdout.close()
    end = time.monotonic() + 5
    while _lives(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not _lives(pid)
    scratch.sweep.cache_clear()
    scratch.sweep()
    assert not list(Path(tempfile.gettempdir()).glob(f"{scratch.PREFIX}{grader.pid}-*"))


def test_what_a_session_costs_is_printed(tier: str, capsys: pytest.CaptureFixture[str]) -> None:
    began, number = time.monotonic(), 3
    for _ in range(number):
        with tiers.open_with(Limits(seconds=1, memory_mb=300), ["numpy"], tier=tier) as session:
            session.load(["def f(x): return x"])
    with capsys.disabled():
        each = 1000 * (time.monotonic() - began) / number
        print(f"\n{tier}: {each:.0f} ms of wall time for a fresh session with numpy")


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
