import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import BertConfig, BertModel

from lablib.explainability.transformer.attention_maps import (
    by_word,
    map_of,
    maps,
    rollout,
    values_of,
    with_map,
)
from lablib.explainability.transformer.attention_tests import (
    one_position,
    other_weights,
    permuted,
    uniform,
)
from lablib.explainability.transformer.states import blocks_of, recorded

IDS = torch.tensor([[1, 5, 7, 2, 0], [1, 4, 4, 6, 2]])
MASK = torch.tensor([[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]])


@pytest.fixture(scope="module")
def encoder():
    torch.manual_seed(0)
    config = BertConfig(vocab_size=9, hidden_size=16, num_hidden_layers=3, num_attention_heads=4,
                        intermediate_size=32, max_position_embeddings=8,
                        initializer_range=0.5)  # fmt: skip
    return BertModel(config).eval()


def test_maps_are_those_of_transformers(encoder):
    ours = maps(encoder, MASK, input_ids=IDS)
    assert ours.shape == (3, 2, 4, 5, 5)
    encoder.set_attn_implementation("eager")
    with torch.no_grad():
        theirs = encoder(IDS, MASK, output_attentions=True).attentions
    encoder.set_attn_implementation("sdpa")
    assert torch.allclose(ours, torch.stack(theirs), atol=1e-5)
    assert torch.allclose(ours.sum(-1), torch.ones(3, 2, 4, 5), atol=1e-5)


def test_a_block_with_its_own_map_is_itself_and_with_another_is_not(encoder):
    with torch.no_grad(), recorded(blocks_of(encoder)) as states:
        encoder(IDS)
    for number, block in enumerate(blocks_of(encoder)):
        weights = map_of(block, states[number])
        own = with_map(block, states[number], weights)
        assert torch.allclose(own, states[number + 1], atol=1e-5)
        for way in (permuted, uniform, one_position):
            other = way(weights, torch.Generator().manual_seed(0))
            assert torch.allclose(other.sum(-1), torch.ones(()), atol=1e-5)
            assert not torch.allclose(with_map(block, states[number], other), own, atol=1e-3)


def test_rollout_by_hand():
    first = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    second = torch.tensor([[0.0, 1.0], [0.0, 1.0]])
    # 0.5 I + 0.5 A: [[1, 0], [.5, .5]] then [[.5, .5], [0, 1]]; second times first
    assert rollout(torch.stack([first, second])).tolist() == [[0.75, 0.25], [0.5, 0.5]]
    assert rollout(torch.stack([first, second]), residual=0).tolist() == [[1.0, 0.0], [1.0, 0.0]]
    assert rollout(torch.stack([first]), residual=1).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    with pytest.raises(ValueError, match="residual is 2"):
        rollout(torch.stack([first]), residual=2)


@given(st.integers(0, 1000), st.integers(1, 4), st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_rows_of_a_rollout_stay_shares(seed, layers, residual):
    generator = torch.Generator().manual_seed(seed)
    given_maps = torch.rand(layers, 4, 4, generator=generator).softmax(-1)
    found = rollout(given_maps, residual=residual)
    assert torch.allclose(found.sum(-1), torch.ones(4), atol=1e-5)
    assert (found >= 0).all()
    same = rollout(torch.eye(4).expand(layers, 4, 4), residual=residual)
    assert torch.allclose(same, torch.eye(4))


def test_the_order_of_layers_matters():
    generator = torch.Generator().manual_seed(3)
    layers = torch.rand(3, 4, 4, generator=generator).softmax(-1) * torch.rand(3, 1, 4)
    layers = layers / layers.sum(-1, keepdim=True)
    assert not torch.allclose(rollout(layers), rollout(layers.flip(0)), atol=1e-4)


@given(st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_other_weights_have_the_same_output(seed):
    rng = np.random.default_rng(seed)
    tokens, width = 12, 4
    row = rng.dirichlet(np.ones(tokens))
    values = rng.normal(size=(tokens, width))
    top = int(row.argmax())
    other = other_weights(row, values, avoid=top)
    assert other @ values == pytest.approx(row @ values, abs=1e-6)
    assert other.sum() == pytest.approx(1)
    assert other.min() >= -1e-9
    assert other[top] <= row[top] + 1e-9


def test_few_positions_have_no_other_weights():
    rng = np.random.default_rng(0)
    row, values = rng.dirichlet(np.ones(4)), rng.normal(size=(4, 6))
    assert other_weights(row, values, avoid=0) == pytest.approx(row, abs=1e-6)


def test_words_collect_their_pieces(encoder):
    assert by_word(torch.tensor([0.1, 0.2, 0.3]), [0, 0, 1]).tolist() == pytest.approx([0.3, 0.3])
    with torch.no_grad(), recorded(blocks_of(encoder)) as states:
        encoder(IDS)
    assert values_of(blocks_of(encoder)[0], states[0]).shape == (2, 4, 5, 4)
