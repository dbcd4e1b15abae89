from __future__ import annotations

import json
from pathlib import Path

import pytest

from lablib.exercises.reports import cells, commands, model
from lablib.exercises.reports.export import classroom50, gradescope, nbgrader


def test_report_writes_page_questions_and_feedback(results_file: Path, tmp_path: Path) -> None:
    text, code = commands.report(results_file, out=tmp_path / "out")
    assert code == 0
    assert "40 learners" in text
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "feedback",
        "questions.csv",
        "report.html",
    ]
    assert len(list((tmp_path / "out" / "feedback").iterdir())) == 80


def test_by_default_everything_lies_beside_the_results(results_file: Path) -> None:
    commands.report(results_file.parent)
    assert (results_file.parent / "report.html").is_file()
    assert commands.export(results_file, "csv") == (
        str(results_file.parent / "grades-plain.csv"),
        0,
    )


def test_exports_of_one_file(results_file: Path, tmp_path: Path) -> None:
    commands.export(results_file, "csv", out=tmp_path / "grades.csv")
    raw = (tmp_path / "grades.csv").read_bytes().decode("utf-8")
    assert len(cells.loads(raw)) == 41
    commands.export(results_file, "nbgrader", out=tmp_path / "n.csv")
    assert nbgrader.problems((tmp_path / "n.csv").read_bytes().decode("utf-8")) == []


def test_exports_of_one_file_a_learner(results_file: Path, tmp_path: Path) -> None:
    text, code = commands.export(results_file, "gradescope", out=tmp_path / "g")
    assert (code, "40 learners" in text) == (0, True)
    index = json.loads((tmp_path / "g" / commands.INDEX).read_text())
    for name in index.values():
        assert gradescope.problems(json.loads((tmp_path / "g" / name).read_text())) == []
    commands.export(results_file, "classroom50", out=tmp_path / "c", classroom="t", assignment="w1")
    found = json.loads((tmp_path / "c" / index["learner-20"]).read_text())
    assert classroom50.problems(found) == []
    assert len(set(index.values())) == 40


def test_canvas_says_who_is_missing(results_file: Path, tmp_path: Path) -> None:
    book = tmp_path / "book.csv"
    book.write_text(
        "Student,ID,SIS Login ID,Section,Week (1)\nPoints Possible,,,,16\nAda,1,learner-20,A,\n"
    )
    text, code = commands.export(
        results_file, "canvas", out=tmp_path / "c.csv", gradebook=book, column="Week"
    )
    assert code == 1
    assert "Week (1): 1 filled, matched by SIS Login ID" in text
    assert "not in the gradebook: '=HYPERLINK" in text


def test_wrong_input_is_said(results_file: Path) -> None:
    for to, says in (
        ("moodle", "choose one of csv, canvas, gradescope, classroom50, nbgrader"),
        ("canvas", "needs the exported gradebook"),
        ("classroom50", "needs the short names"),
    ):
        with pytest.raises(ValueError, match=says):
            commands.export(results_file, to)
    with pytest.raises(ValueError, match="there is no file"):
        commands.report(results_file.parent / "nowhere.json")


def test_the_autograder_says_that_it_is_secret(tmp_path: Path) -> None:
    text, code = commands.autograder(["start/paired-interval"], tmp_path / "a.zip", seed=5)
    assert code == 0
    assert "give it to nobody" in text
    assert (tmp_path / "a.zip").is_file()


def test_what_the_grader_writes_is_what_is_read(tmp_path: Path, demo: Path) -> None:
    """A class of four, graded for real (trusted code, so without a sandbox), to every target."""
    from lablib.exercises.grading.run import grade_folder

    answers = {
        "ada": "def half(x):\n    return x / 2\n",
        "bob": "def half(x):\n    return 2.0\n",
        "cyd": "def half(x):\n    raise KeyError('SECRET' + str(x))\n",
        "dan": "def half(x:\n",
    }
    for name, text in answers.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "half.py").write_text(text)
    out = tmp_path / "out"
    grade_folder(tmp_path / "class", out=out, seed=3, sandbox="none", root=demo)
    results = model.load(out / "results.json")
    assert [row.score for row in results.learners] == [3.0, 0.0, 0.0, 0.0]
    commands.report(out)
    header, *rows = cells.loads((out / "questions.csv").read_bytes().decode("utf-8"))
    assert [row[header.index("n")] for row in rows] == ["4", "4", "4"]
    assert [row[header.index("passed")] for row in rows] == ["1", "2", "1"]
    told = (out / "feedback" / "cyd.md").read_text(encoding="utf-8")
    hidden = next(line for line in told.splitlines() if "of any number, hidden" in line)
    assert "SECRET" not in hidden
    broken = (out / "feedback" / "dan.md").read_text(encoding="utf-8")
    assert "- Note: the file: SyntaxError in line 1" in broken
    for to in ("csv", "nbgrader", "gradescope"):
        assert commands.export(out, to)[1] == 0
    index = json.loads((out / "gradescope" / commands.INDEX).read_text())
    found = json.loads((out / "gradescope" / index["bob"]).read_text())
    assert (found["score"], found["tests"][0]["output"]) == (0.0, gradescope.WAITING)
