import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lablib.robustness.attacks import climb, excesses, fgsm, input_gradient, noise, pgd, withstood
from lablib.robustness.black_box import random_search
from lablib.robustness.threat import ThreatModel


def linear(seed=0, features=12):
    torch.manual_seed(seed)
    model = nn.Linear(features, 2).double()
    images = 0.4 + 0.2 * torch.rand(30, features, dtype=torch.float64)
    return model, images, torch.arange(30) % 2


def dual_length(model, norm):
    weights = model.weight[1] - model.weight[0]
    return (weights.abs().sum() if norm == "linf" else weights.norm()).item()


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("attack", [fgsm, pgd])
def test_the_worst_case_of_a_linear_classifier_is_reached_exactly(norm, attack):
    model, images, target = linear()
    threat = ThreatModel(norm=norm, eps=0.1)
    exact = excesses(model, images, target) + 0.1 * dual_length(model, norm)
    found = attack(model, images, target, threat=threat)
    # From a random start in the Euclidean ball the last step lands beside the pole.
    loose = norm == "l2" and attack is pgd
    assert torch.allclose(found.excess, exact, atol=2e-2 if loose else 1e-9)
    assert bool((found.excess <= exact + 1e-9).all())


@settings(max_examples=25, deadline=None)
@given(
    norm=st.sampled_from(["linf", "l2"]), eps=st.floats(0, 1), steps=st.integers(0, 4),
    seed=st.integers(0, 99), restarts=st.integers(1, 2),
)  # fmt: skip
def test_nothing_leaves_the_ball_or_the_box(norm, eps, steps, seed, restarts):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Flatten(), nn.Linear(8, 5), nn.ReLU(), nn.Linear(5, 3))
    images, target = torch.rand(6, 2, 2, 2), torch.arange(6) % 3
    threat = ThreatModel(norm=norm, eps=eps)
    found = pgd(model, images, target, threat=threat, steps=steps, restarts=restarts, seed=seed)
    assert threat.allows(found.moved, images)
    clean = excesses(model, images, target)
    assert bool((found.excess >= clean - 1e-6).all())  # robust accuracy never above accuracy
    assert torch.equal(found.success, excesses(model, found.moved, target) > 0)


def test_order_of_strength(net, blobs, threat):
    shares = [
        float(attack(net, *blobs, threat=threat).success.float().mean())
        for attack in (noise, fgsm, pgd)
    ]
    assert shares[0] < shares[1] <= shares[2]
    ten = pgd(net, *blobs, threat=threat, restarts=3).success
    assert bool((ten | ~pgd(net, *blobs, threat=threat).success).float().mean() > 0.99)


def test_a_clamp_inside_the_graph_makes_the_attack_weaker(net, blobs, threat):
    """The trap: a clamp that is differentiated has gradient 0 at the edge of the box."""
    images, target = blobs
    edge = (images - 0.35).clamp(0, 1)  # most of the background is exactly 0

    class Clamped(nn.Module):
        def forward(self, x):
            return net((x - 1e-6).clamp(0, 1))

    wrong = pgd(Clamped(), edge, target, threat=threat, steps=5, random_start=False).moved
    right = pgd(net, edge, target, threat=threat, steps=5, random_start=False)
    assert excesses(net, wrong, target).mean() < right.excess.mean() - 0.1


def test_gradients_are_those_of_the_input_and_leave_the_weights_alone(net, blobs):
    images, target = blobs
    gradient = input_gradient(net, images[:3], target[:3])
    assert gradient.shape == images[:3].shape
    assert all(parameter.grad is None for parameter in net.parameters())
    step = torch.zeros_like(images[:1])
    step[0, 0, 2, 2] = 1e-3
    loss = nn.functional.cross_entropy
    rise = loss(net(images[:1] + step), target[:1]) - loss(net(images[:1] - step), target[:1])
    assert gradient[0, 0, 2, 2].item() == pytest.approx(rise.item() / 2e-3, rel=0.05, abs=1e-3)


def test_descending_is_noticed(net, blobs, threat):
    images, target = blobs
    *_, down = climb(
        net, images, target, threat=threat, start=images, steps=5, step_size=0.05,
        objective=lambda m, x, y: -nn.functional.cross_entropy(m(x), y, reduction="none"),
    )  # fmt: skip
    assert excesses(net, down, target).mean() < excesses(net, images, target).mean()


def test_same_seed_same_attack_and_modes_are_kept(blobs, threat):
    model = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(36, 4)).train()
    first, second = (pgd(model, *blobs, threat=threat, seed=4) for _ in range(2))
    assert torch.equal(first.moved, second.moved)
    assert model.training


def test_shares_and_errors(net, blobs, threat):
    estimate = withstood(torch.tensor([True, False, False, False]))
    assert (estimate.value, estimate.n) == (0.75, 4)
    assert estimate.interval.contains(0.75)
    with pytest.raises(ValueError, match="restarts=0"):
        pgd(net, *blobs, threat=threat, restarts=0)


@pytest.mark.parametrize("step_size", [0.0, -0.1, math.nan, math.inf])
def test_a_step_must_have_a_length(net, blobs, threat, step_size):
    with pytest.raises(ValueError, match=f"step_size={step_size} must be above 0"):
        pgd(net, *blobs, threat=threat, step_size=step_size)


def test_what_does_not_fit_is_named(net, blobs, threat):
    images, target = blobs
    with pytest.raises(ValueError, match="objective='ce' must be one of cross-entropy, margin"):
        pgd(net, images, target, threat=threat, objective="ce")
    for attack in (pgd, random_search):
        with pytest.raises(ValueError, match="class 7, but the model gives 4 logits"):
            attack(net, images, target + 4, threat=threat)
    one = nn.Sequential(nn.Flatten(), nn.Linear(36, 1))
    with pytest.raises(ValueError, match=r"logits of shape \(240, 1\)"):
        pgd(one, images, target * 0, threat=threat)


def test_a_radius_of_zero_leaves_the_accuracy(net, blobs):
    """One full step of length 0 is no error of the caller."""
    nothing = ThreatModel(eps=0.0)
    clean = pgd(net, *blobs, threat=nothing, steps=0).success
    assert torch.equal(fgsm(net, *blobs, threat=nothing).success, clean)


class Silent(nn.Module):
    """Answers as `model` does, but with no number for the first `count` of inputs."""

    def __init__(self, model, count):
        super().__init__()
        self.model, self.count = model, count

    def forward(self, images):
        logits = self.model(images)
        silent = torch.arange(len(images)) < self.count
        return torch.where(silent[:, None], torch.nan, logits)


@pytest.mark.parametrize("attack", [fgsm, pgd, noise, random_search])
def test_no_number_is_no_answer(net, blobs, threat, attack):
    images, target = blobs[0][:20], blobs[1][:20]
    found = attack(Silent(net, 5), images, target, threat=threat)
    assert found.success[:5].all()
    assert (found.excess[:5] == torch.inf).all()
    assert threat.allows(found.moved, images)
    honest = attack(net, images, target, threat=threat)
    assert torch.equal(found.excess[5:], honest.excess[5:])


def test_the_excess_of_finite_logits_is_untouched(net, blobs):
    logits, target = net(blobs[0]), blobs[1]
    right = logits[torch.arange(240), target]
    others = torch.stack([logits[i, torch.arange(4) != y].max() for i, y in enumerate(target)])
    assert torch.equal(excesses(net, *blobs), others - right)
