import pytest
import torch

from lablib import experiment, record
from lablib.data import load
from lablib.deployment.cards import model_card
from lablib.efficiency import compression
from lablib.efficiency.compressing import drawing, sparsity, variants
from lablib.efficiency.compressing.quality import QUALITIES, digits, one_step, quality
from lablib.efficiency.compressing.variants import CHECKS, FRONTIER, Recipe
from lablib.models.mlp import MLP

SMALL = {
    "seeds": (0, 1),
    "recipe": Recipe(
        hidden=(96, 64), narrow=(48, 32), student=(32, 16), combined=(16, 8), epochs=3, retraining=1
    ),
    "sparsities": (0.5, 0.9),
    "rounds": 6,
}


@pytest.fixture(scope="module")
def result():
    return experiment.run(compression.NAME, **SMALL)


def test_controls_fail_and_the_rest_does_not(result):
    for name in ("shuffled", "dropped", "majority"):
        assert result.value(f"{name}.accuracy") < 0.35
    for name in FRONTIER:
        assert 0.6 < result.value(f"{name}.accuracy") < 0.97
    assert result.value("random-cut.accuracy") < result.value("magnitude-cut.accuracy") - 0.1
    assert (result.baseline, result.control) == ("labels-only.accuracy", "shuffled.accuracy")


def test_bytes_are_those_of_files_that_come_back(result):
    assert result.value("rebuilt.change") < 1e-4
    assert result.value("zeros.dense-ratio") == pytest.approx(1, abs=0.01)
    ratios = [result.value(f"{name}.ratio") for name in ("original", "int8", "int4")]
    assert ratios == sorted(ratios)
    for name in FRONTIER:
        size = result.value(f"{name}.bytes")
        assert result.value(f"{name}.ratio") == pytest.approx(result.value("original.bytes") / size)
    assert result.value("narrow.multiplications") < 1 == result.value("zeros.multiplications")


def test_every_quality_is_measured_before_and_after(result):
    for name in FRONTIER[1:]:
        for quantity in QUALITIES:
            assert result[f"{name}.{quantity}.change"].interval is not None
    assert {f"{name}.accuracy" for name in CHECKS} <= set(result.metrics)


def test_a_card_trains_and_the_processor_measures(monkeypatch):
    asked, trained, back = [], [], []

    def on_a_card(model, examples, *, loss, config):
        asked.append(config.device)
        trained.append(model)

    monkeypatch.setattr(variants, "fit", on_a_card)
    monkeypatch.setattr(MLP, "cpu", lambda model: back.append(model) or model)
    data = digits(load("mnist"), seed=0, limit=50)
    models = variants.build(data, SMALL["recipe"], seed=0, device="cuda")
    assert set(asked) == {"cuda"}
    assert {id(model) for model in trained} <= {id(model) for model in back}
    assert set(models) == {*FRONTIER, *CHECKS}


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a card")
def test_a_card_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="device='cuda'"):
        experiment.run(compression.NAME, device="cuda", **SMALL)


def test_one_step_is_bounded_and_raises_the_loss():
    model = MLP(784, hidden=(16,), out_features=10, seed=0)
    x, y = torch.rand(20, 784), torch.arange(20) % 10
    moved = one_step(model, x, y, eps=0.05)
    assert (moved - x).abs().max() <= 0.05 + 1e-6
    assert 0 <= moved.min() <= moved.max() <= 1
    loss = torch.nn.functional.cross_entropy
    assert loss(model(moved), y) > loss(model(x), y)
    assert torch.equal(one_step(model, x, y, eps=0.0), x)


def test_a_quarter_of_each_digit_is_faint_and_qualities_are_shares():
    data = digits(load("mnist"), seed=0, limit=200)
    assert 0.24 < data.faint.mean() < 0.28
    assert len(data.train[1]) == 200
    found = quality(MLP(784, hidden=(4,), out_features=10, seed=0), data)
    assert tuple(found) == QUALITIES
    assert all(0 <= value <= 1 for value in found.values())


def test_scales_have_bands_and_a_card(result):
    assert set(compression.CONFIGS) == set(compression.ACCEPTANCE) == {"quick", "full"}
    assert "faint" in model_card(result)
    bands = compression.ACCEPTANCE["quick"]
    assert bands["student.over-labels.high"][1] <= 0
    assert bands["combined.noise.change.low"][0] >= bands["combined.error.change.high"][1]
    assert bands["shuffled.accuracy"][1] < 0.3


def test_what_the_page_says_of_sixty_thousand_pictures_holds_in_its_record():
    full, bands = record.load(compression.NAME, scale="full"), compression.ACCEPTANCE["full"]
    experiment.accept(full, bands)
    for name in ("student.over-labels", "combined.faint.extra", "combined.faint.change"):
        # A tie: the bands hold 0 inside the interval, so a record that tells them apart fails.
        assert bands[f"{name}.low"][1] == bands[f"{name}.high"][0] == 0
    assert bands["combined.noise.change.low"][0] >= bands["combined.error.change.high"][1]
    rows = {row["quantity"]: row for row in drawing.at_full_scale(full).rows}
    told = rows["all three, faint quarter, beyond the change of all"]["full, 5 seeds"]
    low, high = (float(end) for end in told.split("[")[1].rstrip("]").split(","))
    assert low < 0 < high


def test_figures_state_their_finding(result, monkeypatch):
    views = [sparsity.curve(result), drawing.frontier(result, reveal="Guess.")]
    assert f"{result.value('random-cut.accuracy'):.3f}" in views[0].alt
    assert f"{result.value('combined.accuracy'):.3f}" in views[1].alt
    assert len(drawing.costs(result).rows) == len(FRONTIER)
    assert "10 W" in drawing.costs(result).caption
    assert len(drawing.broken(result).rows) == len(QUALITIES)
    monkeypatch.setattr(record, "available", lambda name: ())
    assert "--scale full" in drawing.at_full_scale(result).caption
    monkeypatch.setattr(record, "available", lambda name: ("full",))
    monkeypatch.setattr(record, "load", lambda name, scale: result)
    assert "Full record:" in drawing.at_full_scale(result).caption
