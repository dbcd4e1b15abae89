"""The translation experiment at a small size: its metrics, its controls, its figures."""

import numpy as np
import pytest

from lablib import experiment
from lablib.data import load
from lablib.data.pair import PairData
from lablib.language_models import sequence_to_sequence as module
from lablib.language_models.translation import drawing
from lablib.language_models.translation.measures import by_concept, mean_by_concept, share
from lablib.language_models.translation.name_pairs import short_names
from lablib.language_models.translation.runs import TONES, tone_of
from lablib.language_models.translation.translator import Shape


@pytest.fixture(scope="module")
def result():
    return experiment.run(
        module.NAME,
        seeds=(0, 1),
        by_name_seeds=2,
        shape=Shape(width=32, epochs=1, device="cpu"),
        aligned=60,
        n_resamples=100,
    )


def test_every_banded_metric_exists(result):
    for bands in module.ACCEPTANCE.values():
        ends = {name.removesuffix(".low").removesuffix(".high") for name in bands}
        assert ends <= set(result.metrics)
        assert all(low <= high for low, high in bands.values())


def test_the_leak_is_in_one_split_only(result):
    assert result.value("concept.twins") == 0
    assert 0.5 < result.value("name.twins") < 0.9
    assert result.value("concept.test") == pytest.approx(result.value("name.test"), abs=30)


def test_hiding_has_a_higher_chance_than_attention_since_the_end_cannot_be_hidden(result):
    for split in ("name", "concept"):
        assert result.value(f"{split}.hiding.chance") > result.value(f"{split}.uniform")
        gain = result.value(f"{split}.hiding") - result.value(f"{split}.hiding.chance")
        assert result.value(f"{split}.hiding.gain") == pytest.approx(gain)


def test_every_seed_runs_on_both_splits_at_every_scale():
    for config in module.CONFIGS.values():
        assert config.by_name_seeds == len(config.seeds) >= 5


def test_the_claims_of_the_page_are_held_by_ends_of_intervals():
    bands = module.ACCEPTANCE["quick"]
    assert bands["concept.lead-over-dictionary.chrf.high"][1] <= 0
    for name in ("name.lead-over-dictionary.exact.low", "reading.bits.low"):
        assert bands[name][0] >= 0


def test_reading_nothing_is_no_better_than_shuffled_pairs(result):
    assert abs(result.value("shuffled.excess")) < 0.6
    assert result.value("writer.bits") < result.value("unigram.bits")
    assert result.value("shuffled.exact") < 0.01


def test_no_two_names_share_a_chinese_name():
    pairs = load("emoji-names")
    assert len(set(pairs.targets)) == len(pairs)
    short = short_names(pairs, longest=12, fewest_words=2)
    assert max(map(len, short.targets)) == 12


def test_tones_are_told_apart():
    assert [tone_of("女" + tone) for tone in TONES] == list(TONES)
    assert tone_of("肤色") == ""


def test_bootstrap_over_concepts_is_wider_than_over_names():
    rng = np.random.default_rng(0)
    concepts = np.repeat(np.arange(40), 10)
    hits = np.repeat(rng.random(40) < 0.5, 10)
    clustered = mean_by_concept(concepts, hits)
    single = mean_by_concept(np.arange(400), hits)
    assert clustered.value == single.value == hits.mean()
    assert clustered.interval.width > 2 * single.interval.width


def test_ratio_of_sums_not_mean_of_ratios():
    part, whole = np.array([1.0, 0.0, 3.0]), np.array([1.0, 1.0, 8.0])
    assert by_concept(share, np.array([0, 0, 1]), part, whole).value == pytest.approx(0.4)


def test_groups_are_required():
    with pytest.raises(ValueError, match="has no groups"):
        module.concepts_of(PairData("loose", ("a b",), ("狗",)))


def test_figures_state_findings_and_chinese_is_text(result):
    views = [
        drawing.two_splits(result, reveal="Guess."),
        drawing.parts(result),
        drawing.bits(result),
        drawing.maps(result),
        drawing.pointing(result),
    ]
    assert all(len(view.alt) > 60 and "95 %" in view.caption for view in views[:3])
    for split in ("concept", "name"):
        assert f"{result.value(f'{split}.characters'):,.0f} by {split}" in views[4].caption
    for character in result.tables["maps"][0]["characters"]:
        assert f">{character}</text>" in views[3].svg
    for table in (drawing.listed(result, "concept"), drawing.search(result)):
        assert "<table>" in table._repr_html_()


def test_full_scale_names_its_command_until_it_is_run(result):
    html = drawing.at_full_scale(result)._repr_html_()
    assert "--scale full --save" in html or "Full record:" in html
