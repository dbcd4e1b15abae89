from __future__ import annotations

import math
from functools import partial
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from lablib.training.losses import (
    IGNORED,
    classification_loss,
    hide_tokens,
    masked_token_loss,
    next_token_loss,
    scored,
    sequence_to_sequence_loss,
    tagging_loss,
    trimmed,
)


class Table(nn.Module):
    """Logits that depend on the token alone, like a bigram table; counts the columns it sees."""

    def __init__(self, logits: list[list[float]], *, wrapped: bool = False) -> None:
        super().__init__()
        self.table, self.wrapped, self.columns = torch.tensor(logits), wrapped, 0

    def forward(self, tokens: Tensor, *_: Tensor) -> object:
        self.columns = tokens.shape[1]
        logits = self.table[tokens]
        return SimpleNamespace(logits=logits) if self.wrapped else logits


QUARTER = [[0.0, math.log(3)], [0.0, math.log(3)]]  # token 1 has probability 3/4 after any token


@pytest.mark.parametrize("wrapped", [False, True])
def test_next_token_by_hand(wrapped: bool) -> None:
    windows = torch.tensor([[0, 1, 1], [1, 0, 1]])  # targets 1 1 0 1
    loss = next_token_loss(Table(QUARTER, wrapped=wrapped), (windows,))
    assert loss.item() == pytest.approx(-(3 * math.log(3 / 4) + math.log(1 / 4)) / 4)


def test_tagging_by_hand_scores_only_what_has_a_tag() -> None:
    ids = torch.tensor([[0, 1, 0], [1, 0, 0]])
    mask = torch.tensor([[1, 1, 0], [1, 0, 0]])
    tags = torch.tensor([[IGNORED, 1, IGNORED], [0, IGNORED, IGNORED]])
    model = Table(QUARTER)
    expected = -(math.log(3 / 4) + math.log(1 / 4)) / 2
    assert tagging_loss(model, (ids, mask, tags)).item() == pytest.approx(expected)
    assert model.columns == 2  # the column that is padding everywhere costs nothing


def test_sequence_to_sequence_by_hand() -> None:
    class Constant(nn.Module):
        def forward(self, source: Tensor, target: Tensor, mask: Tensor) -> Tensor:
            assert mask.tolist() == [[True, False], [True, True]]
            return torch.tensor([0.0, 0.0, math.log(2)]).expand(*target.shape, 3)

    source = torch.tensor([[5, 0], [5, 6]])
    target = torch.tensor([[1, 2, 0], [1, 1, 2]])  # labels 2 -, 1 2
    loss = sequence_to_sequence_loss(Constant(), (source, target))
    assert loss.item() == pytest.approx(-(2 * math.log(2 / 4) + math.log(1 / 4)) / 3)


def test_classification_takes_a_mask_or_none() -> None:
    class First(nn.Module):
        def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
            return torch.tensor(QUARTER)[ids[:, 0]]

    ids, classes = torch.tensor([[0, 1], [1, 0]]), torch.tensor([1, 1])
    plain = classification_loss(First(), (ids, classes))
    masked = classification_loss(First(), (ids, torch.ones_like(ids), classes))
    assert plain.item() == masked.item() == pytest.approx(-math.log(3 / 4))


def test_nothing_to_score_is_zero_and_not_nan() -> None:
    logits = torch.zeros(1, 2, 3, requires_grad=True)
    loss = scored(logits, torch.full((1, 2), IGNORED))
    loss.backward()
    assert loss.item() == 0
    assert not logits.grad.any()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.05, 1.0))
def test_hidden_tokens_keep_their_promises(seed: int, share: float) -> None:
    torch.manual_seed(seed)
    tokens, mask = torch.randint(20, (6, 30)), torch.rand(6, 30) < 0.8
    seen, labels = hide_tokens(
        tokens, mask, mask_token=3, vocabulary=20, special=(0, 1), share=share
    )
    chosen = labels != IGNORED
    assert torch.equal(labels[chosen], tokens[chosen])
    assert torch.equal(seen[~chosen], tokens[~chosen])
    assert not (chosen & ~mask.bool()).any()
    assert not (chosen & (tokens <= 1)).any()


def test_the_shares_are_those_of_the_paper() -> None:
    torch.manual_seed(0)
    tokens = torch.full((200, 500), 7)
    seen, labels = hide_tokens(tokens, torch.ones_like(tokens), mask_token=3, vocabulary=1000)
    chosen = labels != IGNORED
    assert chosen.float().mean().item() == pytest.approx(0.15, abs=0.005)
    of_chosen = seen[chosen]
    assert (of_chosen == 3).float().mean().item() == pytest.approx(0.8, abs=0.015)
    assert (of_chosen == 7).float().mean().item() == pytest.approx(0.1, abs=0.01)


def test_masking_is_new_for_each_batch_and_follows_the_seed() -> None:
    tokens = torch.randint(4, 20, (8, 16))
    loss = partial(masked_token_loss, mask_token=3, vocabulary=20)
    model, batch = Table(torch.randn(20, 20).tolist()), (tokens, torch.ones_like(tokens))
    torch.manual_seed(0)
    first, second = loss(model, batch), loss(model, batch)
    torch.manual_seed(0)
    assert first.item() == loss(model, batch).item()
    assert first.item() != second.item()


def test_trimming_keeps_every_token_wherever_padding_stands() -> None:
    mask = torch.tensor([[0, 1, 1, 0, 0], [0, 0, 1, 0, 0]])
    ids = torch.arange(10).reshape(2, 5)
    short, rest = trimmed(ids, mask)
    assert short.tolist() == [[0, 1, 2], [5, 6, 7]]
    assert rest.sum() == mask.sum()
    assert trimmed(ids, torch.zeros_like(mask))[0].shape == (2, 1)


def test_a_share_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"share=0.0 must be in \(0, 1\]"):
        hide_tokens(torch.zeros(1, 1), torch.ones(1, 1), mask_token=0, vocabulary=1, share=0.0)
