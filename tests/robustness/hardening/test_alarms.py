import pytest
import torch
from torch import nn

from lablib.robustness.hardening.alarms import (
    COLLAPSED,
    OVERFITTED,
    SILENT,
    diagnose,
    overfitted_epoch,
)
from lablib.training import EpochSummary


class Bent(nn.Module):
    """Withstands one full step and no shorter one: a ripple that returns after `period`."""

    def forward(self, x):
        value = x.flatten(1)[:, 0]
        right = torch.cos((value - 0.5) / 0.1 * 2 * torch.pi) + 0.9 - 0.01 * (value - 0.5)
        return torch.stack([right, torch.zeros_like(right)], 1)


def test_a_network_that_beats_one_step_only_raises_the_alarm(threat):
    images = 0.5 + 0.001 * torch.rand(60, 1, 2, 2)
    found = diagnose(Bent(), images, torch.zeros(60, dtype=torch.long), threat=threat, share=1.0)
    assert (found.accuracy, found.one_step, found.many_steps) == (1, 1, 0)
    assert found.verdict == OVERFITTED
    assert found.apart_interval.low > 0.9


def test_few_pictures_raise_no_alarm(threat):
    images = 0.5 + 0.001 * torch.rand(3, 1, 2, 2)
    found = diagnose(Bent(), images, torch.zeros(3, dtype=torch.long), threat=threat, share=1.0)
    assert found.apart == 1
    assert found.verdict == SILENT  # three of three are no evidence for more than a half


def test_a_constant_answer_raises_the_alarm(blobs, threat):
    model = nn.Sequential(nn.Flatten(), nn.Linear(36, 4))
    nn.init.zeros_(model[1].weight)
    found = diagnose(model, *blobs, threat=threat)
    assert found.accuracy == found.one_step == found.many_steps == pytest.approx(0.25)
    assert found.verdict == COLLAPSED


def test_a_healthy_network_raises_none(net, blobs, threat):
    assert diagnose(net, *blobs, threat=threat.scaled(0.3)).verdict == SILENT


def history(*pairs):
    return [EpochSummary(e, e, *pair, 0.1) for e, pair in enumerate(pairs, start=1)]


def test_the_epoch_of_overfitting():
    assert overfitted_epoch(history((2, 2.2), (1, 1.1), (0.4, 2.5))) == 3
    assert overfitted_epoch(history((2, 2.2), (1, 1.1), (0.9, 1.2))) is None
    # Both rise: training diverges, which is another fault.
    assert overfitted_epoch(history((2, 2.2), (1, 1.1), (3, 2.5))) is None
    with pytest.raises(ValueError, match="pass validation="):
        overfitted_epoch([EpochSummary(1, 1, 2.0, None, 0.1)])
