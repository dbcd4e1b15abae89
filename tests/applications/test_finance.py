import dataclasses
import json

import pytest

from lablib import experiment, record
from lablib.applications import finance
from lablib.applications.credit import drawing
from lablib.applications.credit.limits import LIMITS, verdicts
from lablib.applications.credit.models import Recipe
from lablib.applications.news import drawing as news_drawing
from lablib.applications.news.study import Plan
from lablib.deployment.cards import model_card

SMALL = {
    "seeds": (0, 1),
    "rows": 5_000,
    "moved_rows": 60,
    "explained_rows": 20,
    "recipe": Recipe(trees=40, epochs=3, private_steps=60),
    "news_seeds": (0, 1),
    "plan": Plan(streams=60),
}


@pytest.fixture(scope="module")
def result():
    return experiment.run("applications/finance", scale="quick", check=False, **SMALL)


@pytest.mark.parametrize(("name", "low", "high"), [
    ("boosted.auc", 0.72, 0.82),
    ("shuffled.auc", 0.36, 0.64),
    ("one-answer.auc", 0.5, 0.5),
    ("one-answer.cost", 0.6, 0.72),
    ("boosted.saved", 0.15, 0.32),
    ("memoriser.advantage", 0.1, 0.4),
    ("hardened.turned", 0.0, 0.06),
    ("reasons.turned", 0.4, 1.0),
    ("news-raters.found-100", 0.7, 1.0),
])  # fmt: skip
def test_a_small_run_lies_in_two_sided_bands(result, name, low, high):
    assert low <= result.value(name) <= high


def test_changes_are_paired_with_the_row_beside(result):
    for row, plain in finance.BESIDE.items():
        for name in finance.COMPARED:
            if f"{row}.{name}-change" in result.metrics:
                change = result.value(f"{row}.{name}") - result.value(f"{plain}.{name}")
                assert result.value(f"{row}.{name}-change") == pytest.approx(change)
    assert "thresholds-sex.auc-change" not in result.metrics  # the scores are the same


def test_bands_name_metrics_of_the_run(result):
    for bands in finance.ACCEPTANCE.values():
        for name in bands:
            assert name.removesuffix(".low").removesuffix(".high") in result.metrics


def test_the_page_draws_and_the_card_shows_every_banded_number(result):
    for view in (
        drawing.matrix(result), drawing.tradeoffs(result), drawing.limits_table(result),
        drawing.at_full_scale(result), news_drawing.found(result),
    ):  # fmt: skip
        assert view._repr_html_()
    card = model_card(result)
    assert all(
        f"`{name}`" in card for name in finance.ACCEPTANCE["quick"] if name in result.metrics
    )
    assert "Taiwan" in card


def test_one_seed_is_not_enough():
    with pytest.raises(ValueError, match="at least two"):
        finance.run(dataclasses.replace(finance.CONFIGS["quick"], seeds=(0,)))


def bound(found, name):
    """A metric, or an end of its interval."""
    for end in ("low", "high"):
        if name.endswith(f".{end}"):
            return getattr(found[name.removesuffix(f".{end}")].interval, end)
    return found.value(name)


@pytest.fixture(scope="module")
def full():
    return record.load(finance.NAME, scale="full")


def test_the_committed_full_record_lies_in_its_bands(full):
    for name, (low, high) in finance.ACCEPTANCE["full"].items():
        assert low <= bound(full, name) <= high, name
    assert full.config == json.loads(json.dumps(dataclasses.asdict(finance.CONFIGS["full"])))


def test_sentences_of_the_page_hold_in_the_full_record(full):
    auc, calibration = (LIMITS[place].words for place in (0, 1))
    plain, private = (verdicts(full, row) for row in ("network", "private"))
    assert plain[auc] == "kept" != private[auc]
    assert (plain[calibration], private[calibration]) == ("open", "broken")
    cost = full["hardened.cost-change"].interval
    assert 0 < cost.low < 0.1 * cost.high  # "just clear of zero"
    assert full["hardened.auc-change"].interval.low < 0 < full["hardened.auc-change"].interval.high
    alarms = full["news-words.false-alarms"].interval
    assert alarms.low < full.config["plan"]["rate"] < alarms.high
    assert full.value("news-words.wait-100") < full.config["plan"]["length"] / 2
    assert not any(".delay-" in name for name in full.metrics)
