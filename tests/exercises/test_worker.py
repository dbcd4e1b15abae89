from __future__ import annotations

import signal
import sys
import threading
import time
import warnings
from typing import Any

import numpy as np
import pytest

from lablib.exercises import wire, worker


def call(function: Any, *args: Any, seconds: float | None = None, **kwargs: Any) -> Any:
    request = wire.dumps({"name": "f", "args": list(args), "kwargs": kwargs})
    return wire.loads(worker.answer({"f": function}, request, seconds=seconds))


def loaded(text: str, place: str = "cell 1") -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "answer"}
    assert wire.loads(worker.load(names, text, place=place))["outcome"] == "value"
    return names


def test_arguments_are_copies() -> None:
    mine = np.zeros(3)

    def spoil(x: Any) -> Any:
        x += 1
        return x

    assert call(spoil, mine)["value"].tolist() == [1, 1, 1]
    assert mine.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    "body",
    [
        "...",
        "pass",
        '"Say."',
        '"Say."\n    ...',
        "return ...",
        "return None",
        "x = ...\n    return x",
        "return [1, ...]",
        "return ... + x",
        "return {'a': ...}",
    ],
)
def test_a_placeholder_is_recognised(body: str) -> None:
    names = loaded(f"def f(x=1):\n    {body}\n")
    assert call(names["f"]) == {"outcome": "placeholder"}


@pytest.mark.parametrize(
    "body", ["return 0.0", "return x", "print(x)", "x + 1", "return None or 0"]
)
def test_an_attempt_is_not_taken_for_a_placeholder(body: str) -> None:
    names = loaded(f"def f(x=1):\n    {body}\n")
    assert call(names["f"])["outcome"] == "value"


def test_missing_and_ellipsis_names() -> None:
    request = wire.dumps({"name": "g", "args": [], "kwargs": {}})
    assert wire.loads(worker.answer({}, request))["outcome"] == "missing"
    assert wire.loads(worker.answer({"g": 3}, request))["outcome"] == "missing"
    assert wire.loads(worker.answer({"g": ...}, request))["outcome"] == "placeholder"


def test_an_error_names_the_last_line_of_the_learner() -> None:
    names = loaded(
        "import numpy as np\ndef helper(x):\n    return np.reshape(x, (7, 7))\n"
        "def f(x):\n    return helper(x)\n",
        place="cell 4",
    )
    reply = call(names["f"], [1, 2])
    assert reply["outcome"] == "error"
    assert (reply["type"], reply["line"], reply["place"]) == ("ValueError", 3, "cell 4")
    assert reply["text"] == "return np.reshape(x, (7, 7))"


def test_a_wrong_number_of_arguments_has_no_line() -> None:
    reply = call(loaded("def f(): return 1")["f"], 3)
    assert reply["type"] == "TypeError"
    assert reply["line"] is None


def test_endless_recursion_exit_and_hostile_exceptions_are_errors() -> None:
    names = loaded(
        "import sys\n"
        "def deep(x): return deep(x)\n"
        "def leave(x): sys.exit(0)\n"
        "class Odd(Exception):\n"
        "    def __str__(self): raise RuntimeError\n"
        "def odd(x): raise Odd\n"
    )
    assert call(names["deep"], 1)["type"] == "RecursionError"
    assert call(names["leave"], 1)["type"] == "SystemExit"
    assert call(names["odd"], 1)["message"] == ""


def test_an_endless_loop_stops_and_the_clock_is_put_back() -> None:
    before = signal.getsignal(signal.SIGALRM)
    names = loaded(
        "def f():\n    while True:\n        try:\n            x = 1\n"
        "        except Exception:\n            pass\n"
    )
    started = time.monotonic()
    assert call(names["f"], seconds=0.2)["type"] == "TooSlowError"
    assert time.monotonic() - started < 5
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_without_a_clock_in_a_thread_the_call_still_works() -> None:
    replies: list[Any] = []
    thread = threading.Thread(target=lambda: replies.append(call(lambda: 1, seconds=1)))
    thread.start()
    thread.join()
    assert replies == [{"outcome": "value", "value": 1}]


def test_prints_and_warnings_are_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    def noisy() -> int:
        print("x" * 100_000)
        print("trouble", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return int(np.float64(1) / np.float64(0) > 1)

    assert call(noisy)["value"] == 1
    assert capsys.readouterr() == ("", "")


def test_what_is_not_data_is_named() -> None:
    assert "a set" in call(lambda: {1})["sentence"]
    assert "an object" in call(object)["sentence"]


def test_a_cell_that_does_not_compile_names_its_line() -> None:
    reply = wire.loads(worker.load({}, "x = 1\ny = (\n", place="cell 2"))
    assert (reply["type"], reply["line"], reply["place"]) == ("SyntaxError", 2, "cell 2")
    assert wire.loads(worker.load({}, "x = '\0'", place="cell 2"))["outcome"] == "error"
