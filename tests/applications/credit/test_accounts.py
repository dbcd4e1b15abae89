import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lablib.applications.credit import accounts

AMOUNTS = st.floats(-1e7, 1e7, allow_subnormal=False)


def test_one_account_by_hand():
    row = dict.fromkeys(accounts.PLAIN, 0.0) | {
        "bill_amt1": 9_000.0,
        "pay_amt1": -1_000.0,
        "limit_bal": 100_000.0,
        "pay_0": 2.0,
        "pay_6": -2.0,
    }
    found = accounts.encoded(pd.DataFrame([row]))
    assert found.shape == (1, 43)
    named = dict(zip(accounts.PLAIN, found[0], strict=False))
    assert named["bill_amt1"] == pytest.approx(np.log(10))
    assert named["pay_amt1"] == pytest.approx(-np.log(2))
    assert (named["limit_bal"], named["pay_0"], named["pay_6"]) == (0, 1, -1)
    late, very_late, paid, unused = found[0, 19:].reshape(4, 6)
    assert late.tolist() == very_late.tolist() == [1, 0, 0, 0, 0, 0]
    assert not paid.any()
    assert unused.tolist() == [0, 0, 0, 0, 0, 1]


@given(AMOUNTS, AMOUNTS)
def test_squeezing_keeps_order_and_can_be_undone(a, b):
    x, y = accounts.squeezed([a, b])
    assert (x < y) == (a < b) or abs(a - b) < 1e-6 * max(1, abs(a))
    assert accounts.stretched(x) == pytest.approx(a, rel=1e-9, abs=1e-6)
    assert accounts.squeezed(-a) == -x


def test_no_unit_is_learned_from_the_rows():
    data = accounts.table()
    few, all_rows = accounts.accounts(data.take(range(10))), accounts.accounts(data)
    assert np.array_equal(few.x, all_rows.x[:10])  # scaled by the rows, these would differ


def test_groups_are_kept_and_never_features():
    parts = accounts.parts(accounts.table(), seed=0, rows=1_000)
    assert [len(part) for part in (parts.train, parts.validation, parts.test)] == [600, 200, 200]
    assert not {"sex", "age", "marriage", "education"} & set(accounts.PLAIN)
    assert set(parts.test.groups["sex"]) == {"female", "male"}
    assert set(parts.test.groups["age"]) == {"under 30", "30 and over"}
    few = parts.test.take([3, 1])
    assert few.y.tolist() == parts.test.y[[3, 1]].tolist()
    assert few.plain.shape == (2, 19)


def test_a_missing_column_is_named():
    with pytest.raises(ValueError, match="features lacks pay_amt6"):
        accounts.encoded(
            pd.DataFrame({name: [0.0] for name in accounts.PLAIN if name != "pay_amt6"})
        )
