from __future__ import annotations

import warnings
from functools import partial

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from lablib.models.encoder_decoder import EncoderDecoder
from lablib.models.generation import translate
from lablib.training import TrainingConfig, fit
from lablib.training.losses import sequence_to_sequence_loss


def small(**options: object) -> EncoderDecoder:
    sizes = {"context": 10, "width": 24, "heads": 4, "layers": 2, "seed": 0}
    return EncoderDecoder(13, 11, **(sizes | options))  # type: ignore[arg-type]


def unusual(model: EncoderDecoder) -> EncoderDecoder:
    torch.manual_seed(1)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    for module in model.modules():
        if isinstance(module, nn.LayerNorm):
            module.weight.data += 1
    return model


def tokens(rows: int, length: int, below: int, *, seed: int = 0) -> Tensor:
    return torch.randint(1, below, (rows, length), generator=torch.Generator().manual_seed(seed))


def torch_twin(ours: EncoderDecoder) -> nn.Transformer:
    """torch's encoder-decoder with the weights of `ours`; it has no embeddings and no output."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch regrets a shortcut that it cannot take
        twin = nn.Transformer(
            24, 4, 2, 2, 96, 0.0, activation=partial(gelu, approximate="tanh"),
            batch_first=True, norm_first=True,
        )  # fmt: skip
    state = {}
    for side, blocks, norm in (
        ("encoder", ours.encoder_blocks, ours.encoder_norm),
        ("decoder", ours.decoder_blocks, ours.decoder_norm),
    ):
        for number, block in enumerate(blocks):
            here = f"{side}.layers.{number}"
            modules = {"linear1": block.feed_forward.widen, "linear2": block.feed_forward.out}
            modules |= {"self_attn.out_proj": block.attention.out, "norm1": block.norm_attention}
            fused = {"self_attn": block.attention}
            if side == "decoder":
                modules |= {"multihead_attn.out_proj": block.cross.out, "norm2": block.norm_cross}
                fused["multihead_attn"] = block.cross
            modules["norm3" if side == "decoder" else "norm2"] = block.norm_feed_forward
            for kind in ("weight", "bias"):
                state |= {f"{here}.{n}.{kind}": getattr(m, kind) for n, m in modules.items()}
                state |= {
                    f"{here}.{n}.in_proj_{kind}": getattr(m.qkv, kind) for n, m in fused.items()
                }
        state |= {f"{side}.norm.{kind}": getattr(norm, kind) for kind in ("weight", "bias")}
    twin.load_state_dict(state)
    return twin


def test_it_is_torchs_transformer_between_its_embeddings() -> None:
    ours, source, target = unusual(small()), tokens(3, 7, 13), tokens(3, 5, 11)
    mask = torch.arange(7) < torch.tensor([[7], [4], [2]])
    states = torch_twin(ours)(
        ours.source_embedding(source) + ours.source_position.weight[:7],
        ours.target_embedding(target) + ours.target_position.weight[:5],
        src_key_padding_mask=~mask,
        memory_key_padding_mask=~mask,
        tgt_mask=torch.ones(5, 5).triu(1).bool(),
    )
    expected = states @ ours.target_embedding.weight.T
    torch.testing.assert_close(ours(source, target, mask), expected, atol=1e-4, rtol=1e-5)


def test_a_later_target_moves_no_earlier_logit_and_the_source_moves_all() -> None:
    model, source, target = unusual(small()), tokens(1, 6, 13), tokens(1, 6, 11)
    before = model(source, target)
    other = target.clone()
    other[0, 3] = (other[0, 3] + 1) % 11
    moved = (model(source, other) != before).any(-1)[0].tolist()
    assert moved == [False, False, False, True, True, True]
    elsewhere = source.clone()
    elsewhere[0, 5] = (elsewhere[0, 5] + 1) % 13
    assert (model(elsewhere, target) != before).any(-1).all()


def test_the_leak_test_finds_a_leak() -> None:
    model, source, target = unusual(small()), tokens(1, 6, 13), tokens(1, 6, 11)
    model.decoder_blocks[0].attention.causal = False
    before = model(source, target)
    target[0, 5] = (target[0, 5] + 1) % 11
    assert (model(source, target) != before).any(-1).all()


def test_padding_of_the_source_moves_nothing() -> None:
    model, source, target = unusual(small()), tokens(2, 6, 13), tokens(2, 5, 11)
    padded = torch.cat([source, torch.zeros(2, 3, dtype=torch.int64)], dim=1)
    torch.testing.assert_close(
        model(padded, target, padded != 0), model(source, target), atol=1e-5, rtol=1e-5
    )


def test_cross_attention_rows_sum_to_one_and_skip_padding() -> None:
    model, source, target = unusual(small()), tokens(2, 6, 13), tokens(2, 5, 11)
    mask = torch.arange(6) < torch.tensor([[6], [3]])
    weights = model.cross_attention(source, target, mask)
    assert weights.shape == (2, 2, 4, 5, 6)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 2, 4, 5))
    assert (weights[:, 1, ..., 3:] == 0).all()
    # They are the ones the logits were made with: reading with them gives the same states.
    block = model.decoder_blocks[0]
    memory, x = model.encode(source, mask), model._embedded(target, 0)
    x = x + block.attention(block.norm_attention(x))
    values = block.cross._project(x, memory)[2]
    mixed = (weights[0] @ values).transpose(1, 2).flatten(2)
    expected = block.cross(block.norm_cross(x), memory=memory, mask=mask)
    torch.testing.assert_close(block.cross.out(mixed), expected, atol=1e-5, rtol=1e-5)


def greedy_without_cache(model: EncoderDecoder, source: Tensor, n: int) -> Tensor:
    target = torch.ones(len(source), 1, dtype=torch.int64)
    for _ in range(n):
        best = model(source, target, source != 0)[:, -1].argmax(-1)
        target = torch.cat([target, best[:, None]], dim=1)
    return target[:, 1:]


def test_translation_with_the_cache_is_greedy_without() -> None:
    model, source = unusual(small()).eval(), tokens(4, 6, 13)
    source[0, 4:] = 0
    ours = translate(model, source, start=1, stop=99, max_new_tokens=9)
    assert torch.equal(ours, greedy_without_cache(model, source, 9))


def test_it_learns_to_turn_a_word_round() -> None:
    generator = torch.Generator().manual_seed(0)
    words = torch.randint(3, 11, (768, 4), generator=generator)
    start, stop = torch.full((768, 1), 1), torch.full((768, 1), 2)
    targets = torch.cat([start, words.flip(1), stop], dim=1)
    model = small(layers=1)
    config = TrainingConfig(
        max_steps=400, batch_size=64, learning_rate=5e-3, warmup_steps=20, schedule="cosine"
    )
    fit(model, (words[:512], targets[:512]), loss=sequence_to_sequence_loss, config=config)
    found = translate(model, words[512:], start=1, stop=2, max_new_tokens=8)
    right = (found[:, :4] == words[512:].flip(1)).all(1) & (found[:, 4] == 2)
    assert right.float().mean() > 0.9
    assert not found[:, 5:].any()


@pytest.mark.parametrize(
    ("options", "words"), [({"layers": 0}, "layers=0"), ({"heads": 5}, "heads=5 must divide")]
)
def test_bad_sizes_are_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        small(**options)


def test_too_long_a_sequence_is_named() -> None:
    with pytest.raises(ValueError, match="position 11 and context=10"):
        small()(tokens(1, 11, 13), tokens(1, 2, 11))
    with pytest.raises(ValueError, match="position 12 and context=10"):
        small()(tokens(1, 3, 13), tokens(1, 12, 11))
