import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.explainability.transformer.patching import (
    Pairs,
    everything_and_nothing,
    head_outputs,
    patched_logits,
    restored,
    restored_by_state,
    with_head,
)
from lablib.explainability.transformer.states import blocks_of, states_and_logits
from lablib.models.decoder import Decoder

MODEL = Decoder(9, context=8, width=16, heads=4, layers=3, seed=1).eval()


def pairs(seed, tokens=5, rows=3):
    generator = torch.Generator().manual_seed(seed)
    clean = torch.randint(9, (rows, tokens), generator=generator)
    corrupted = clean.clone()
    corrupted[:, 2] = (clean[:, 2] + 1 + torch.randint(7, (rows,), generator=generator)) % 9
    return Pairs(clean, corrupted, clean[:, 2], corrupted[:, 2])


def test_restored_by_hand_and_its_ends():
    clean, corrupted = torch.tensor([5.0, 2.0]), torch.tensor([-3.0, 1.0])
    assert restored(torch.tensor([1.0, 1.5]), clean, corrupted).tolist() == [0.5, 0.5]
    assert restored(clean, clean, corrupted).tolist() == [1, 1]
    assert restored(corrupted, clean, corrupted).tolist() == [0, 0]
    with pytest.raises(ValueError, match="nothing to restore"):
        restored(clean, clean, clean)


@given(st.integers(0, 500), st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_all_positions_give_the_clean_run_and_none_the_corrupted_one(seed, layer):
    everything, nothing = everything_and_nothing(MODEL, pairs(seed), layer=layer)
    assert everything < 1e-5
    assert nothing == 0


@given(st.integers(0, 500))
@settings(max_examples=15, deadline=None)
def test_positions_before_the_difference_restore_nothing_and_the_end_restores_all(seed):
    found = restored_by_state(MODEL, pairs(seed), layers=[0, 1, 2, 3], positions=[0, 1, 2, -1])
    assert found[:, :2].abs().max() < 1e-3  # causal: nothing there differs
    assert found[0, 2].sub(1).abs().max() < 1e-3  # the only token that differs
    assert found[3, 3].sub(1).abs().max() < 1e-3  # what the logits are read from
    assert found[3, 2].abs().max() < 1e-3
    assert found[0, 3].abs().max() < 1e-3


def test_a_fast_sweep_is_the_sweep_with_hooks():
    given_pairs = pairs(4)
    states, clean = states_and_logits(MODEL, given_pairs.clean)
    corrupted = states_and_logits(MODEL, given_pairs.corrupted)[1]
    fast = restored_by_state(MODEL, given_pairs, layers=[1, 2], positions=[2, 4])
    for row, layer in enumerate((1, 2)):
        for column, position in enumerate((2, 4)):
            logits = patched_logits(MODEL, given_pairs.corrupted, states[layer], layer=layer,
                                    positions=[position])  # fmt: skip
            slow = restored(*(given_pairs.difference(run) for run in (logits, clean, corrupted)))
            assert torch.allclose(fast[row, column], slow, atol=1e-4)


def test_a_patch_that_never_reaches_the_model_restores_nothing():
    given_pairs = pairs(4)
    same = restored_by_state(MODEL, given_pairs, layers=[0, 1, 2, 3], positions=[2, -1],
                             source=given_pairs.corrupted)  # fmt: skip
    assert same.abs().max() < 1e-4  # the wrong variant: the corrupted run's own states


def test_heads_are_the_slices_that_are_mixed():
    ids = pairs(0).clean
    heads = head_outputs(MODEL, ids)
    assert heads.shape == (3, 3, 5, 4, 4)
    block, states = blocks_of(MODEL)[1], states_and_logits(MODEL, ids)[0]
    normed = block.norm_attention(states[1])
    values = block.attention.qkv(normed)[..., 32:].reshape(3, 5, 4, 4)
    by_hand = torch.einsum("nhts,nshd->nthd", block.attention.weights(normed), values)
    assert torch.allclose(heads[1], by_hand, atol=1e-5)
    logits = states_and_logits(MODEL, ids)[1]
    own = with_head(MODEL, ids, heads[1, :, :, 2], layer=1, head=2, position=None)
    assert torch.allclose(own, logits, atol=1e-5)
    zero = with_head(MODEL, ids, torch.zeros(4), layer=1, head=2, position=-1)
    assert torch.allclose(zero[:, :-1], logits[:, :-1], atol=1e-5)
    assert not torch.allclose(zero[:, -1], logits[:, -1], atol=1e-4)


def test_prompts_of_a_pair_have_equal_length():
    with pytest.raises(ValueError, match="equal length"):
        Pairs(torch.zeros(2, 3).long(), torch.zeros(2, 4).long(), torch.zeros(2), torch.zeros(2))
