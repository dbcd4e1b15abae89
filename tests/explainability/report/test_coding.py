import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lablib.explainability.report import coding

ROWS = pd.DataFrame(
    {
        "age": [30, 41, 25],
        "pay": [1.5, np.nan, 2.5],
        "town": pd.Series(["b", None, "a"], dtype=object),
        "card": [True, False, True],
        "grade": pd.Categorical(["low", "high", "low"], categories=["low", "high"], ordered=True),
    }
)
NAMES = tuple(ROWS.columns)


def test_codes_by_hand():
    found = coding.code([ROWS], NAMES)
    codes = found.encode(ROWS)
    assert codes[:, 0].tolist() == [30, 41, 25]
    assert codes[:, 2].tolist() == [1, 2, 0]  # a, b, missing
    assert found.columns[2].words(2) == "missing"
    assert found.columns[1].words(np.nan) == "missing"
    assert found.columns[0].words(2_300_000.0) == "2,300,000"
    assert found.columns[1].words(0.25) == "0.25"
    assert not found.numeric


@given(st.lists(st.integers(0, 2), min_size=1, max_size=8))
@hypothesis_settings(max_examples=30)
def test_what_was_coded_comes_back_with_its_types(rows):
    table = ROWS.iloc[rows].reset_index(drop=True)
    found = coding.code([ROWS], NAMES)
    again = found.decode(found.encode(table))
    assert again.isna().equals(table.isna())
    assert again.dtypes.astype(str).to_dict() == table.dtypes.astype(str).to_dict()
    assert again.fillna({"town": "-"}).equals(table.fillna({"town": "-"}))


def test_the_usual_row_holds_values_that_occur():
    found = coding.code([ROWS], NAMES)
    usual = found.usual(found.encode(ROWS))
    assert usual[0] == 30
    assert usual[1] == 1.5
    assert found.columns[3].words(usual[3]) == "True"


def test_a_design_has_no_gaps_and_is_decided_on_the_reference_alone():
    found = coding.code([ROWS], NAMES)
    codes = found.encode(ROWS)
    made = coding.design(found, codes, like=codes)
    assert made.isna().sum().sum() == 0
    assert made["pay = missing"].tolist() == [0, 1, 0]
    other = coding.design(found, codes[:1], like=codes)
    assert list(other.columns) == list(made.columns)
    assert other.iloc[0].equals(made.iloc[0])


def test_a_class_without_a_code_is_named():
    found = coding.code([ROWS], NAMES)
    stranger = ROWS.assign(town=["c", "a", "b"])
    with pytest.raises(ValueError, match="column 'town' holds 'c'"):
        found.encode(stranger)
    assert coding.code([ROWS, stranger], NAMES).encode(stranger)[0, 2] == 2


def test_dates_and_missing_columns_are_refused():
    with pytest.raises(ValueError, match="holds dates; turn them into numbers"):
        coding.code([pd.DataFrame({"day": pd.to_datetime(["2020-01-01"])})], ["day"])
    with pytest.raises(ValueError, match="no column 'height'"):
        coding.code([ROWS], ["height"])
