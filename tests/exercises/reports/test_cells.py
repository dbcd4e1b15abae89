from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.exercises.reports import cells

RISKY = tuple("=+-@\t\r\n＝＋－＠")
TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
NASTY = st.one_of(TEXTS, st.tuples(st.sampled_from([*RISKY, "'", "''"]), TEXTS).map("".join))


def raw_cells(text: str) -> list[list[str]]:
    """What a spreadsheet sees: CSV parsed, nothing unescaped."""
    return list(csv.reader(io.StringIO(text, newline="")))


@settings(max_examples=50, deadline=None)
@given(NASTY)
def test_no_cell_begins_a_formula_and_the_text_comes_back(text: str) -> None:
    assert not cells.escape(text).startswith(RISKY)
    assert cells.unescape(cells.escape(text)) == text


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(NASTY, min_size=3, max_size=3), max_size=5))
def test_a_whole_file_round_trips(rows: list[list[str]]) -> None:
    text = cells.dumps(["a", "b", "c"], rows)
    assert cells.loads(text) == [["a", "b", "c"], *rows]
    assert not any(item.startswith(RISKY) for row in raw_cells(text) for item in row)


@settings(max_examples=50, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, width=32) | st.integers())
def test_numbers_stay_numbers(value: float) -> None:
    written = cells.loads(cells.dumps(["x"], [[value]]))[1][0]
    assert float(written) == pytest.approx(value, abs=1e-6)
    assert raw_cells(cells.dumps(["x"], [[value]]))[1][0] == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        (-2.5, "-2.5"),
        (-0.0, "0.0"),
        ("'=already", "''=already"),
        ("it's", "it's"),
        ("  =1", "'  =1"),
        (float("nan"), ""),
        (None, ""),
        (True, "yes"),
    ],
)
def test_known_cells(value: cells.Value, written: str) -> None:
    assert cells.cell(value) == written


def test_a_lone_surrogate_from_a_file_name_can_be_written() -> None:
    cells.dumps(["id"], [["caf\udce9"]]).encode("utf-8")


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="has 1 cells; the header has 2"):
        cells.dumps(["a", "b"], [["x"]])
