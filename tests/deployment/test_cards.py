"""A model card shows the record's numbers and refuses to be written without its limits."""

import pytest

from lablib import record
from lablib.deployment import model_card
from lablib.evaluation.intervals import Interval

TEXTS = {
    "intended_use": "Teaching.",
    "not_for": "Decisions.",
    "affected": "Applicants.",
    "limits": "One bank.",
}


def small_record() -> record.Record:
    recorder = record.start("demo/coin", scale="quick", config={"flips": 10}, seeds=[0, 1, 2])
    recorder.metric("coin.heads", 0.25, interval=Interval(0.125, 0.5), n=1000)
    recorder.metric("fair.heads", 0.5)
    return recorder.finish(baseline="fair.heads", control="fair.heads")


def test_every_metric_stands_on_the_card_with_its_interval_and_n() -> None:
    text = model_card(small_record(), texts=TEXTS)
    assert "| `coin.heads` | 0.25 | 0.125 to 0.5 (95%) | 1,000 |  |" in text
    assert "seeds 0 to 2" in text


def test_the_number_on_the_card_follows_the_record() -> None:
    changed = small_record()
    changed.metrics["coin.heads"] = record.Metric(0.375)
    assert "0.375" in model_card(changed, texts=TEXTS)


@pytest.mark.parametrize("absent", sorted(TEXTS))
def test_a_card_without_its_limits_is_refused(absent: str) -> None:
    texts = {**TEXTS, absent: "  "}
    with pytest.raises(ValueError, match=absent):
        model_card(small_record(), texts=texts)


def test_bands_choose_the_metrics_and_stand_beside_them() -> None:
    made = small_record()
    made.metrics["coin.edge"] = record.Metric(0.01)
    text = model_card(made, texts=TEXTS, bands={"coin.heads": (0.2, 0.3)}, level=3)
    assert "| 0.2 to 0.3 |" in text
    assert "`fair.heads` (control that must fail)" in text
    assert "coin.edge" not in text
    assert text.startswith("### Model card: demo/coin (quick)")
    assert "\n#### Limits\n" in text


def test_a_data_set_of_several_files_is_described_once_with_each_hash() -> None:
    files = {"mnist/images": "ab" * 32, "mnist/labels": "cd" * 32}
    recorder = record.start("demo/coin", scale="quick", config={"flips": 10}, seeds=[0], data=files)
    recorder.metric("coin.heads", 0.25)
    made = recorder.finish(baseline="coin.heads", control="coin.heads")
    text = model_card(made, texts=TEXTS)
    assert text.count("Known harms") == 1
    assert "`abababababababab`, `cdcdcdcdcdcdcdcd`" in text


def test_the_credit_models_have_a_card() -> None:
    from lablib import experiment
    from lablib.explainability import readable_models

    bands = readable_models.ACCEPTANCE["quick"]
    recorder = record.start(
        "explainability/readable-models",
        scale="quick",
        config={},
        seeds=[0],
        data={"credit-default": "ab" * 32},
    )
    for name, (low, high) in bands.items():
        recorder.metric(name, (low + high) / 2)
    names = iter(bands)
    made = recorder.finish(baseline=next(names), control=next(names))
    experiment.accept(made, bands)
    text = model_card(made)
    assert readable_models.CARD["limits"] in text
    assert "30,000 rows" in text
