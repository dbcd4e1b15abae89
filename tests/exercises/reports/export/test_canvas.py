from __future__ import annotations

import csv
import io

import pytest

from lablib.exercises.reports import model
from lablib.exercises.reports.export import canvas

HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,Week 1 (812),Essay (9),Current Score"
TOP = "    Points Possible,,,,,16,10,(read only)"
LINES = (
    '"Lovelace, Ada",11,u11,learner-20,A,,7,70',
    '"=Hopper, Grace",12,u12,LEARNER-21,A,3,8,80',
    '"Student, Test",13,,deadbeef,A,5,,',
)
BOOK = "\r\n".join([HEADER, TOP, *LINES]) + "\r\n"


def table(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_one_column_is_filled_and_no_other_is_sent(results: model.Results) -> None:
    filled = canvas.fill(BOOK, results, column="Week 1")
    assert canvas.problems(filled.text) == []
    rows = table(filled.text)
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Week 1 (812)"]
    assert rows[1] == ["    Points Possible", "", "", "", "", "16"]
    assert float(rows[2][5]) == results.learner("learner-20").score
    assert float(rows[3][5]) == results.learner("learner-21").score
    assert rows[3][0] == "'=Hopper, Grace"
    assert rows[4][5] == "5"
    assert (filled.matched_by, filled.filled) == ("SIS Login ID", 2)
    assert filled.without_result == ("Student, Test",)
    assert len(filled.not_in_canvas) == 38


def test_the_name_with_its_id_and_a_column_to_match_by(results: model.Results) -> None:
    book = BOOK.replace("u12", "learner-30")
    filled = canvas.fill(book, results, column="Week 1 (812)", matched_by="SIS User ID")
    assert filled.filled == 1
    assert float(table(filled.text)[3][5]) == results.learner("learner-30").score


def test_semicolons_a_byte_order_mark_and_manual_posting(results: model.Results) -> None:
    lines = [HEADER, ",,,,,Manual Posting,,(read only)", TOP, *LINES]
    book = "\ufeff" + "\n".join(lines).replace(",", ";").replace("Lovelace; ", "Lovelace, ")
    filled = canvas.fill(book.replace("e; G", "e, G"), results, column="Week 1")
    rows = table(filled.text, ";")
    assert rows[1][5] == "Manual Posting"
    assert float(rows[3][5]) == results.learner("learner-20").score


def test_points_that_differ_are_an_error_unless_rescaled(results: model.Results) -> None:
    book = BOOK.replace(",16,10,", ",100,10,")
    with pytest.raises(ValueError, match="100 points possible and the results 16"):
        canvas.fill(book, results, column="Week 1")
    filled = canvas.fill(book, results, column="Week 1", rescale=True)
    score = float(table(filled.text)[2][5])
    assert score == pytest.approx(results.learner("learner-20").score * 6.25)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Student,ID", "Name,ID", "not a Canvas gradebook: the first column"),
        ("Student,ID", "Student,Number", "'Number', not ID"),
        ("Section,", "Group,", "Section does not stand"),
        ("    Points Possible", "Points", "the second row does not hold"),
        ("A,,7,70", "A,,7", "line 3 has 7 cells"),
        ("Week 1 (812)", "Week 2 (812)", "no column is named 'Week 1'; give one of: 'Week 2"),
        ("Essay (9)", "Week 1 (9)", "several columns are named 'Week 1'"),
        (",16,10,", ",(read only),10,", "read only"),
        (",16,10,", ",,10,", "not a number"),
        ("deadbeef", "learner-20", "two lines of the gradebook are learner 'learner-20'"),
    ],
)
def test_what_does_not_fit_is_said(results: model.Results, old: str, new: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        canvas.fill(BOOK.replace(old, new, 1), results, column="Week 1")


def test_learners_of_another_class_are_an_error(results: model.Results) -> None:
    book = BOOK.replace("learner-20", "x").replace("LEARNER-21", "y")
    with pytest.raises(ValueError, match="no learner of the results is in the gradebook"):
        canvas.fill(book, results, column="Week 1")
    with pytest.raises(ValueError, match="matched_by is 'Email'"):
        canvas.fill(BOOK, results, column="Week 1", matched_by="Email")


@pytest.mark.parametrize(
    "header",
    [
        "Student,ID,Section,A (1)",
        "Student,ID,SIS Login ID,Section,A (1)",
        "Student,ID,SIS User ID,SIS Login ID,Integration ID,Section,A (1)",
        "Student,ID,SIS User ID,SIS Login ID,Root Account,Section,A (1)",
        "LastName,FirstName,ID,SIS User ID,SIS Login ID,Section,A (1)",
    ],
)
def test_every_header_that_the_importer_takes(header: str) -> None:
    commas = "," * header.count(",")
    assert canvas.problems(f"{header}\nPoints Possible{commas}\n") == []
    assert canvas.assignments(f"{header}\n") == ("A (1)",)
