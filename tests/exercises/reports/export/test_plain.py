from __future__ import annotations

import csv
import io

from lablib.exercises.reports import cells, model
from lablib.exercises.reports.export import plain


def test_one_line_a_learner_with_a_column_an_exercise(results: model.Results) -> None:
    header, *rows = cells.loads(plain.text(results))
    assert header == ["learner", "score", "possible", *(e.id for e in results.exercises), "problem"]
    assert [row[0] for row in rows] == [learner.learner for learner in results.learners]
    for row, learner in zip(rows, results.learners, strict=True):
        assert float(row[1]) == learner.score == sum(float(cell or 0) for cell in row[3:5])
        assert float(row[2]) == 16.0


def test_nothing_handed_in_is_empty_and_not_zero(results: model.Results) -> None:
    rows = {row[0]: row for row in cells.loads(plain.text(results))}
    assert rows["learner-02"][3:] == ["", "", ""]
    assert rows["learner-01"][5] == "notebook.ipynb is not a notebook of format 4"
    assert rows["learner-03"][4] == ""


def test_hostile_ids_are_no_formulas(results: model.Results) -> None:
    seen = list(csv.reader(io.StringIO(plain.text(results), newline="")))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in seen for cell in row)
    assert any(row[0].startswith("'=HYPERLINK") for row in seen)
