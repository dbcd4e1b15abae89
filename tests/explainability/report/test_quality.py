from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sklearn.inspection import permutation_importance

from lablib.evaluation import roc_auc

pytest.importorskip("torch")

from lablib.explainability.report import quality


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=4, max_size=40))
@hypothesis_settings(max_examples=40)
def test_the_fast_area_is_the_checked_one(pairs):
    y, scores = np.array([p[0] for p in pairs]), np.array([p[1] / 5 for p in pairs])
    if y.min() == y.max():
        assert np.isnan(quality.auc(y, scores))
    else:
        assert quality.auc(y, scores) == pytest.approx(roc_auc(y, scores))


def test_the_model_beats_the_majority_and_a_constant_does_not(subject, parts, settings):
    found = quality.measure(subject, parts, settings)
    assert found.beats_majority
    assert 0.75 < found.auroc.value < 0.95
    assert found.auroc.interval.contains(found.auroc.value)
    assert set(found.groups) == {"f", "m"}
    constant = replace(subject, function=lambda rows: rows[:, 0] * 0)
    assert not quality.measure(constant, parts, settings).beats_majority


def test_columns_that_decide_cost_and_the_others_do_not(subject, parts, settings):
    found = dict(zip(subject.coding.names, quality.permuted(subject, parts, settings), strict=True))
    for name in ("late", "money"):
        assert found[name].interval.low > 0.02
    for name in ("noise", "town"):
        assert abs(found[name].value) < 0.02
    assert all(one.interval.contains(one.value) for one in found.values())


def test_importance_is_that_of_scikit_learn(estimator, subject, parts, settings):
    class Held:
        def fit(self):
            """Only here because scikit-learn asks for it."""

    def scorer(_, codes, y):
        return roc_auc(y, subject.probability(codes))

    theirs = permutation_importance(
        Held(), parts.held, parts.labels, scoring=scorer, n_repeats=20, random_state=0
    ).importances_mean
    many = replace(settings, repeats=20)
    ours = [one.value for one in quality.permuted(subject, parts, many)]
    assert np.abs(np.array(ours) - theirs).max() < 0.02
