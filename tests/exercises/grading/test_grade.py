from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lablib.exercises import declare, notebooks, wire
from lablib.exercises.declare import Exercise
from lablib.exercises.grading import Graded, grade_one, notebook
from lablib.exercises.sources import Cell
from tests.exercises.grading.in_process_openings import FakeSession

RIGHT = "def half(x):\n    return x / 2\n"


def grade(exercise: Exercise, *cells: str, opener: Any = FakeSession, seed: int = 0) -> Graded:
    named = [Cell(f"cell {number}", text) for number, text in enumerate(cells, start=1)]
    return grade_one("ada", named, exercise, seed=seed, open_session=opener)


def test_right_wrong_and_not_started(half: Exercise) -> None:
    right = grade(half, RIGHT)
    assert (right.score, right.possible, right.state) == (3.0, 3.0, "passed")
    assert (right.problem, right.notes, right.slow) == ("", (), False)
    wrong = grade(half, "def half(x): return 2")
    assert (wrong.score, wrong.state) == (0.0, "not yet")  # the public example alone earns nothing
    assert [result.passed for result in wrong.results] == [True, False]
    assert grade(half, "def half(x): ...").state == "not started"
    assert grade(half, "x = 1").state == "not started"


def test_a_right_answer_with_warnings_and_noise_gets_full_marks(half: Exercise) -> None:
    noisy = "import warnings\nwarnings.warn('a')\nprint('b')\ndef half(x):\n"
    noisy += "    warnings.warn('c', DeprecationWarning)\n    print(x)\n    return x / 2\n"
    assert grade(half, noisy).score == 3


def test_a_cell_that_fails_is_named_and_the_others_run(half: Exercise) -> None:
    graded = grade(half, "x = 1", "raise ValueError('a \x1b[31mred\x1b[0m one')", "y = (", RIGHT)
    assert graded.score == 3
    assert graded.notes == (
        "cell 2: ValueError in line 1: a red one",
        "cell 3: SyntaxError in line 1: '(' was never closed",
    )


def test_a_function_lost_to_a_failed_cell_is_an_error_in_that_cell(half: Exercise) -> None:
    graded = grade(half, "x = 1", "x = 1\ndef half(x):\n    return x / / 2\n")
    assert graded.state == "error"
    assert graded.score == 0
    public, hidden = graded.results
    assert public.sentence == "error in your line 3 of cell 2: SyntaxError"
    assert "return x / / 2" in public.detail
    assert hidden.detail == ""


def test_failing_at_loading_is_not_the_exception_a_check_expects(demo: Path) -> None:
    path = demo / "demo" / "half" / "checks.py"
    more = "@check(points=2, hint=2)\ndef of_any_number(s):\n"
    more += "    raises(lambda: s.half('a'), ValueError, 'text has no half')\n"
    path.write_text(path.read_text().split("@check(points=2")[0] + more)
    graded = grade(declare.load("demo/half", demo), "raise ValueError('no')")
    assert graded.score == 0
    assert graded.results[1].state == "not yet"


def test_ipython_lines_are_left_out_and_noted(half: Exercise) -> None:
    graded = grade(half, "%matplotlib inline\n!pip install x\nk = 2", "%%bash\nls", RIGHT)
    assert graded.score == 3
    assert graded.notes == (
        "cell 1: left out `%matplotlib inline`, which is not Python",
        "cell 1: left out `!pip install x`, which is not Python",
        "cell 2: left out `%%bash`, which is not Python",
    )
    modulo = "def half(x):\n    s = '''\n%s\n!x\n'''\n    return (x\n% 1000 / 2)\n"
    assert grade(half, modulo).notes == ()
    assert grade(half, modulo).score == 3


def test_line_numbers_hold_beside_ipython_lines(half: Exercise) -> None:
    graded = grade(half, "%matplotlib inline\n\ndef half(x):\n    return undefined\n")
    assert graded.results[0].sentence == "error in your line 4 of cell 1: NameError"


def test_after_a_cell_without_end_the_rest_is_skipped(demo: Path) -> None:
    path = demo / "demo" / "half" / "exercise.md"
    path.write_text(path.read_text().replace("seconds: 2", "seconds: 0.2"))
    began = time.monotonic()
    graded = grade(declare.load("demo/half", demo), "while True: pass", RIGHT)
    assert time.monotonic() - began < 2
    assert graded.slow
    assert graded.score == 0
    assert graded.notes[0] == "cell 1: it did not finish within the time limit in line 1"
    assert graded.notes[-1] == "the cells after cell 1 were not run"
    assert {result.state for result in graded.results} == {"error"}
    assert graded.results[1].sentence.endswith("it did not finish within the time limit")


def test_public_checks_run_before_hidden_ones_whatever_their_order(demo: Path) -> None:
    path = demo / "demo" / "half" / "checks.py"
    head, public, hidden = path.read_text().split("\n\n\n")
    path.write_text("\n\n\n".join([head, hidden.rstrip(), public]) + "\n")
    exercise = declare.load("demo/half", demo)
    sessions: list[FakeSession] = []

    def opener(given: Exercise) -> FakeSession:
        sessions.append(FakeSession(given))
        return sessions[-1]

    graded = grade(exercise, RIGHT, opener=opener)
    assert [result.name for result in graded.results] == ["of_any_number", "of_four"]
    assert wire.loads(sessions[0].asked[0])["args"] == [4]


def test_a_generated_notebook_comes_back(half: Exercise) -> None:
    page = notebooks.learner(half)
    code = notebook.parse("half.ipynb", json.dumps(page).encode())
    assert code.checked == {"demo/half"}
    named = code.chosen(half.functions, half.needs)
    assert grade(half, *(cell.text for cell in named)).state == "not started"
    for cell in page["cells"]:
        if "exercise" in cell["metadata"].get("tags", ()):
            cell["source"] = half.solution
    code = notebook.parse("half.ipynb", json.dumps(page).encode())
    named = code.chosen(half.functions, half.needs)
    assert grade(half, *(cell.text for cell in named)).score == 3


def test_the_seed_decides_the_draw(half: Exercise) -> None:
    def asked(seed: int) -> list[str]:
        session = FakeSession(half)
        grade(half, RIGHT, opener=lambda _: session, seed=seed)
        return session.asked

    assert asked(1) == asked(1)
    assert asked(1) != asked(2)


def test_a_worker_that_lies_earns_nothing_and_shows_nothing(half: Exercise) -> None:
    class Liar(FakeSession):
        def load(self, cells: Sequence[str], places: Sequence[str]) -> list[str]:
            return ["{}" for _ in cells]

        def request(self, text: str) -> str:
            secret = str(wire.loads(text)["args"])
            reply = {"outcome": "error", "type": secret, "types": [secret], "message": secret}
            return wire.dumps({**reply, "line": 10**9, "text": secret, "place": secret})

    graded = grade(half, RIGHT, opener=Liar)
    assert graded.score == 0
    hidden = graded.results[1]
    assert (hidden.sentence, hidden.detail) == (
        "error in your code: it ended the process that it ran in",
        "",
    )
    honest_load = type("HonestLoad", (Liar,), {"load": FakeSession.load})
    hidden = grade(half, RIGHT, opener=honest_load).results[1]
    assert (hidden.sentence, hidden.detail) == ("error in your code: Exception", "")
