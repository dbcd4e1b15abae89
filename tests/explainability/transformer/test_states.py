import pytest
import torch
from torch import nn

from lablib.explainability.transformer.states import (
    blocks_of,
    changed,
    changed_input,
    continued,
    readout,
    recorded,
    states_and_logits,
)
from lablib.models.decoder import Decoder
from lablib.models.encoder import Encoder

IDS = torch.tensor([[1, 2, 3, 4], [4, 0, 2, 2]])


@pytest.fixture(scope="module")
def decoder():
    return Decoder(7, context=6, width=8, heads=2, layers=3, seed=0).eval()


@pytest.fixture(scope="module")
def llama():
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(vocab_size=11, hidden_size=16, intermediate_size=32, num_hidden_layers=3,
                         num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=16,
                         tie_word_embeddings=True, pad_token_id=None)  # fmt: skip
    return LlamaForCausalLM(config).eval()


def test_states_of_a_decoder_by_hand(decoder):
    states, logits = states_and_logits(decoder, IDS)
    assert states.shape == (4, 2, 4, 8)
    embedded = decoder.embedding(IDS) + decoder.position.weight[:4]
    assert torch.equal(states[0], embedded)
    assert torch.equal(states[2], decoder.blocks[1](states[1]))
    assert torch.allclose(decoder.norm(states[3]) @ decoder.embedding.weight.T, logits)


def test_states_are_those_of_transformers_but_for_the_last_norm(llama):
    states, logits = states_and_logits(llama, IDS)
    with torch.no_grad():
        theirs = llama(IDS, output_hidden_states=True)
    for ours, other in zip(states[:-1], theirs.hidden_states[:-1], strict=True):
        assert torch.equal(ours, other)
    assert torch.allclose(llama.model.norm(states[-1]), theirs.hidden_states[-1], atol=1e-6)
    assert not torch.allclose(states[-1], theirs.hidden_states[-1], atol=1e-3)
    assert torch.equal(logits, theirs.logits)


def test_states_are_those_of_captum(decoder):
    captum = pytest.importorskip("captum.attr")
    found = captum.LayerActivation(decoder, decoder.blocks[1]).attribute(IDS)
    assert torch.equal(states_and_logits(decoder, IDS)[0][2], found)


@pytest.mark.parametrize("name", ["decoder", "llama"])
def test_continued_equals_the_run_with_hooks(name, request):
    model = request.getfixturevalue(name)
    states, logits = states_and_logits(model, IDS)
    other = states_and_logits(model, IDS.flip(0))[0]
    for layer in range(4):
        assert torch.allclose(continued(model, states[layer], layer), logits, atol=1e-5)
        mixed = states[layer].clone()
        mixed[:, 1] = other[layer][:, 1]
        with torch.no_grad(), changed(blocks_of(model), layer, lambda _, new=mixed: new):
            hooked = model(IDS)
        hooked = getattr(hooked, "logits", hooked)
        assert torch.allclose(continued(model, mixed, layer), hooked, atol=1e-5)
        assert not torch.allclose(hooked, logits, atol=1e-3)


def test_hooks_are_gone_afterwards_also_after_an_error(decoder):
    before = decoder(IDS)
    blocks = blocks_of(decoder)
    with pytest.raises(RuntimeError, match="planted"), changed(blocks, 3, lambda x: x * 0):
        raise RuntimeError("planted")
    with (
        changed(blocks, 1, torch.zeros_like),
        changed_input(blocks[0].attention.out, torch.ones_like),
    ):
        assert not torch.equal(decoder(IDS), before)
    assert torch.equal(decoder(IDS), before)
    assert not any(block._forward_pre_hooks or block._forward_hooks for block in blocks)


def test_what_is_unknown_is_said(decoder):
    assert len(blocks_of(Encoder(5, context=4, width=8, heads=2, layers=2, seed=0))) == 2
    with pytest.raises(ValueError, match="without a list of blocks"):
        blocks_of(nn.Linear(2, 2))
    with (
        pytest.raises(ValueError, match="states 0 to 3"),
        changed(blocks_of(decoder), 4, torch.relu),
    ):
        pass
    with pytest.raises(ValueError, match="no final norm"):
        readout(nn.Linear(2, 2))
    with recorded(blocks_of(decoder)) as states:
        decoder(IDS)
    assert len(states) == 4
