"""Clipped sums by hand, by loop, by vmap and by Opacus; and what only looks like one."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lablib.privacy.private_sgd import images
from lablib.privacy.private_sgd.clipping import (
    by_loop,
    by_opacus,
    by_vmap,
    class_losses,
    factors,
    trained,
)
from lablib.privacy.private_sgd.one_pass import by_one_pass as one_pass


def squared(model, batch):
    inputs, target = batch
    return (model(inputs)[:, 0] - target) ** 2 / 2


def digits(size=12, seed=0):
    draw = torch.Generator().manual_seed(seed)
    return (
        torch.rand(size, 1, 28, 28, generator=draw),
        torch.randint(0, 10, (size,), generator=draw),
    )


WAYS = {
    "loop": by_loop,
    "vmap": by_vmap,
    "one pass": one_pass,
    "hooks": lambda *a, **k: by_opacus(*a, **k, mode="hooks"),
    "ghost": lambda *a, **k: by_opacus(*a, **k, mode="ghost"),
}


@pytest.mark.parametrize("way", WAYS)
def test_two_examples_by_hand(way):
    # y = w x at w = 0: gradients are -t x, so (-3, -4) of norm 5 and (0, 0.5) of norm 0.5
    model = nn.Linear(2, 1, bias=False)
    nn.init.zeros_(model.weight)
    batch = (torch.tensor([[3.0, 4.0], [0.0, 0.5]]), torch.tensor([1.0, -1.0]))
    found = WAYS[way](model, batch, squared, max_grad_norm=1.0)
    assert torch.allclose(found.norms, torch.tensor([5.0, 0.5]))
    assert torch.allclose(found.total["weight"], torch.tensor([[-0.6, -0.8 + 0.5]]), atol=1e-5)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("max_grad_norm", [0.1, 2.55, 100.0])
def test_all_ways_agree_on_a_network_with_convolutions(way, max_grad_norm):
    model, batch = images.small_cnn(seed=1), digits()
    expected = by_loop(model, batch, class_losses, max_grad_norm=max_grad_norm)
    found = WAYS[way](model, batch, class_losses, max_grad_norm=max_grad_norm)
    assert found.total.keys() == dict(model.named_parameters()).keys()
    assert torch.allclose(found.norms, expected.norms, atol=1e-5)
    for name, value in found.total.items():
        assert torch.allclose(value, expected.total[name], atol=1e-5)
    assert all(p.grad is None for p in model.parameters())


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 100), loud=st.floats(0.1, 1e4), max_grad_norm=st.floats(0.05, 3))
def test_one_more_example_moves_the_sum_by_at_most_the_norm(seed, loud, max_grad_norm):
    draw = torch.Generator().manual_seed(seed)
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1))
    inputs, target = torch.randn(6, 4, generator=draw), torch.randn(6, generator=draw)
    target[-1] *= loud
    few = one_pass(model, (inputs[:-1], target[:-1]), squared, max_grad_norm=max_grad_norm)
    all_of_them = one_pass(model, (inputs, target), squared, max_grad_norm=max_grad_norm)
    moved = torch.cat([(all_of_them.total[n] - few.total[n]).flatten() for n in few.total]).norm()
    assert moved <= max_grad_norm * (1 + 1e-4)


def test_the_wrong_clippings_move_further():
    model, (inputs, target) = nn.Linear(3, 1), (torch.eye(3) * 100, torch.full((3,), 50.0))
    right = by_loop(model, (inputs, target), squared, max_grad_norm=1.0)
    plain = by_loop(model, (inputs, target), squared, max_grad_norm=math.inf)
    assert right.total["weight"].norm() <= 3
    assert plain.total["weight"].norm() > 100
    mean = plain.total["weight"] / 3
    clipped_mean = mean * factors(mean.norm(), 1.0)
    assert not torch.allclose(clipped_mean, right.total["weight"] / 3, atol=0.01)


@pytest.mark.parametrize("way", ["loop", "vmap", "one pass"])
def test_a_batch_that_nobody_is_in(way):
    model = images.small_cnn()
    found = WAYS[way](model, digits(0), class_losses, max_grad_norm=1.0)
    assert found.norms.shape == (0,)
    assert all(not value.any() for value in found.total.values())


def test_frozen_parameters_are_left_out():
    model = images.small_cnn()
    for p in model[:7].parameters():
        p.requires_grad_(False)
    names = set(trained(model))
    for way in WAYS.values():
        assert set(way(model, digits(4), class_losses, max_grad_norm=1.0).total) == names
    model.requires_grad_(False)
    with pytest.raises(ValueError, match="no parameter of the model requires a gradient"):
        by_loop(model, digits(2), class_losses, max_grad_norm=1.0)


def test_factors_by_hand():
    found = factors(torch.tensor([0.0, 0.5, 4.0]), 2.0)
    assert found.tolist() == [1.0, 1.0, 0.5]
    assert factors(torch.tensor([0.0, 1e9]), math.inf).tolist() == [1.0, 1.0]
