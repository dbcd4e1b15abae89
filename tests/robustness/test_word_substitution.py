import pytest

from lablib import experiment, record
from lablib.deployment.cards import model_card
from lablib.robustness import word_substitution as page
from lablib.robustness.text import drawing
from lablib.robustness.text.defending import TRAININGS

SMALL = {"seeds": (0, 1), "taught": 500, "attacked": 60, "curve": (1,)}


@pytest.fixture(scope="module")
def small():
    return experiment.run(page.NAME, scale="quick", check=False, **SMALL)


def test_every_bound_names_a_metric(small):
    for bands in page.ACCEPTANCE.values():
        for name in bands:
            base, _, end = name.rpartition(".")
            assert name in small.metrics or (end in ("low", "high") and base in small.metrics)


def test_no_attack_is_stronger_than_the_worst_case(small):
    for name in TRAININGS:
        shares = [small.value(f"{name}.synonyms.{attack}") for attack in page.ATTACKS]
        assert shares[-1] == min(shares)
        assert max(shares) <= small.value(f"{name}.accuracy")
    for attack in page.ATTACKS:
        assert small.value(f"curve.{attack}.1") >= small.value(f"plain.synonyms.{attack}")
    assert (small.baseline, small.control) == ("plain.synonyms.greedy", "plain.synonyms.chance")


def test_figures_state_their_finding(small, monkeypatch):
    assert f"{small.value('once.synonyms.exact'):.0%}" in drawing.trainings(small).alt
    monkeypatch.setattr(record, "available", lambda name: ())
    assert "is made by: lablib run" in drawing.at_full_scale(small).caption
    monkeypatch.setattr(record, "available", lambda name: ("full",))
    monkeypatch.setattr(record, "load", lambda name, scale: small)
    assert "Full record:" in drawing.at_full_scale(small).caption


def test_the_gain_on_misspellings_stands_beside_that_on_synonyms(small, monkeypatch):
    monkeypatch.setattr(record, "available", lambda name: ())
    rows = [tuple(row.values()) for row in drawing.at_full_scale(small).rows]
    for row, key in zip(rows[-2:], ("exact", "misspellings"), strict=True):
        assert row[0].startswith("gain of random synonyms")
        assert row[1].startswith(f"{small.value(f'drawn.minus-plain.{key}'):+.1%} [")
    assert all("-" not in cell for row in rows[:-2] for cell in row[1:2])  # shares


def test_little_is_less_than_the_gain_on_synonyms():
    """The sentence of the page, in the committed full record as in the quick one."""
    full = record.load(page.NAME, scale="full")
    gain = full["drawn.minus-plain.misspellings"].interval
    for bands in page.ACCEPTANCE.values():
        low, high = bands["drawn.minus-plain.misspellings.high"]
        assert low <= gain.high <= high
    assert gain.high < full["drawn.minus-plain.exact"].interval.low


def test_one_seed_is_refused_before_anything_is_taught(monkeypatch):
    monkeypatch.setattr(page, "reviews", lambda config: pytest.fail("began to work"))
    with pytest.raises(ValueError, match=r"seeds=\(0,\) holds one"):
        page.run(page.Config(seeds=(0,)))


def test_the_card_says_what_it_is_not_for(small):
    assert "misspell" in model_card(small)
    assert page.plain_reader(seed=0)(["A dull and boring film."])[0] < 0
