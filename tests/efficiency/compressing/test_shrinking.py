import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from lablib.efficiency.compressing import shrinking
from lablib.efficiency.compressing.pruning import linears
from lablib.models.mlp import MLP


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 12), st.integers(1, 7))
def test_the_shrunk_network_computes_what_the_silenced_one_does(seed, first, second):
    model = MLP(5, hidden=(12, 7), out_features=3, seed=seed).double()
    kept = shrinking.strongest_units(model, widths=(first, second))
    x = torch.randn(9, 5, generator=torch.Generator().manual_seed(seed)).double()
    small, silent = shrinking.shrink(model, kept), shrinking.silence(model.float(), kept).double()
    assert torch.allclose(small.float()(x.float()), silent.float()(x.float()), atol=1e-6)
    shapes = [tuple(layer.weight.shape) for layer in linears(small).values()]
    assert shapes == [(first, 5), (second, first), (3, second)]


def test_a_unit_that_nobody_reads_is_not_strong():
    model = MLP(2, hidden=(3,), out_features=1, seed=0)
    with torch.no_grad():
        model.layers[0].weight.copy_(torch.tensor([[3.0, 4.0], [30.0, 40.0], [0.0, 1.0]]))
        model.layers[3].weight.copy_(torch.tensor([[1.0, 0.0, -2.0]]))
    (kept,) = shrinking.strongest_units(model, widths=(2,))  # scores 5, 0 and 2
    assert kept.tolist() == [0, 2]
    with pytest.raises(ValueError, match="not from 1 to 3"):
        shrinking.strongest_units(model, widths=(4,))
    with pytest.raises(ValueError, match="1 hidden layers"):
        shrinking.strongest_units(model, widths=(1, 1))


def test_channels_of_a_convolution():
    one, two = nn.Conv2d(1, 6, 3), nn.Conv2d(6, 4, 3)
    kept = torch.tensor([1, 4])
    x = torch.randn(2, 1, 9, 9)
    small = shrinking.narrowed(two, inputs=kept)(shrinking.narrowed(one, outputs=kept)(x).relu())
    hidden = one(x).relu()
    mask = torch.zeros(6).index_fill_(0, kept, 1.0)[:, None, None]
    assert torch.allclose(small, two(hidden * mask), atol=1e-6)
    with pytest.raises(ValueError, match="groups"):
        shrinking.narrowed(nn.Conv2d(4, 4, 3, groups=2), outputs=kept)


def test_feed_forward_units_and_heads_of_a_transformer():
    torch.manual_seed(0)
    block = nn.TransformerEncoderLayer(8, 4, dim_feedforward=12, dropout=0.0, batch_first=True)
    x, kept = torch.randn(2, 5, 8), torch.tensor([0, 3, 9])
    silent, small = copy.deepcopy(block), copy.deepcopy(block)
    mask = torch.zeros(12).index_fill_(0, kept, 1.0)
    with torch.no_grad():
        silent.linear2.weight.mul_(mask)
    small.linear1 = shrinking.narrowed(block.linear1, outputs=kept)
    small.linear2 = shrinking.narrowed(block.linear2, inputs=kept)
    assert torch.allclose(small(x), silent(x), atol=1e-6)

    parts = [nn.Linear(8, 8) for _ in range(4)]  # queries, keys, values, output; 4 heads of 2
    rows = torch.tensor([2, 3, 6, 7])  # heads 1 and 3

    def attend(q, k, v, out, heads):
        split = [part(x).unflatten(2, (heads, 2)).transpose(1, 2) for part in (q, k, v)]
        mixed = nn.functional.scaled_dot_product_attention(*split).transpose(1, 2).flatten(2)
        return out(mixed), mixed

    _, mixed = attend(*parts, heads=4)
    cut = [shrinking.narrowed(part, outputs=rows) for part in parts[:3]]
    got, _ = attend(*cut, shrinking.narrowed(parts[3], inputs=rows), heads=2)
    other = torch.zeros(8).index_fill_(0, rows, 1.0)
    assert torch.allclose(got, parts[3](mixed * other), atol=1e-6)


def test_dropping_named_tensors_loses_the_outputs():
    model = MLP(400, hidden=(200, 100), out_features=10, seed=0)
    left = shrinking.drop_named(model.state_dict(), threshold=4.0)
    assert list(left) == ["layers.0.weight", "layers.3.weight"]
    assert shrinking.stacked(left, torch.rand(3, 400)).shape == (3, 100)
