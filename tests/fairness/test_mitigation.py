import dataclasses

import numpy as np
import pytest

from lablib import experiment, record
from lablib.evaluation.group_intervals import random_group_gaps
from lablib.fairness import mitigation, tables
from lablib.fairness.mitigating import drawing as draw
from lablib.fairness.mitigating import methods

TINY = mitigation.Config(
    seeds=(0, 1), tables=("adult", "compas"), rows=(1200, 900), targets=(0.05, 0.2),
    bounds=(0.0, 0.05, 0.2), reweighing=(1.0,), regularised=(4.0,), adversarial=(2.0,),
    most_fits=4, fairlearn_bounds=(0.05,), fairlearn_iterations=2, fairlearn_odds=True, folds=2,
    trees=5, epochs=1,
)  # fmt: skip


@pytest.fixture(scope="module")
def result():
    return mitigation.run(TINY)


def test_every_band_names_a_recorded_metric_and_every_field_is_used(result):
    known = set(result.metrics) | {
        f"{name}.{end}" for name in result.metrics for end in ("low", "high")
    }
    for scale, config in mitigation.CONFIGS.items():
        bands = mitigation.ACCEPTANCE[scale]
        assert bands
        assert {name for name in bands if not name.startswith("credit-default")} <= known
        assert len(config.seeds) >= (10 if scale == "full" else 5)
        assert len(config.rows) == len(config.tables) == 3
    assert set(dataclasses.asdict(TINY)) == set(result.config)
    assert result.baseline == "adult.majority.accuracy"
    assert result.control == "adult.random-groups.dpd"
    assert set(result.data) == {"adult", "compas"}


def test_every_method_reports_accuracy_and_both_gaps(result):
    for table in TINY.tables:
        found = {name.split(".")[1] for name in result.metrics if name.startswith(table)}
        expected = set(methods.TITLES) | {"luck", "features"}
        if table == "adult":
            expected -= {"exponentiated", "exponentiated-odds"}
        assert found == expected
        for method in found - {"luck", "features"}:
            for quantity in ("accuracy", *mitigation.GAPS):
                assert 0 <= result.value(f"{table}.{method}.{quantity}") <= 1
        assert result.value(f"{table}.majority.dpd") == 0


def test_changes_are_against_the_same_model_without_mitigation(result):
    for method in ("thresholds", "mixture-odds", "boosted-thresholds", "adversarial"):
        plain = methods.PLAIN_OF.get(method, "linear")
        for quantity in ("accuracy", "dpd", "eod"):
            expected = result.value(f"compas.{method}.{quantity}") - result.value(
                f"compas.{plain}.{quantity}"
            )
            assert result.value(f"compas.{method}.{quantity}-change") == pytest.approx(expected)
    assert "compas.linear.dpd-change" not in result.metrics


def test_fronts_hold_every_target(result):
    rows = result.tables["fronts"]
    targets = {row["target"] for row in rows if row["method"] == "thresholds"}
    assert targets == {0.05, 0.2}
    assert {row["target"] for row in rows if row["method"] == "thresholds-odds"} == {0.05}
    for row in rows:
        assert row["dpd_low"] <= row["dpd"] <= row["dpd_high"]


def test_thresholds_lower_the_gap_of_recorded_groups_only():
    # A wrong variant is the control: the same steps for groups drawn by lot change nothing.
    settings = dataclasses.replace(TINY, epochs=0, trees=0, fairlearn_bounds=(), bounds=(0.0,))
    parts = tables.parts(tables.table("adult"), seed=3, rows=8000)
    found = mitigation.one_split(parts, seed=3, config=settings)
    assert found["linear", "dpd"] > 0.1
    assert found["thresholds", "dpd"] < 0.08
    assert abs(found["random-groups", "dpd-change"]) < 0.06
    assert "boosted" not in {key[0] for key in found}


def test_the_figures_state_what_the_record_says(result):
    view = draw.pareto(result, "compas", reveal="Guess.")
    assert f"{result.value('compas.thresholds.dpd'):.3f}" in view.alt
    assert "<details" in view._repr_html_()
    table = draw.methods_table(result, "compas")
    assert len(table.rows) == len(methods.TITLES)
    needs = {row["method"]: row["group needed to decide"] for row in table.rows}
    assert needs["group thresholds"] == "yes"
    assert needs["reweighing"] == "no"
    both = draw.at_full_scale(result, "adult", "compas")
    available = "full" in record.available(mitigation.NAME)
    assert available or "lablib run fairness/mitigation --scale full --save" in both.caption
    rows = {(row["table"], row["method"], row["scale"]): row for row in both.rows}
    assert len(rows) == len(both.rows) == 2 * (len(draw.BESIDE_FULL) + len(draw.FEW_BESIDE_FULL))
    shown = rows[tables.QUESTIONS["compas"].title, "linear", "here"]
    assert shown["odds gap"].startswith(f"{result.value('compas.linear.eod'):.3f} [")
    chance = "linear, 95 of 100 random groupings below"
    luck = rows[tables.QUESTIONS["compas"].title, chance, "here"]
    assert luck["parity gap"].startswith(f"{result.value('compas.luck.dpd'):.3f} [")
    assert luck["right"] == "–"
    with pytest.raises(ValueError, match="give one or more of adult, compas"):
        draw.at_full_scale(result, "german-credit")


def test_the_page_says_where_exponentiated_gradient_runs():
    # The page: "at the scale of this page, on COMPAS alone".
    assert mitigation.CONFIGS["quick"].fairlearn_tables == ("compas",)
    assert set(mitigation.CONFIGS["full"].fairlearn_tables) == set(tables.QUESTIONS)


def test_groups_and_gaps_of_decisions():
    parts = tables.parts(tables.table("compas"), seed=0, rows=1500)
    decided = parts.test.y.copy()
    for group in tables.QUESTIONS["compas"].groups:  # the first ten of each group are wrong
        decided[np.flatnonzero(parts.test.groups == group)[:10]] ^= 1
    score = parts.test.y * 0.8 + 0.1
    rows = draw.groups_table(
        parts.test.y, decided, parts.test.groups, score=score, caption="Nearly right."
    ).rows
    assert [row["group"] for row in rows] == ["African-American", "Caucasian"]
    assert all(float(row["right"].split("%")[0]) > 85 for row in rows)
    assert all(row["mean score"].endswith("%") for row in rows)
    gaps = draw.gaps_table(parts.test.y, decided, parts.test.groups, caption="Nearly right.").rows
    assert {row["criterion"]: row["value"] for row in gaps}["equalized odds difference"] < "0.2"


def test_one_threshold_for_all_is_explored_with_the_counts_of_the_rows():
    parts = tables.parts(tables.table("compas"), seed=0, rows=1500)
    y, groups = parts.test.y, parts.test.groups
    score = np.random.default_rng(0).beta(2 + y, 3 - y)
    view = draw.one_threshold(y, score, groups, caption="Random scores.")
    cut = view.settings[draw.CUTS.index(0.3)]
    assert cut.readouts["right"] == f"{((score > 0.3) == y).mean():.1%}"
    for name, mark in zip(tables.QUESTIONS["compas"].groups, cut.marks, strict=True):
        assert mark.label == name
        assert mark.x[-1] == pytest.approx((score[groups == name] > 0.3).mean())
    gap = {one.label: one.readouts["gap in selection"] for one in view.settings}
    least = {"the lowest": "0.1", "the middle one": "0.5", "the highest": "0.9"}
    assert gap[least[view.predict.right]] == min(gap[label] for label in least.values())
    assert gap[least[view.predict.right]] in view.predict.answer


def test_the_card_the_name_and_wrong_settings():
    assert mitigation.NAME in experiment.names()
    assert set(mitigation.CARD) == {"intended_use", "not_for", "affected", "limits"}
    with pytest.raises(ValueError, match="needs at least two"):
        mitigation.run(mitigation.Config(seeds=(0,)))
    with pytest.raises(ValueError, match="numbers for"):
        mitigation.run(mitigation.Config(rows=(10,)))


def test_luck_is_that_of_the_linear_models_decisions():
    settings = dataclasses.replace(TINY, epochs=0, trees=0, fairlearn_bounds=(), bounds=(0.0,))
    parts = tables.parts(tables.table("credit-default"), seed=1, rows=3000)
    found = mitigation.one_split(parts, seed=1, config=settings)
    test, score = parts.test, methods.linear_score(parts.train, penalty=settings.penalty)
    decided = (score(parts.test) > 0.5).astype(int)
    wrong = np.random.default_rng(1).permutation(test.y)  # twice as many positive as the model has
    assert decided.mean() < 0.7 * wrong.mean()
    for short, name in mitigation.LUCK.items():
        drawn = [
            np.quantile(
                random_group_gaps(name, test.y, some, groups=test.groups, seed=1, draws=200), 0.95
            )
            for some in (decided, wrong)
        ]
        assert found["luck", short] == pytest.approx(drawn[0])
        assert found["luck", short] != pytest.approx(drawn[1])
