import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lablib.applications.credit import eight_bits as eight_bits
from lablib.applications.credit import models
from lablib.efficiency.compressing.integer import dynamic_int8
from lablib.models.mlp import MLP


def rows(count=40, seed=0):
    scale = torch.logspace(-2, 2, count)[:, None]  # some rows are large, some small
    return torch.randn(count, 43, generator=torch.Generator().manual_seed(seed)) * scale


def test_a_row_in_a_batch_is_the_row_alone_and_with_one_step_for_all_it_is_not():
    """Sentinel: torch's own dynamic layers round everybody by the largest entry of the batch."""
    network = MLP(43, hidden=(64, 32), seed=0)
    x = rows()
    for build, same in ((eight_bits.by_row, True), (dynamic_int8, False)):
        model = build(network)
        with torch.no_grad():
            together, alone = model(x), torch.cat([model(row[None]) for row in x])
        assert torch.equal(together, alone) is same


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_the_layer_is_near_the_one_it_copies(seed):
    layer = nn.Linear(43, 8)
    x = rows(12, seed)
    with torch.no_grad():
        expected, found = layer(x), eight_bits.RowInt8(layer)(x)
    size = x.abs().amax(1, keepdim=True) * layer.weight.abs().sum(1)
    assert torch.all((found - expected).abs() < 0.02 * size + 1e-6)


def test_a_row_by_hand():
    layer = nn.Linear(2, 1)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[1.0, -1.0]]))
        layer.bias.fill_(0.5)
    found = eight_bits.RowInt8(layer)(torch.tensor([[3.0, 0.0], [0.0, 0.0], [-2.0, 2.0]]))
    # The ends of a row are exact: z is 0 or 1 there.
    assert found[:, 0].tolist() == pytest.approx([3.5, 0.5, -3.5], abs=1e-5)


def test_scores_of_the_matrix_row_do_not_know_their_neighbours():
    original = models.Fitted(lambda x: x[:, 0], 0, network=MLP(43, hidden=(16,), seed=0))
    small = models.in_int8(original)
    x = rows().numpy().astype(np.float64)
    assert np.array_equal(small.score(x)[::7], small.score(x[::7]))
    assert small.behind is original.network
    assert small.network is None  # it has no gradient that one could climb
