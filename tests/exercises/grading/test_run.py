from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

import lablib
from lablib.exercises.grading import grade_folder, journal, run
from lablib.exercises.grading.crew import CrewError
from tests.exercises.grading.conftest import OPENER, QUARTER, RIGHT, WRONG, Grade, Notebook
from tests.exercises.grading.test_notebook import BAD

NOISY = f"import warnings\nwarnings.warn('a')\nprint('b')\n{RIGHT}"
CHILD = """
import sys
from pathlib import Path
from lablib.exercises.grading import grade_folder
folder, out, root, opener = sys.argv[1:]
grade_folder(Path(folder), out=Path(out), root=Path(root), opener=opener, jobs=2, seed=3)
"""


def read(out: Path, *, times: bool = False) -> Any:
    """The results without what may differ from run to run."""
    found = json.loads((out / "results.json").read_text())
    if not times:
        del found["created"]
        for one in found["learners"]:
            for row in one["exercises"]:
                del row["seconds"]
    return found


def scores(out: Path) -> dict[str, float]:
    return {one["learner"]: one["score"] for one in read(out)["learners"]}


def mixed(folder: Path, notebook: Notebook, number: int = 60) -> dict[str, float]:
    """Write a class of right, wrong, noisy, unfinished and broken answers; returns the scores."""
    folder.mkdir()
    bad = list(BAD.values())
    expected = {}
    for index in range(number):
        name, kind = f"learner{index:03}", index % 6
        expected[name] = {0: 3.0, 1: 0.0, 2: 3.0, 3: 6.0, 4: 0.0, 5: 0.0}[kind]
        if kind == 0:
            (folder / f"{name}.py").write_text(RIGHT)
        elif kind == 1:
            (folder / f"{name}.py").write_text(WRONG)
        elif kind == 2:
            (folder / name).mkdir()
            (folder / name / "page.ipynb").write_text(notebook("%pylab", NOISY))
        elif kind == 3:
            (folder / name).mkdir()
            for attempt, text in (("attempt1", WRONG), ("attempt2", RIGHT)):
                (folder / name / f"half_{attempt}.py").write_text(text)
            (folder / name / "quarter.py").write_text(QUARTER)
        elif kind == 4:
            (folder / f"{name}.ipynb").write_bytes(bad[index % len(bad)][0])
        else:
            (folder / f"{name}.py").write_text("def half(x):\n    return x /\n")
    return expected


def test_sixty_mixed_submissions_two_at_a_time(
    tmp_path: Path, grade: Grade, notebook: Notebook
) -> None:
    folder = tmp_path / "class"
    expected = mixed(folder, notebook)
    summary = grade(folder, jobs=2)
    assert (summary.learners, summary.graded, summary.reused) == (60, 60, 0)
    assert scores(tmp_path / "out") == expected
    assert len(summary.problems) == 10  # the unreadable ones, and only those
    found = read(tmp_path / "out")
    assert (found["seed"], found["schema"], found["course"]) == (3, 1, "lablib")
    for one in found["learners"]:
        assert [row["id"] for row in one["exercises"]] == ["demo/half", "demo/quarter"]
        assert one["possible"] == 6
        assert one["score"] == sum(row["score"] for row in one["exercises"])
        for row in one["exercises"]:
            assert row["score"] == sum(check["earned"] for check in row["checks"])
    retried = found["learners"][3]
    assert retried["exercises"][0]["notes"] == [
        "2 files answer this exercise; the latest counts: learner003/half_attempt2.py"
    ]
    table = (tmp_path / "out" / "grades.csv").read_text().splitlines()
    assert table[0] == "learner,score,possible,demo/half,demo/quarter,problem"
    assert table[1] == "learner000,3.0,6.0,3.0,0.0,"
    assert len(table) == 61


def test_jobs_order_and_kind_of_container_decide_nothing(
    tmp_path: Path, grade: Grade, notebook: Notebook
) -> None:
    folder = tmp_path / "class"
    mixed(folder, notebook, 24)
    files = [path for path in folder.rglob("*") if path.is_file()]
    random.Random(1).shuffle(files)
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as file:
        for path in files:
            file.write(path, path.relative_to(folder).as_posix())
    grade(folder, jobs=1, out=tmp_path / "one")
    grade(folder, jobs=3, out=tmp_path / "three")
    grade(tmp_path / "class.zip", jobs=2, out=tmp_path / "zip")
    assert read(tmp_path / "one") == read(tmp_path / "three") == read(tmp_path / "zip")
    tables = {(tmp_path / name / "grades.csv").read_bytes() for name in ("one", "three", "zip")}
    assert len(tables) == 1


def test_the_seed_draws_and_a_run_without_one_keeps_it(tmp_path: Path, grade: Grade) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.py").write_text(RIGHT)
    first = grade(folder, seed=None)
    again = grade(folder, seed=None)
    assert first.seed == again.seed
    assert (again.graded, again.reused) == (0, 1)
    other = grade(folder, seed=first.seed + 1)
    assert other.graded == 1
    assert grade(folder, seed=None, out=tmp_path / "new").seed != first.seed


def test_only_what_changed_is_graded_again(tmp_path: Path, grade: Grade, two: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.py").write_text(RIGHT)
    (folder / "bob.py").write_text(WRONG)
    assert grade(folder).graded == 2
    (folder / "bob.py").write_text(RIGHT)
    (folder / "cy.py").write_text(RIGHT)
    late = grade(folder)
    assert (late.graded, late.reused) == (2, 1)
    assert scores(tmp_path / "out") == {"ada": 3, "bob": 3, "cy": 3}
    checks = two / "demo" / "half" / "checks.py"
    checks.write_text(checks.read_text().replace("range", "range").replace(", 5)", ", 6)"))
    assert grade(folder).graded == 3


def test_a_private_check_counts(tmp_path: Path, grade: Grade) -> None:
    folder, private = tmp_path / "class", tmp_path / "private" / "demo" / "half"
    folder.mkdir()
    private.mkdir(parents=True)
    (folder / "ada.py").write_text(RIGHT)
    (folder / "bob.py").write_text("def half(x): return abs(x) / 2")
    assert grade(folder).graded == 2
    (private / "checks.py").write_text(
        "from lablib.exercises.checks import check, close\n"
        "@check(points=4)\n"
        "def below_zero(s):\n"
        "    close(s.half(-4), -2, 'half of a number below zero is below zero')\n"
    )
    assert grade(folder, private=tmp_path / "private").graded == 2
    assert scores(tmp_path / "out") == {"ada": 7, "bob": 3}
    assert read(tmp_path / "out")["exercises"]["demo/half"]["possible"] == 7


def test_a_kill_half_way_loses_nothing(
    tmp_path: Path, grade: Grade, two: Path, notebook: Notebook
) -> None:
    folder, out = tmp_path / "class", tmp_path / "killed"
    expected = mixed(folder, notebook)
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(out), str(two), OPENER],
        env={**os.environ, "PYTHONPATH": str(Path(lablib.__file__).parents[1])},
    )
    path, end = out / journal.NAME, time.monotonic() + 60
    while not path.exists() or path.read_bytes().count(b"\n") < 15:
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (out / "results.json").exists()
    kept = path.read_bytes().count(b"\n") - 1
    path.write_bytes(path.read_bytes() + b'{"key": "cut off')
    summary = grade(folder, out=out, jobs=2)
    assert summary.reused == kept >= 14
    assert summary.graded == 60 - kept
    assert summary.graded > 0
    assert scores(out) == expected
    grade(folder, out=tmp_path / "whole", jobs=2)
    assert read(out) == read(tmp_path / "whole")
    for name in ("grades.csv",):
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert sorted(item.name for item in out.iterdir()) == [
        "grades.csv",
        "journal.jsonl",
        "results.json",
    ]


def test_a_failure_of_ours_is_a_problem_and_tried_again(
    tmp_path: Path, grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.py").write_text(RIGHT)
    monkeypatch.setenv("LABLIB_TEST_REFUSES", "1")
    summary = grade(folder)
    assert "the sandbox did not start" in summary.problems[0]
    row = read(tmp_path / "out")["learners"][0]["exercises"][0]
    assert (row["state"], row["score"]) == ("problem", 0)
    monkeypatch.delenv("LABLIB_TEST_REFUSES")
    summary = grade(folder)
    assert (summary.problems, summary.graded, summary.reused) == ((), 1, 0)
    assert scores(tmp_path / "out") == {"ada": 3}


def test_what_ran_out_of_time_gets_a_second_try_alone(
    tmp_path: Path, grade: Grade, two: Path
) -> None:
    path = two / "demo" / "half" / "exercise.md"
    path.write_text(path.read_text().replace("seconds: 2", "seconds: 0.3"))
    folder, mark = tmp_path / "class", tmp_path / "mark"
    folder.mkdir()
    slow_once = f"import os, time\nif not os.path.exists({str(mark)!r}):\n"
    slow_once += f"    open({str(mark)!r}, 'w').close()\n    time.sleep(5)\n{RIGHT}"
    (folder / "ada.py").write_text(slow_once)
    (folder / "eve.py").write_text("def half(x):\n    while True: pass\n")
    summary = grade(folder, jobs=2)
    assert scores(tmp_path / "out") == {"ada": 3, "eve": 0}
    assert (summary.graded, summary.problems) == (2, ())


def test_a_broken_check_is_told(tmp_path: Path, grade: Grade, two: Path) -> None:
    path = two / "demo" / "half" / "checks.py"
    path.write_text(path.read_text().replace("s.half(4), 2", "s.half(4)['a'], 2"))
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.py").write_text(RIGHT)
    assert grade(folder).problems == ("ada: demo/half: broken checks of_four",)


def test_nothing_handed_in_and_wrong_input(tmp_path: Path, grade: Grade) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    summary = grade(folder)
    assert (summary.learners, summary.graded) == (0, 0)
    assert read(tmp_path / "out")["learners"] == []
    with pytest.raises(ValueError, match="jobs is 0"):
        grade(folder, jobs=0)
    with pytest.raises(ValueError, match="neither a folder nor a"):
        grade(tmp_path / "absent")
    (folder / "ada.py").write_text(RIGHT)
    with pytest.raises(CrewError, match="no sandbox works here"):
        grade(folder, sandbox="broken")


def test_results_may_lie_inside_the_folder(
    tmp_path: Path, grade: Grade, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.py").write_text(RIGHT)
    for shown in (True, False):  # the second run has nothing to do
        grade(folder, out=folder / "results", progress=True)
        assert scores(folder / "results") == {"ada": 3}
        assert ("1/1" in capfd.readouterr().err) == shown


def test_a_learners_module_is_never_imported(
    tmp_path: Path, grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("json", "numpy", "lablib", "yaml"):
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n{RIGHT}")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PYTHONPATH", f":.{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setenv("LABLIB_TEST_REFUSES", "1")  # so that no answer runs either
    grade(folder)
    assert not (tmp_path / "ran").exists()


def test_the_summary_is_text(tmp_path: Path, grade: Grade) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "ada.py").write_text(RIGHT)
    (folder / "bob.ipynb").write_text("[]")
    (folder / "notes.txt").write_text("x")
    text = str(grade(folder))
    assert "2 learners, 1 answers graded" in text
    assert "seed 3, sandbox auto" in text
    assert "demo/half: 1 of 2 handed in" in text
    assert "not read, neither notebook nor .py: notes.txt" in text
    assert "problem: bob: bob.ipynb is not a notebook: it holds no cells" in text
    for number in range(25):
        (folder / f"empty{number}.py").write_text("")
    assert "and 6 more problems, in grades.csv" in str(grade(folder))


@pytest.mark.parametrize("name", ["grade_folder", "Summary"])
def test_the_package_exports(name: str) -> None:
    assert getattr(run, name)
    assert grade_folder is run.grade_folder
