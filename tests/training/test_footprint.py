import copy

import pytest
import torch
from torch import nn

from lablib.training.footprint import footprint


def squared(model, batch):
    return model(batch).square().mean()


@pytest.fixture
def network():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(300, 200, bias=False), nn.ReLU(), nn.Linear(200, 100, bias=False)
    )


def test_by_hand_for_one_matrix():
    model = nn.Linear(100, 50, bias=False)
    cost = footprint(model, torch.ones(1, 100), loss=squared)
    matrix = 100 * 50 * 4
    assert cost.weights == matrix
    # Gradient and two moments, and beside them only vectors of 50 and single numbers.
    assert 3 * matrix <= cost.training <= 3 * matrix + 4000
    assert cost.seconds >= 0


def test_equal_to_the_memory_tracker_of_torch(network):
    from torch.distributed._tools.mem_tracker import MemTracker

    batch = torch.randn(64, 300)
    cost = footprint(copy.deepcopy(network), batch, loss=squared)
    optimizer = torch.optim.AdamW(network.parameters(), fused=True)

    def step():
        squared(network, batch).backward()
        optimizer.step()
        optimizer.zero_grad()

    step()
    tracker = MemTracker()
    tracker.track_external(network, optimizer)
    with tracker:
        step()
    peak = tracker.get_tracker_snapshot("peak")[torch.device("cpu")]["Total"]
    assert cost.weights + cost.training == pytest.approx(peak, rel=0.01)


def test_frozen_weights_need_no_gradient_and_no_moments(network):
    batch = torch.randn(1, 300)
    full = footprint(copy.deepcopy(network), batch, loss=squared)
    network[0].requires_grad_(False)
    part = footprint(network, batch, loss=squared)
    assert part.weights == full.weights
    assert full.training - part.training == pytest.approx(3 * 300 * 200 * 4, rel=0.05)


def test_a_longer_batch_holds_more_activations(network):
    small, large = (
        footprint(copy.deepcopy(network), torch.randn(n, 300), loss=squared) for n in (8, 800)
    )
    assert large.training > small.training + 2 * 800 * 200 * 4
