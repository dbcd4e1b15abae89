import numpy as np
import pytest

from lablib.data import DataError
from lablib.explainability import credit


@pytest.fixture(scope="module")
def data():
    try:
        return credit.table()
    except DataError as error:
        pytest.skip(f"needs the credit-default data: {error}".splitlines()[0])


def test_no_sensitive_column_is_a_feature(data):
    features = credit.part(data).features
    assert features.shape == (30_000, 19)
    banned = {"education", *data.card.sensitive}
    assert not banned & set(features.columns)
    assert set(features.columns) == set(credit.LABELS)


def test_amounts_and_codes_are_whole_numbers_so_rounded_thresholds_are_exact(data):
    features = credit.part(data).features
    assert (features == features.round()).all().all()


def test_parts_are_disjoint_and_the_short_one_is_a_prefix(data):
    whole, short = (credit.parts(data, seed=1, train_rows=rows) for rows in (None, 500))
    assert [len(p.target) for p in (whole.train, whole.validation, whole.test)] == [
        18_000, 6_000, 6_000,
    ]  # fmt: skip
    assert np.array_equal(short.train.target, whole.train.target[:500])
    assert short.test.features.equals(whole.test.features)


def test_the_two_shifts_are_disjoint_and_named(data):
    features = credit.part(data).features
    high, low = (credit.in_shift(features, name) for name in ("high-limit", "low-limit"))
    assert not (high & low).any()
    assert 0.1 < low.mean() < 0.2
    assert 0.1 < high.mean() < 0.2
    with pytest.raises(ValueError, match="shift 'mars' is unknown"):
        credit.in_shift(features, "mars")
