from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from lablib.exercises.grading import crew
from tests.exercises.grading.conftest import OPENER, RIGHT


@pytest.fixture
def setting(two: Path) -> dict[str, Any]:
    return {"seed": 0, "sandbox": "x", "opener": OPENER, "folder": str(two), "private": None}


def task(learner: str, text: str, patience: float = 60.0) -> crew.Task:
    return crew.Task(learner, "demo/half", (("cell 1", text),), patience)


def answers(tasks: list[crew.Task], setting: dict[str, Any], jobs: int) -> dict[str, Any]:
    return {one.learner: answer for one, answer in crew.run(tasks, setting, jobs=jobs)}


def test_a_process_that_dies_or_hangs_costs_one_row(setting: dict[str, Any]) -> None:
    tasks = [
        task("ada", RIGHT),
        task("eve", "import os\nos._exit(3)"),
        task("bob", RIGHT),
        task("mal", "import signal, time\nsignal.signal(14, signal.SIG_IGN)\ntime.sleep(60)", 0.5),
        task("cy", RIGHT),
    ]
    found = answers(tasks, setting, 1)
    assert [found[name]["row"]["score"] for name in ("ada", "bob", "cy")] == [3, 3, 3]
    assert "the process ended" in found["eve"]["problem"]
    assert "far longer than its limits" in found["mal"]["problem"]


def test_the_answers_of_many_jobs(setting: dict[str, Any]) -> None:
    found = answers([task(f"l{number}", RIGHT) for number in range(20)], setting, 3)
    assert len(found) == 20
    assert all(answer["row"]["score"] == 3 for answer in found.values())
    assert answers([], setting, 3) == {}


def test_a_process_that_does_not_start(setting: dict[str, Any]) -> None:
    for wrong in ({"sandbox": "broken"}, {"opener": "no.such.module:x"}, {"seed": "x"}):
        with pytest.raises(crew.CrewError, match="did not start"):
            answers([task("ada", RIGHT)], setting | wrong, 2)


def test_processes_end_when_the_run_is_left(setting: dict[str, Any]) -> None:
    text = f"import os\nopen({setting['folder'] + '/pids'!r}, 'a').write(f'{{os.getpid()}} ')\n"
    running = crew.run([task(f"l{i}", text + RIGHT) for i in range(30)], setting, jobs=2)
    next(running)
    running.close()
    pids = {int(word) for word in (Path(setting["folder"]) / "pids").read_text().split()}
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
