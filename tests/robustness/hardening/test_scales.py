import pytest

from lablib import figures
from lablib.evaluation import Estimate, Interval
from lablib.record import start
from lablib.robustness import published_radius
from lablib.robustness.hardening import scales


@pytest.fixture
def published():
    recorder = start(
        scales.PUBLISHED,
        scale="full",
        config=published_radius.Config(),
        seeds=(0, 1, 2, 3, 4),
        data={},
    )
    for name, right in (("plain", 0.0), ("pgd", 0.9125)):
        span = Interval(right, right + 0.01)
        for quantity in ("accuracy", "robust", "our-pgd"):
            recorder.estimate(f"{name}.{quantity}", Estimate(0.9875, Interval(0.98, 0.99), n=5))
        recorder.estimate(f"{name}.autoattack", Estimate(right, span, n=10_000))
    recorder.metric("train.pictures", 60_000)
    return recorder.finish(baseline="plain.robust", control="plain.autoattack")


def test_without_the_record_the_command_stands_there(monkeypatch):
    monkeypatch.setattr(figures, "full_record", lambda name: None)
    view = scales.at_published_radius()
    assert "not run" in view._repr_html_()
    assert "lablib run robustness/published-radius --scale full" in view.caption


def test_with_the_record_targets_stand_beside_what_was_reached(monkeypatch, published):
    monkeypatch.setattr(figures, "full_record", lambda name: published)
    view = scales.at_published_radius()
    html = view._repr_html_()
    for words in ("91.25% [91.25%, 92.25%]", "98.5%", "88.5%", "98.75% [98.00%, 99.00%]"):
        assert words in html, words
    for words in ("Radius 0.3, 60,000 pictures", "10,000 pictures", "5 seeds", "92.8%"):
        assert words in view.caption, words
