import numpy as np
import pytest

from lablib.fairness import tables


@pytest.mark.parametrize("name", tables.QUESTIONS)
def test_parts_hold_two_groups_and_no_sensitive_column(name):
    data = tables.table(name)
    question = tables.QUESTIONS[name]
    parts = tables.parts(data, seed=0, rows=2000)
    whole = [parts.train, parts.validation, parts.test]
    assert sum(len(part) for part in whole) == 2000
    for part in whole:
        assert tuple(np.unique(part.groups)) == tuple(sorted(question.groups))
        assert np.isfinite(part.x).all()
    assert parts.train.x[:, : parts.train.plain].mean(0) == pytest.approx(0, abs=1e-9)
    steps = parts.train.x[:, parts.train.plain :]
    assert set(np.unique(steps)) == {0.0, 1.0}
    assert question.sensitive not in data.features
    again = tables.parts(data, seed=0, rows=2000)
    assert (again.test.x == parts.test.x).all()


def test_scales_and_steps_come_from_training_rows():
    data = tables.table("compas")
    parts = tables.parts(data, seed=1)
    assert len(data) == 5278  # African-American and Caucasian defendants of the published filter
    assert not np.allclose(parts.test.x[:, : parts.test.plain].mean(0), 0, atol=1e-3)
    few = parts.test.take(np.arange(5))
    assert (len(few), few.plain) == (5, parts.test.plain)
    with pytest.raises(ValueError, match="is not one of adult, compas, credit-default"):
        tables.table("german-credit")
