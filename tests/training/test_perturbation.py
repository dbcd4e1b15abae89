from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lablib.training import TrainingConfig, fit
from lablib.training.perturbation import adversarial_loss, perturbed


def loss(model, batch):
    inputs, classes = batch
    return nn.functional.cross_entropy(model(inputs), classes)


@pytest.fixture
def case():
    torch.manual_seed(0)
    return nn.Linear(6, 3), (torch.randn(8, 6), torch.arange(8) % 3)


def test_a_linear_case_by_hand():
    model = nn.Linear(2, 1, bias=False)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[3.0, 4.0]]))
    inputs = torch.zeros(2, 2)
    moved = perturbed(model, (inputs,), loss=lambda m, b: m(b[0]).mean(), eps=10.0)
    assert torch.allclose(moved, torch.tensor([[6.0, 8.0]] * 2))  # along the weights, length 10


@settings(max_examples=25, deadline=None)
@given(eps=st.floats(0, 5), seed=st.integers(0, 99))
def test_each_example_moves_by_eps(eps, seed):
    torch.manual_seed(seed)
    model, inputs, classes = nn.Linear(6, 3), torch.randn(5, 2, 6), torch.arange(5) % 3
    moved = perturbed(
        nn.Sequential(nn.Flatten(), nn.Linear(12, 3)), (inputs, classes), loss=loss, eps=eps
    )
    lengths = (moved - inputs).flatten(1).norm(dim=1)
    assert torch.allclose(lengths, torch.full((5,), eps), atol=1e-4)
    assert model.weight.grad is None


def test_the_step_raises_the_loss_more_than_a_random_one(case):
    model, batch = case
    moved = perturbed(model, batch, loss=loss, eps=0.5)
    direction = nn.functional.normalize(torch.randn(8, 6), dim=1)
    worse, random = (
        loss(model, (inputs, batch[1])) for inputs in (moved, batch[0] + 0.5 * direction)
    )
    assert worse > loss(model, batch)
    assert worse > random


def test_descending_instead_is_noticed(case):
    model, batch = case
    back = 2 * batch[0] - perturbed(model, batch, loss=loss, eps=0.5)
    assert loss(model, (back, batch[1])) < loss(model, batch)


def test_eps_zero_is_the_plain_loss_and_leaves_no_gradient_behind(case):
    model, batch = case
    assert torch.allclose(adversarial_loss(model, batch, loss=loss, eps=0.0), loss(model, batch))
    assert all(parameter.grad is None for parameter in model.parameters())


def test_fit_takes_it_and_validates_with_it(case):
    model, batch = case
    config = TrainingConfig(epochs=30, batch_size=4, learning_rate=0.05, device="cpu")
    result = fit(
        model, batch, loss=partial(adversarial_loss, loss=loss, eps=0.1), config=config,
        validation=batch,
    )  # fmt: skip
    assert result.history[-1].validation_loss < result.history[0].validation_loss


def test_bad_input(case):
    model, batch = case
    with pytest.raises(ValueError, match="int64"):
        perturbed(model, (torch.ones(2, 3).long(),), loss=loss, eps=0.1)
    with pytest.raises(ValueError, match="eps=-1"):
        perturbed(model, batch, loss=loss, eps=-1)
