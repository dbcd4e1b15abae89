import pytest
import torch

from lablib.language_models.scratch import leaks
from lablib.models.decoder import Decoder


def decoder(context=12):
    return Decoder(30, context=context, width=16, heads=2, layers=2, seed=0)


@pytest.mark.parametrize("at", [1, 5, 11])
def test_a_causal_model_does_not_move_by_a_bit(at):
    tokens = torch.randint(30, (3, 12), generator=torch.Generator().manual_seed(at))
    assert leaks.largest_change(decoder(), tokens, at=at, vocabulary=30) == 0.0


@pytest.mark.parametrize("at", [1, 5, 11])
def test_a_model_without_a_mask_is_caught(at):
    tokens = torch.randint(30, (3, 12), generator=torch.Generator().manual_seed(at))
    broken = leaks.without_mask(decoder())
    assert leaks.largest_change(broken, tokens, at=at, vocabulary=30) > 1e-4


def test_one_broken_block_is_enough():
    model = decoder()
    model.blocks[1].attention.causal = False
    tokens = torch.arange(12)[None]
    assert leaks.largest_change(model, tokens, at=6, vocabulary=30) > 1e-4


@pytest.mark.parametrize("at", [0, 12])
def test_there_must_be_something_on_both_sides(at):
    with pytest.raises(ValueError, match=f"at={at}"):
        leaks.largest_change(decoder(), torch.arange(12)[None], at=at, vocabulary=30)


def test_dropout_is_off_while_probing():
    model = Decoder(30, context=12, width=16, heads=2, layers=1, dropout=0.5, seed=0).train()
    assert leaks.largest_change(model, torch.arange(12)[None], at=6, vocabulary=30) == 0.0
    assert model.training
