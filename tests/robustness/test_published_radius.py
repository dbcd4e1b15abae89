"""A small run: a few hundred digits and a mild radius, the same code."""

import pytest
import torch

from lablib import experiment
from lablib.data import load
from lablib.record import start
from lablib.robustness import published_radius as page
from lablib.robustness.attacks import excesses
from lablib.robustness.hardening.digits import DigitSplit, cut, network
from lablib.robustness.threat import ThreatModel

SMALL = {
    "seeds": (0, 1),
    "kind": "mlp",
    "width": 32,
    "threat": ThreatModel(eps=0.1),
    "epochs": 2,
    "learning_rate": 8e-3,
    "steps": 10,
    "attacked": 60,
    "official": 40,
    "control": 20,
    "parts": ("apgd-ce",),
    "device": "cpu",
}


@pytest.fixture(scope="module")
def small():
    return experiment.run(page.NAME, scale="quick", check=False, **SMALL)


def test_every_band_names_a_metric(small):
    for bands in page.ACCEPTANCE.values():
        for name in bands:
            base, _, end = name.rpartition(".")
            known = name in small.metrics or (end in ("low", "high") and base in small.metrics)
            assert known, name


def test_trained_withstands_more_and_plain_is_the_control_that_fails(small):
    assert small.value("pgd.robust") > small.value("plain.robust") + 0.2
    assert small.value("pgd.minus-plain.robust") == pytest.approx(
        small.value("pgd.robust") - small.value("plain.robust")
    )
    assert small.value("plain.autoattack") < small.value("pgd.autoattack") - 0.2
    assert (small.baseline, small.control) == ("plain.robust", "plain.autoattack")


def test_counts_stand_with_the_shares(small):
    assert small["pgd.autoattack"].n == 40
    assert small["plain.autoattack"].n == 20
    assert small["pgd.accuracy"].n == 2  # over seeds


def test_two_processes_find_what_one_finds(small):
    shared = experiment.run(page.NAME, scale="quick", check=False, processes=2, **SMALL)
    assert shared.config == small.config
    for name, metric in small.metrics.items():
        assert shared.value(name) == pytest.approx(metric.value, abs=0.051), name


@pytest.mark.parametrize("name", ["plain", "pgd"])
def test_training_meets_the_widened_radius(monkeypatch, name):
    seen = []

    def spy(model, batch, *, threat, **options):
        seen.append((threat.eps, options))
        return model(batch[0]).square().mean()

    monkeypatch.setitem(page.PAIR, name, spy)
    config = page.Config(kind="mlp", width=4, epochs=2, batch_size=10, widened=1.1, device="cpu")
    digits = DigitSplit(*(((torch.rand(100, 1, 28, 28), torch.arange(100) % 10),) * 2))
    page.train(name, digits, config, seed=0)
    radii = [eps for eps, _ in seen]
    assert len(radii) == 20
    assert radii[:3] == pytest.approx([0.055, 0.11, 0.165])  # grows over 0.3 of 20 batches
    assert radii[6:] == pytest.approx([0.33] * 14)
    assert seen[0][1] == ({} if name == "plain" else {"steps": 5, "reach": 2.0})


def test_the_audit_counts_every_picture_once_over_chunks(monkeypatch):
    digits = cut(load("mnist"), seed=0)
    model = network("mlp", width=8, seed=0)
    examples = digits.attacked(30)
    monkeypatch.setattr(page, "CHUNK", 7)
    config = page.Config(threat=ThreatModel(eps=0.0001), parts=("apgd-ce",), steps=2, device="cpu")
    recorder = start(page.NAME, scale="quick", config=config, seeds=(0,), data={})
    page.audit(recorder, "tiny", model, examples, config)
    recorder.metric("baseline", 0.0)
    found = recorder.finish(baseline="baseline", control="baseline")
    right = (excesses(model, *examples) <= 0).float().mean()
    # A radius of a ten-thousandth changes no answer of an untrained network by much.
    assert found["tiny.autoattack"].n == 30
    assert found.value("tiny.autoattack") == pytest.approx(float(right), abs=0.1)
    assert found.value("tiny.our-pgd") >= found.value("tiny.autoattack") - 0.1
