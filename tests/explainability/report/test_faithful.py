from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("captum")

from lablib.explainability.report import faithful, verdicts


@pytest.fixture(scope="module")
def explained(subject, parts, settings):
    return faithful.explain(subject, parts, settings)


def test_every_method_beats_random_on_a_model_of_two_columns(explained):
    assert [one.method for one in explained.judged] == ["occlusion", "lime", "sampled-shapley"]
    assert all(one.beats_random for one in explained.judged)
    assert "Does not beat" not in verdicts.faithful(explained)


def test_an_attribution_turned_around_does_not_beat_random(subject, explained, settings):
    """The wrong variant: the same numbers with the sign exchanged."""
    best = explained.best
    (turned,) = faithful.judge(
        subject, explained.rows, explained.baseline, {"turned": -best.values},
        missing={"turned": 2.0}, settings=settings,
    )  # fmt: skip
    assert not turned.beats_random
    assert turned.over_random.interval.high < 0
    said = verdicts.faithful(replace(explained, judged=(best, turned)))
    assert f"Beats random attributions on these rows: {best.method}." in said
    assert "Does not beat random attributions: turned" in said


def test_noise_that_looks_like_an_attribution_does_not_beat_random(subject, explained, settings):
    noise = np.random.default_rng(5).normal(size=explained.rows.shape)
    (judged,) = faithful.judge(
        subject, explained.rows, explained.baseline, {"noise": noise}, missing={"noise": 1.0},
        settings=settings,
    )  # fmt: skip
    assert not judged.beats_random


def test_attributions_come_with_what_is_missing_from_their_sum(explained):
    found = {one.method: one for one in explained.judged}
    assert found["sampled-shapley"].incomplete < 1e-6
    assert found["sampled-shapley"].promises_sum
    assert not found["lime"].promises_sum
    first = found["sampled-shapley"].values.sum(1)
    base = explained.scores - first
    assert np.allclose(base, base[0], atol=1e-6)  # the score of the usual row, every time


def test_a_model_that_answers_everyone_alike_leaves_nothing_to_explain(subject, parts, settings):
    constant = replace(subject, function=lambda rows: rows[:, 0] * 0 + 1)
    found = faithful.explain(constant, parts, settings)
    assert all(one.over_random is None and not one.beats_random for one in found.judged)
    assert "nothing" in verdicts.faithful(found)


def test_boosted_trees_are_read_by_shap_without_a_warning_and_add_up(table, settings):
    pytest.importorskip("shap")
    from sklearn.ensemble import HistGradientBoostingClassifier

    from lablib.explainability.report.parts import cut
    from lablib.explainability.report.subject import wrap

    names = ["late", "money", "noise"]
    trees = HistGradientBoostingClassifier(max_iter=20, max_leaf_nodes=5)
    trees.fit(table[names][:200], table["bad"][:200])
    own = replace(settings, group=None, actionable=None, features=tuple(names))
    subject = wrap(trees, table[200:], None, target="bad", settings=own)
    found = faithful.explain(
        subject, cut(subject, table[200:], None, target="bad", settings=own), own
    )
    assert found.judged[0].method == "tree-shap"
    assert found.judged[0].incomplete < 1e-5
    assert found.judged[0].beats_random
