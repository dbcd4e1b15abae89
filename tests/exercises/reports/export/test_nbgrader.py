from __future__ import annotations

from pathlib import Path

import pytest

from lablib.exercises.reports import cells, model
from lablib.exercises.reports.export import nbgrader


def test_what_is_written_has_the_form_of_nbgraders_export(results: model.Results) -> None:
    text = nbgrader.text(results)
    assert nbgrader.problems(text) == []
    assert text.splitlines()[0] == (
        "assignment,duedate,timestamp,student_id,last_name,first_name,email,"
        "raw_score,late_submission_penalty,score,max_score"
    )
    rows = cells.loads(text)[1:]
    assert len(rows) == 40 * 2
    row = next(r for r in rows if r[3] == "learner-20" and r[0] == "start/paired-interval")
    graded = results.learner("learner-20").exercise("start/paired-interval")
    assert graded is not None
    assert [float(cell) for cell in row[7:]] == [graded.score, 0.0, graded.score, 6.0]
    absent = next(r for r in rows if r[3] == "learner-03" and r[0] == "start/paired-interval")
    assert absent[7:] == ["0.0", "0.0", "0.0", "6.0"]


def test_names_come_from_the_roster(results: model.Results, tmp_path: Path) -> None:
    path = tmp_path / "students.csv"
    path.write_text(
        "\ufeffid,first_name,last_name,email\nlearner-20,Ada,=Love,ada@u.example\n",
        encoding="utf-8",
    )
    text = nbgrader.text(results, nbgrader.read_roster(path))
    assert "start/paired-interval,,,learner-20,'=Love,Ada,ada@u.example," in text
    path.write_text("name\nAda\n")
    with pytest.raises(ValueError, match="has no column `id`"):
        nbgrader.read_roster(path)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("student_id", "student", "the header is"),
        (",16.0\r\n", ",x\r\n", "a score is not a number"),
        (",3.0,0.0,3.0,16.0", ",3.0,1.0,3.0,16.0", "does not follow"),
        (",3.0,0.0,3.0,16.0", ",30.0,0.0,30.0,16.0", "does not follow"),
        ("a1,", ",", "assignment or student_id is empty"),
        (",16.0\r\n", "\r\n", "line 2 has 10 cells"),
    ],
)
def test_another_form_is_found(old: str, new: str, says: str) -> None:
    sound = ",".join(nbgrader.COLUMNS) + "\r\na1,,,ada,,,,3.0,0.0,3.0,16.0\r\n"
    assert nbgrader.problems(sound) == []
    assert says in nbgrader.problems(sound.replace(old, new, 1))[0]
