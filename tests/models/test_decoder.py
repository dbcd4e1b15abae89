from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional
from transformers import GPT2Config, GPT2LMHeadModel

from lablib.models.decoder import Decoder


def small(**options: object) -> Decoder:
    sizes = {"context": 12, "width": 24, "heads": 4, "layers": 3, "seed": 0}
    return Decoder(17, **(sizes | options))  # type: ignore[arg-type]


def tokens(rows: int, length: int, *, seed: int = 0) -> Tensor:
    return torch.randint(17, (rows, length), generator=torch.Generator().manual_seed(seed))


def logits_that_move(model: Decoder, row: Tensor, changed: int) -> list[bool]:
    """For each position, whether its logits depend on the token at `changed`."""
    other = row.clone()
    other[changed] = (other[changed] + 1) % 17
    with torch.no_grad():
        before, after = model(row[None])[0], model(other[None])[0]
    return [not torch.equal(a, b) for a, b in zip(before, after, strict=True)]


# --- the same model as GPT-2 -----------------------------------------------------------------


def gpt2_with_weights_of(ours: Decoder) -> GPT2LMHeadModel:
    """GPT-2 of transformers with every weight of `ours`; its matrices are stored transposed."""
    theirs = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=17, n_positions=12, n_embd=24, n_layer=3, n_head=4,
            embd_pdrop=0.0, attn_pdrop=0.0, resid_pdrop=0.0, bos_token_id=0, eos_token_id=0,
        )
    )  # fmt: skip
    state = {"wte.weight": ours.embedding.weight, "wpe.weight": ours.position.weight}
    state |= {f"ln_f.{kind}": getattr(ours.norm, kind) for kind in ("weight", "bias")}
    for number, block in enumerate(ours.blocks):
        for name, module in {
            "ln_1": block.norm_attention,
            "attn.c_attn": block.attention.qkv,
            "attn.c_proj": block.attention.out,
            "ln_2": block.norm_feed_forward,
            "mlp.c_fc": block.feed_forward.widen,
            "mlp.c_proj": block.feed_forward.out,
        }.items():
            state[f"h.{number}.{name}.weight"] = module.weight.t()
            state[f"h.{number}.{name}.bias"] = module.bias
    missing, unexpected = theirs.transformer.load_state_dict(state, strict=False)
    assert not missing
    assert not unexpected
    return theirs


def unusual(model: Decoder) -> Decoder:
    """Weights far from their start, biases and norms included: a wrong place shows."""
    torch.manual_seed(1)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    for module in model.modules():
        if isinstance(module, torch.nn.LayerNorm):
            module.weight.data += 1
    return model


def test_logits_and_gradients_are_those_of_gpt2() -> None:
    ours = unusual(small())
    theirs, batch = gpt2_with_weights_of(ours), tokens(3, 12)
    expected = theirs(batch).logits
    torch.testing.assert_close(ours(batch), expected, atol=1e-5, rtol=1e-5)
    for logits in (ours(batch), expected):
        functional.cross_entropy(logits[:, :-1].flatten(0, 1), batch[:, 1:].flatten()).backward()
    torch.testing.assert_close(
        ours.embedding.weight.grad, theirs.transformer.wte.weight.grad, atol=1e-5, rtol=1e-4
    )


# --- no token from the future ----------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(length=st.integers(2, 12), data=st.data())
def test_a_later_token_moves_no_earlier_logit(length: int, data: st.DataObject) -> None:
    changed = data.draw(st.integers(0, length - 1))
    moved = logits_that_move(unusual(small()), tokens(1, length)[0], changed)
    assert moved == [position >= changed for position in range(length)]


def test_the_leak_test_finds_a_leak() -> None:
    leaky = unusual(small())
    leaky.blocks[1].attention.causal = False
    assert logits_that_move(leaky, tokens(1, 8)[0], 5) == [True] * 8


# --- other properties ------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@given(
    pieces=st.lists(st.integers(1, 4), min_size=1, max_size=4).filter(lambda p: sum(p) <= 12),
    seed=st.integers(0, 1000),
)
def test_the_cache_gives_what_one_pass_gives(pieces: list[int], seed: int) -> None:
    model, batch = unusual(small()).eval(), tokens(2, sum(pieces), seed=seed)
    cache = model.new_cache()
    with torch.no_grad():
        parts = [model(part, cache=cache) for part in batch.split(pieces, dim=1)]
        torch.testing.assert_close(torch.cat(parts, dim=1), model(batch), atol=1e-5, rtol=1e-5)


def test_rows_of_a_batch_do_not_meet() -> None:
    model, batch = unusual(small()), tokens(4, 9)
    alone = torch.cat([model(row[None]) for row in batch])
    torch.testing.assert_close(model(batch), alone, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_checkpointing_changes_no_gradient(dropout: float) -> None:
    gradients = []
    for checkpointing in (False, True):
        model = small(checkpointing=checkpointing, dropout=dropout).train()
        torch.manual_seed(0)
        model(tokens(2, 12)).square().mean().backward()
        gradients.append([parameter.grad for parameter in model.parameters()])
    for plain, recomputed in zip(*gradients, strict=True):
        assert torch.equal(plain, recomputed)


def test_at_the_start_every_token_is_about_as_likely() -> None:
    logits = small(width=64)(tokens(64, 12))
    loss = functional.cross_entropy(logits.flatten(0, 1), tokens(64, 12, seed=1).flatten())
    # Logits of deviation 1 cost half a nat more than guessing evenly.
    assert logits.std().item() == pytest.approx(1.0, abs=0.15)
    assert loss.item() == pytest.approx(torch.tensor(17.0).log().item() + 0.5, abs=0.2)


def test_one_embedding_serves_input_and_output() -> None:
    names = [name for name, _ in small().named_parameters()]
    assert sum("embedding" in name for name in names) == 1
    # 17 tokens, 12 positions, and 12 D^2 + 13 D a block, of width 24.
    count = sum(parameter.numel() for parameter in small().parameters())
    assert count == (17 + 12) * 24 + 3 * (12 * 24**2 + 13 * 24) + 2 * 24


def test_the_seed_decides_the_weights() -> None:
    first, again, other = (small(seed=seed).position.weight for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_torch_can_trace_it_whole() -> None:
    explained = torch._dynamo.explain(small())(tokens(2, 12))
    assert explained.graph_break_count == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"context": 0}, "context=0 must be at least 1"),
        ({"layers": 0}, "layers=0 must be at least 1"),
        ({"heads": 5}, "heads=5 must divide width=24"),
        ({"dropout": 1.0}, "dropout=1.0 must be in"),
    ],
)
def test_bad_sizes_are_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        small(**options)


def test_too_long_a_text_is_named() -> None:
    with pytest.raises(ValueError, match="position 13 and context=12"):
        small()(tokens(1, 13))
