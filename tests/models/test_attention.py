"""Attention three ways: by hand with loops, `lablib`, and torch."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from lablib.models.attention import Cache, MultiHeadAttention, attention, attention_weights


def by_hand(q: Tensor, k: Tensor, v: Tensor, *, causal: bool) -> list[list[float]]:
    """One head, one example, no tensor operation: the definition in loops."""
    rows = []
    for t, query in enumerate(q.tolist()):
        visible = range(t + 1 if causal else len(k))
        scores = [
            math.fsum(a * b for a, b in zip(query, k[s].tolist(), strict=True))
            / math.sqrt(len(query))
            for s in visible
        ]
        powers = [math.exp(score - max(scores)) for score in scores]
        shares = [power / math.fsum(powers) for power in powers]
        rows.append(
            [
                math.fsum(share * v[s, d].item() for s, share in zip(visible, shares, strict=True))
                for d in range(v.shape[1])
            ]
        )
    return rows


def draw(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("causal", [False, True])
def test_by_hand_lablib_and_torch_agree(causal: bool) -> None:
    q, k, v = (draw(7, 4, seed=seed) for seed in range(3))
    ours = attention(q, k, v, causal=causal)
    torchs = functional.scaled_dot_product_attention(
        q[None, None], k[None, None], v[None, None], is_causal=causal
    )[0, 0]
    torch.testing.assert_close(ours, torch.tensor(by_hand(q, k, v, causal=causal)).double())
    torch.testing.assert_close(ours, torchs)


def test_two_positions_by_hand() -> None:
    q = torch.tensor([[1.0], [1.0]])
    k = torch.tensor([[0.0], [math.log(3)]])
    # The second query sees both keys at scores 0 and log 3: weights 1/4 and 3/4.
    assert attention_weights(q, k, causal=True)[1].tolist() == pytest.approx([0.25, 0.75])
    assert attention(q, k, torch.tensor([[8.0], [4.0]]), causal=True)[:, 0].tolist() == [8.0, 5.0]


@settings(max_examples=30, deadline=None)
@given(
    batch=st.integers(1, 3),
    queries=st.integers(1, 6),
    earlier=st.integers(0, 4),
    seed=st.integers(0, 10_000),
)
def test_rows_sum_to_one_and_never_look_ahead(
    batch: int, queries: int, earlier: int, seed: int
) -> None:
    q, k = draw(batch, queries, 3, seed=seed), draw(batch, queries + earlier, 3, seed=seed + 1)
    weights = attention_weights(q, k, causal=True)
    torch.testing.assert_close(weights.sum(-1), torch.ones(batch, queries).double())
    ahead = torch.ones(queries, queries + earlier).triu(earlier + 1).bool()
    assert (weights[:, ahead] == 0).all()
    assert (weights[:, ~ahead] > 0).all()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), shift=st.floats(-5, 5))
def test_order_of_keys_and_a_shift_of_all_scores_do_not_matter(seed: int, shift: float) -> None:
    q, k, v = (draw(5, 4, seed=seed + n) for n in range(3))
    order = torch.randperm(5, generator=torch.Generator().manual_seed(seed))
    torch.testing.assert_close(attention(q, k[order], v[order]), attention(q, k, v))
    # The same vector added to every key moves all scores of a query alike.
    torch.testing.assert_close(attention(q, k + shift, v), attention(q, k, v))


def torch_twin(ours: MultiHeadAttention) -> nn.MultiheadAttention:
    """torch's module with the same weights: it too keeps q, k, v in one matrix."""
    twin = nn.MultiheadAttention(ours.width, ours.heads, batch_first=True)
    twin.load_state_dict(
        {
            "in_proj_weight": ours.qkv.weight,
            "in_proj_bias": ours.qkv.bias,
            "out_proj.weight": ours.out.weight,
            "out_proj.bias": ours.out.bias,
        }
    )
    return twin


@pytest.mark.parametrize("kind", ["plain", "causal", "padded", "cross", "causal and padded"])
def test_multi_head_attention_equals_torchs(kind: str) -> None:
    ours = MultiHeadAttention(24, 4, causal="causal" in kind)
    torch.nn.init.normal_(ours.qkv.bias)
    x, memory = draw(3, 6, 24).float(), None
    mask = None
    if kind == "cross":
        memory = draw(3, 9, 24, seed=1).float()
    if "padded" in kind:
        mask = torch.arange(6) < torch.tensor([[6], [4], [1]])
    source = x if memory is None else memory
    theirs, weights = torch_twin(ours)(
        x,
        source,
        source,
        key_padding_mask=None if mask is None else ~mask,
        attn_mask=torch.ones(6, 6).triu(1).bool() if ours.causal else None,
        average_attn_weights=False,
    )
    torch.testing.assert_close(ours(x, memory=memory, mask=mask), theirs, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(
        ours.weights(x, memory=memory, mask=mask), weights, atol=1e-5, rtol=1e-5
    )


def test_padding_changes_nothing_before_it() -> None:
    ours, x = MultiHeadAttention(16, 2), draw(1, 6, 16).float()
    mask = torch.arange(6)[None] < 4
    torch.testing.assert_close(ours(x, mask=mask)[:, :4], ours(x[:, :4]))


@pytest.mark.parametrize("pieces", [[1] * 6, [3, 1, 2], [4, 2]])
def test_the_cache_gives_what_one_pass_gives(pieces: list[int]) -> None:
    ours, x, cache = MultiHeadAttention(16, 2, causal=True), draw(2, 6, 16).float(), Cache()
    parts = [ours(part, cache=cache) for part in x.split(pieces, dim=1)]
    assert len(cache) == 6
    torch.testing.assert_close(torch.cat(parts, dim=1), ours(x))


def test_dropout_acts_in_training_only() -> None:
    ours, x = MultiHeadAttention(16, 2, dropout=0.5), draw(2, 6, 16).float()
    assert not torch.equal(ours(x), ours(x))
    ours.eval()
    assert torch.equal(ours(x), ours(x))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"width": 10, "heads": 4}, "heads=4 must divide width=10.*width=8"),
        ({"width": 8, "heads": 0}, "heads=0 must be at least 1"),
        ({"width": 8, "heads": 2, "dropout": 1.0}, r"dropout=1.0 must be in \[0, 1\)"),
    ],
)
def test_bad_sizes_are_named(options: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        MultiHeadAttention(**options)
