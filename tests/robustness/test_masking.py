import pytest
import torch
from torch import nn

from lablib.robustness.black_box import random_search
from lablib.robustness.decoys import Quantised, Saturated
from lablib.robustness.masking import masking_checks
from lablib.robustness.threat import ThreatModel


@pytest.fixture(scope="module")
def few(blobs):
    return blobs[0][:120], blobs[1][:120]


def test_an_honest_network_passes(net, few, threat):
    report = masking_checks(net, *few, threat=threat, surrogate=net)
    assert report.failed == ()
    assert len(report.checks) == 7
    assert report.robust_accuracy <= report.accuracy
    assert {row["verdict"] for row in report.rows()} == {"holds"}


@pytest.mark.parametrize("decoy", [Quantised, Saturated])
def test_decoys_are_exposed(net, few, threat, decoy):
    honest = masking_checks(net, *few, threat=threat)
    hidden = decoy(net) if decoy is Quantised else decoy(net, factor=1e5)
    report = masking_checks(hidden, *few, threat=threat, surrogate=net)
    assert report.robust_accuracy > honest.robust_accuracy + 0.2  # what it claims
    assert {"gradients exist", "transfer not stronger"} <= set(report.failed)


def test_a_constant_answer_is_exposed_by_the_unbounded_radius(few, threat):
    model = nn.Sequential(nn.Flatten(), nn.Linear(36, 4))
    nn.init.zeros_(model[1].weight)
    report = masking_checks(model, *few, threat=threat)
    assert "unbounded radius" in report.failed
    assert "gradients exist" in report.failed


def test_the_search_needs_no_gradient_and_stays_allowed(net, few, threat):
    plain = random_search(net, *few, threat=threat, queries=60)
    hidden = random_search(Quantised(net, levels=256), *few, threat=threat, queries=60)
    assert threat.allows(plain.moved, few[0])
    assert plain.robust_accuracy.value < 0.9
    assert hidden.robust_accuracy.value == pytest.approx(plain.robust_accuracy.value, abs=0.1)
    flat = nn.Sequential(nn.Linear(36, 4))
    rows = few[0].flatten(1)
    for norm in ("linf", "l2"):
        other = ThreatModel(norm=norm, eps=0.2)
        assert other.allows(random_search(flat, rows, few[1], threat=other, queries=9).moved, rows)


def test_errors(net, few, threat):
    with pytest.raises(ValueError, match="nothing may be attacked"):
        masking_checks(net, *few, threat=ThreatModel(eps=0.0))
    with pytest.raises(ValueError, match="queries=0"):
        random_search(net, *few, threat=threat, queries=0)
    with pytest.raises(ValueError, match="levels=1"):
        Quantised(net, levels=1)
    with pytest.raises(ValueError, match="factor=0"):
        Saturated(net, factor=0)


def test_decoys_change_no_answer_or_few(net, blobs):
    answers = net(blobs[0]).argmax(1)
    assert torch.equal(Saturated(net)(blobs[0]).argmax(1), answers)
    assert (Quantised(net)(blobs[0]).argmax(1) == answers).float().mean() > 0.95
