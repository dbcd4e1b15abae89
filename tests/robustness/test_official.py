import sys

import pytest
import torch
from torch import nn

from lablib.robustness.attacks import OBJECTIVES, pgd, withstood
from lablib.robustness.official import autoattack
from lablib.robustness.threat import ThreatModel


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_our_pgd_is_not_above_autoattack_by_more_than_it_should(net, blobs, norm):
    images, target = blobs[0][:100], blobs[1][:100]
    threat = ThreatModel(norm=norm, eps=0.05 if norm == "linf" else 0.25)
    theirs = autoattack(net, images, target, threat=threat, parts=("apgd-ce", "apgd-t"), steps=50)
    broken = [
        pgd(net, images, target, threat=threat, steps=50, restarts=3, objective=objective).success
        for objective in OBJECTIVES
    ]
    gap = withstood(broken[0] | broken[1]).value - theirs.robust_accuracy.value
    # Fixed steps and no targets: three points of 100 pictures under linf, five under l2.
    assert -0.03 <= gap <= (0.03 if norm == "linf" else 0.05)
    assert 0.05 < theirs.robust_accuracy.value < 0.95  # or the comparison says nothing
    assert threat.allows(theirs.moved, images)


def test_other_boxes_are_scaled(net, blobs):
    """The same network and pictures from -1 to 1 withstand twice the radius alike."""

    class Halved(nn.Module):
        def forward(self, x):
            return net((x + 1) / 2)

    images, target = blobs[0][:60], blobs[1][:60]
    unit = autoattack(net, images, target, threat=ThreatModel(eps=0.05), parts=("apgd-ce",))
    wide = ThreatModel(eps=0.1, low=-1.0)
    scaled = autoattack(Halved(), 2 * images - 1, target, threat=wide, parts=("apgd-ce",))
    assert scaled.robust_accuracy.value == pytest.approx(unit.robust_accuracy.value, abs=0.02)
    assert wide.allows(scaled.moved, 2 * images - 1)


def test_what_it_says_is_kept(blobs, threat):
    class Random(nn.Module):
        def forward(self, x):
            return torch.randn(len(x), 4)

    images, target = blobs[0][:20], blobs[1][:20]
    found = autoattack(Random(), images, target, threat=threat, parts=("square",), queries=5)
    assert any("randomized defense" in sentence for sentence in found.warnings)
    assert found.parts == ("square",)


def test_no_number_is_no_answer(net, blobs, threat):
    images, target = blobs[0][:12], blobs[1][:12]
    silent = nn.Sequential(net, nn.Linear(4, 4))
    silent[1].weight.data.fill_(torch.nan)
    for parts in (("apgd-ce",), ("square",)):
        found = autoattack(silent, images, target, threat=threat, parts=parts, steps=3, queries=3)
        assert found.success.all(), parts


def test_few_classes(blobs, threat):
    images = blobs[0][:8]
    three = nn.Sequential(nn.Flatten(), nn.Linear(36, 3))
    target = three(images).argmax(1)
    with pytest.raises(ValueError, match="3 classes, and apgd-t compares four"):
        autoattack(three, images, target, threat=threat)
    rest = ("apgd-ce", "fab-t", "square")
    found = autoattack(three, images, target, threat=threat, parts=rest, steps=3, queries=3)
    assert len(found.success) == 8
    with pytest.raises(ValueError, match="class 3, but the model gives 3 logits"):
        autoattack(three, images, target * 0 + 3, threat=threat)


def test_errors(net, blobs, threat, monkeypatch):
    with pytest.raises(ValueError, match="must be a sequence of some of apgd-ce"):
        autoattack(net, *blobs, threat=threat, parts=("pgd",))
    with pytest.raises(ValueError, match="parts='square' must be a sequence"):
        autoattack(net, *blobs, threat=threat, parts="square")
    with pytest.raises(ValueError, match=r"\(N, C, H, W\)"):
        autoattack(net, blobs[0].flatten(1), blobs[1], threat=threat)
    monkeypatch.setitem(sys.modules, "pyautoattack", None)
    with pytest.raises(ImportError, match=r"lablib\[robustness\]"):
        autoattack(net, *blobs, threat=threat)
