from functools import partial

import pytest
import torch
from torch import nn

from lablib.robustness.attacks import excesses
from lablib.robustness.hardening.losses import (
    Ramp,
    adversarial_loss,
    noisy_loss,
    parameter_gradient_loss,
    plain_loss,
    trades_loss,
    zeros_loss,
)
from lablib.robustness.threat import ThreatModel
from lablib.training import TrainingConfig, fit


@pytest.fixture
def case():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
    return model, (0.4 + 0.2 * torch.rand(8, 1, 3, 4), torch.arange(8) % 2)


def test_the_loss_of_a_linear_classifier_is_that_of_the_worst_case(case, threat):
    model, (images, target) = case
    weights = model[1].weight
    worst = excesses(model, images, target) + 0.1 * (weights[1] - weights[0]).abs().sum()
    expected = nn.functional.softplus(worst).mean()
    for steps in (1, 5):
        found = adversarial_loss(
            model, (images, target), threat=threat, steps=steps, random_start=False
        )
        assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def test_zeros_are_plain_training_and_weights_do_not_find_the_worst_case(case, threat):
    model, batch = case
    plain = plain_loss(model, batch, threat=threat).item()
    assert zeros_loss(model, batch, threat=threat).item() == plain
    worst = adversarial_loss(model, batch, threat=threat, steps=3).item()
    assert parameter_gradient_loss(model, batch, threat=threat).item() < worst - 1e-3
    assert plain < worst


def test_trades_at_its_ends(case, threat):
    model, batch = case
    plain = plain_loss(model, batch).item()
    assert trades_loss(model, batch, threat=threat, beta=0.0).item() == pytest.approx(plain)
    still = threat.scaled(0)
    assert trades_loss(model, batch, threat=still).item() == pytest.approx(plain, abs=1e-6)
    once, twice = (trades_loss(model, batch, threat=threat, beta=b).item() for b in (1.0, 2.0))
    assert once > plain
    assert twice - once == pytest.approx(once - plain, rel=0.05)  # starts are random


def test_the_divergence_is_that_of_probabilities():
    """By hand: logits +-z at the input; at the worst point of a linear model they shrink."""
    model = nn.Sequential(nn.Flatten(), nn.Linear(1, 2, bias=False))
    with torch.no_grad():
        model[1].weight.copy_(torch.tensor([[1.0], [-1.0]]))
    x, y = torch.tensor([[[[0.5]]]]), torch.tensor([0])
    threat = ThreatModel(eps=0.25)
    p = torch.softmax(torch.tensor([0.5, -0.5]), 0)
    q = [torch.softmax(torch.tensor([z, -z]), 0) for z in (0.25, 0.75)]
    apart = [float((p * (p / one).log()).sum()) for one in q]
    found = [
        trades_loss(model, (x, y), threat=threat, steps=20, beta=1.0).item() + p[0].log().item()
        for _ in range(20)
    ]
    # The climb ends at one of the two edges, whichever side it started on.
    assert all(min(abs(one - two) for two in apart) < 1e-4 for one in found)


def test_no_weight_gradient_is_left_and_all_losses_train(case, threat):
    for loss in (adversarial_loss, trades_loss, zeros_loss, parameter_gradient_loss, noisy_loss):
        model, batch = case
        value = loss(model, batch, threat=threat)
        assert model[1].weight.grad is None
        assert torch.autograd.grad(value, model[1].weight)[0].abs().sum() > 0


def test_noise_of_zero_is_plain(case):
    model, batch = case
    assert noisy_loss(model, batch, sigma=0.0).item() == plain_loss(model, batch).item()


def test_the_ramp_grows_and_validation_sees_the_full_radius(case, threat):
    model, batch = case
    seen = []

    def spy(model, batch, *, threat):
        seen.append(threat.eps)
        return plain_loss(model, batch)

    ramp = Ramp(spy, threat, 4, {})
    config = TrainingConfig(epochs=3, batch_size=4, device="cpu", learning_rate=1e-9)
    result = fit(model, batch, loss=ramp, config=config, validation=batch)
    assert seen == pytest.approx([0.025, 0.05, 0.075, 0.1, 0.1, 0.1])
    attacked = partial(adversarial_loss, threat=threat, steps=10)(model, batch).item()
    assert result.history[-1].validation_loss == pytest.approx(attacked, rel=1e-3)
    assert result.history[-1].validation_loss > result.history[-1].train_loss
