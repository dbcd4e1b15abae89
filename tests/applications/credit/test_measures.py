import numpy as np
import pytest
from fairlearn.metrics import demographic_parity_difference, equalized_odds_difference
from sklearn.metrics import roc_auc_score

from lablib.applications.credit import accounts, measures, models

RECIPE = models.Recipe(trees=20, epochs=2, private_steps=30)


@pytest.fixture(scope="module")
def parts():
    return accounts.parts(accounts.table(), seed=0, rows=4_000)


@pytest.fixture(scope="module")
def found(parts):
    kept = {}
    for name, model in models.fitted(parts, seed=0, recipe=RECIPE):
        rule = measures.decider(model, parts.validation, ratio=3)
        kept[name] = (rule, measures.properties(rule, parts, ratio=3, share=0.1, rows=50, seed=0))
    return kept


def test_gaps_and_ranks_are_those_of_the_references(parts, found):
    rule, line = found["boosted"]
    test = parts.test
    refused = rule.refused(test.x)
    assert line["auc"] == pytest.approx(roc_auc_score(test.y, rule.fitted.score(test.x)))
    for name, theirs in (
        ("dpd", demographic_parity_difference),
        ("eod", equalized_odds_difference),
    ):
        for group in accounts.GROUPS:
            expected = theirs(test.y, refused, sensitive_features=test.groups[group])
            assert line[f"{name}-{group}"] == pytest.approx(expected, abs=1e-12)


def test_what_cannot_be_had_is_absent(found):
    assert "turned-gradient" not in found["boosted"][1]
    assert "epsilon" not in found["network"][1]
    assert found["private"][1]["epsilon"] == found["private"][0].fitted.guarantee.epsilon
    assert "turned" not in measures.properties(*_again(found), ratio=3, share=0.1, rows=0, seed=0)


def _again(found):
    rule = found["logistic"][0]
    return rule, accounts.parts(accounts.table(), seed=0, rows=4_000)


def test_a_score_that_ranks_backwards_is_not_turned_round(parts, found):
    """Sentinel: calibrated on true labels, a control that ranks backwards would rank forwards."""
    rule = found["boosted"][0]
    backwards = models.Fitted(lambda x: 1 - rule.fitted.score(x), 0)
    other = measures.decider(backwards, parts.validation, ratio=3)
    line = measures.properties(other, parts, ratio=3, share=0.1, rows=0, seed=0)
    assert line["auc"] == pytest.approx(1 - found["boosted"][1]["auc"])
    assert roc_auc_score(parts.test.y, other.probability(parts.test.x)) > 0.7


def test_turned_is_what_any_attack_turned(found):
    for name in ("network", "hardened", "boosted", "int8"):
        line = found[name][1]
        ways = [line[key] for key in line if key.startswith("turned-")]
        assert max(ways) <= line["turned"] <= sum(ways)


def test_unusual_rows_are_found_without_labels_and_judged_with_them(parts, found):
    model = found["boosted"][0].fitted
    judge = lambda train, test: measures.unlabelled(train, test, labelled=model, seed=0)  # noqa: E731
    line = judge(parts.train, parts.test)
    assert line["base-rate"] == parts.test.y.mean()
    assert line["base-rate"] + 0.01 < line["pr-auc"] < line["labelled"] - 0.05
    assert line["above-base"] == pytest.approx(line["pr-auc"] - line["base-rate"])
    rng = np.random.default_rng(0)
    # Labels of training rows are never read; by-lot labels of test rows leave only the base rate.
    assert judge(parts.train.with_labels(rng.permutation(parts.train.y)), parts.test) == line
    by_lot = judge(parts.train, parts.test.with_labels(rng.permutation(parts.test.y)))
    assert abs(by_lot["above-base"]) < 0.04


def test_controls_fail_where_they_must(found):
    assert found["shuffled"][1]["auc"] == pytest.approx(0.5, abs=0.15)
    assert found["shuffled"][1]["auc"] < found["boosted"][1]["auc"] - 0.1
    assert found["memoriser"][1]["advantage"] > 0.1
    assert abs(found["logistic"][1]["advantage"]) < 0.06


def test_eight_bits_keep_scores_and_shrink_the_file(parts, found):
    whole, small = found["network"][0].fitted, found["int8"][0].fitted
    assert small.bytes < 0.6 * whole.bytes
    assert np.abs(whole.score(parts.test.x) - small.score(parts.test.x)).max() < 0.1
    with pytest.raises(ValueError, match="no network"):
        models.in_int8(found["boosted"][0].fitted)


def test_what_the_network_behind_shows_counts_too(parts, found):
    """Sentinel: a score of coarse steps hides from its own attacks what it does not resist."""
    original = found["network"][0].fitted
    coarse = models.Fitted(
        lambda x: np.round(original.score(x) * 10) / 10, 0, behind=original.network
    )
    rule = measures.decider(coarse, parts.validation, ratio=3)
    line = measures.properties(rule, parts, ratio=3, share=0.1, rows=400, seed=0)
    assert line["missed"] > 0
    own = line["turned"] - line["missed"]
    assert own == pytest.approx(max(line["turned-search"], line["turned-random"]), abs=0.005)
    assert line["turned"] >= line["turned-transfer"] > own
    assert "missed" in found["int8"][1]
    assert "missed" not in found["network"][1]  # nothing lies behind it


def test_the_threshold_does_not_know_test_labels(parts, found):
    """Sentinel: choosing on the test rows would look cheaper there."""
    rule, line = found["boosted"]
    best = measures.decider(rule.fitted, parts.test, ratio=3)
    cheaper = measures.decided(parts.test.y, best.refused(parts.test.x), parts.test, ratio=3)
    assert cheaper["cost"] <= line["cost"]
    assert measures.decider(rule.fitted, parts.validation, ratio=3).threshold == rule.threshold


def test_one_answer_refuses_nobody_or_everybody(parts):
    rule = measures.decider(models.one_answer(parts.train), parts.validation, ratio=3)
    assert rule.refused(parts.test.x).sum() == 0
    dear = measures.decider(models.one_answer(parts.train), parts.validation, ratio=30)
    assert dear.refused(parts.test.x).all()


def test_thresholds_by_group_close_the_gap_they_name(parts, found):
    rule, line = found["boosted"]
    by_sex = measures.group_properties(rule, parts, ratio=3, group="sex", seed=0)
    assert by_sex["dpd-sex"] < 0.09
    assert set(by_sex) < set(line)
