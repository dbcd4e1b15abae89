from __future__ import annotations

from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from transformers import BertConfig, BertForMaskedLM

from lablib.models.encoder import Encoder, MaskedLanguageModel, SequenceClassifier, TokenClassifier
from lablib.training import TrainingConfig, fit
from lablib.training.losses import masked_token_loss


def small(**options: object) -> Encoder:
    sizes = {"context": 12, "width": 24, "heads": 4, "layers": 3, "seed": 0}
    return Encoder(17, **(sizes | options))  # type: ignore[arg-type]


def tokens(rows: int, length: int, *, seed: int = 0) -> Tensor:
    return torch.randint(17, (rows, length), generator=torch.Generator().manual_seed(seed))


def unusual(model: nn.Module) -> nn.Module:
    torch.manual_seed(1)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    for module in model.modules():
        if isinstance(module, nn.LayerNorm):
            module.weight.data += 1
    return model


def bert_with_weights_of(ours: MaskedLanguageModel) -> BertForMaskedLM:
    """BERT of transformers with every weight of `ours`; segment 0 adds nothing."""
    config = BertConfig(
        vocab_size=17, hidden_size=24, num_hidden_layers=3, num_attention_heads=4,
        intermediate_size=96, max_position_embeddings=12, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    encoder = ours.encoder
    state = {
        "bert.embeddings.word_embeddings.weight": encoder.embedding.weight,
        "bert.embeddings.position_embeddings.weight": encoder.position.weight,
        "bert.embeddings.token_type_embeddings.weight": torch.zeros(2, 24),
        "cls.predictions.bias": ours.bias,
        "cls.predictions.decoder.weight": encoder.embedding.weight,
        "cls.predictions.decoder.bias": ours.bias,
    }
    modules = {
        "bert.embeddings.LayerNorm": encoder.norm,
        "cls.predictions.transform.dense": ours.transform,
        "cls.predictions.transform.LayerNorm": ours.norm,
    }
    for number, block in enumerate(encoder.blocks):
        here = f"bert.encoder.layer.{number}"
        for kind in ("weight", "bias"):
            thirds = getattr(block.attention.qkv, kind).chunk(3)
            for name, third in zip(("query", "key", "value"), thirds, strict=True):
                state[f"{here}.attention.self.{name}.{kind}"] = third
        modules |= {
            f"{here}.attention.output.dense": block.attention.out,
            f"{here}.attention.output.LayerNorm": block.norm_attention,
            f"{here}.intermediate.dense": block.feed_forward.widen,
            f"{here}.output.dense": block.feed_forward.out,
            f"{here}.output.LayerNorm": block.norm_feed_forward,
        }
    for name, module in modules.items():
        state |= {f"{name}.{kind}": getattr(module, kind) for kind in ("weight", "bias")}
    theirs = BertForMaskedLM(config)
    theirs.load_state_dict(state)
    return theirs.eval()


def test_states_and_logits_are_those_of_bert() -> None:
    ours = unusual(MaskedLanguageModel(small())).eval()
    theirs, batch = bert_with_weights_of(ours), tokens(3, 12)
    mask = (torch.arange(12) < torch.tensor([[12], [7], [1]])).long()
    with torch.no_grad():
        states = theirs.bert(batch, mask).last_hidden_state
        expected = theirs(batch, mask).logits
        real = mask.bool()
        torch.testing.assert_close(
            ours.encoder(batch, mask)[real], states[real], atol=1e-5, rtol=1e-5
        )
        torch.testing.assert_close(ours(batch, mask)[real], expected[real], atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(ours(batch), theirs(batch).logits, atol=1e-5, rtol=1e-5)


@settings(max_examples=20, deadline=None)
@given(length=st.integers(1, 11), padding=st.integers(1, 11), filler=st.integers(0, 16))
def test_padding_moves_no_state(length: int, padding: int, filler: int) -> None:
    model, text = unusual(small()).eval(), tokens(1, length)
    padded = torch.cat([text, torch.full((1, padding), filler)], dim=1)[:, :12]
    mask = torch.arange(padded.shape[1])[None] < length
    with torch.no_grad():
        torch.testing.assert_close(
            model(padded, mask)[:, :length], model(text), atol=1e-5, rtol=1e-5
        )


def test_every_position_reads_every_other() -> None:
    model, text = unusual(small()).eval(), tokens(1, 8)
    for changed in range(8):
        other = text.clone()
        other[0, changed] = (other[0, changed] + 1) % 17
        assert (model(text) != model(other)).any(-1).all()


def test_without_positions_order_would_not_matter() -> None:
    model, text = unusual(small()).eval(), tokens(1, 8)
    order = torch.randperm(8, generator=torch.Generator().manual_seed(0))
    assert not torch.allclose(model(text[:, order]), model(text)[:, order], atol=1e-2)
    nn.init.zeros_(model.position.weight)
    torch.testing.assert_close(model(text[:, order]), model(text)[:, order], atol=1e-5, rtol=1e-5)


def test_heads_ignore_padding_and_have_their_shapes() -> None:
    batch, mask = tokens(2, 6), torch.tensor([[1] * 6, [1, 1, 1, 0, 0, 0]])
    texts = unusual(SequenceClassifier(small(), classes=5, seed=0)).eval()
    assert texts(batch, mask).shape == (2, 5)
    torch.testing.assert_close(texts(batch, mask)[1:], texts(batch[1:, :3]), atol=1e-5, rtol=1e-5)
    assert TokenClassifier(small(), labels=7, seed=0)(batch, mask).shape == (2, 6, 7)


def test_checkpointing_changes_no_gradient() -> None:
    gradients = []
    for checkpointing in (False, True):
        model = small(checkpointing=checkpointing, dropout=0.2).train()
        torch.manual_seed(0)
        model(tokens(2, 12)).square().mean().backward()
        gradients.append([parameter.grad for parameter in model.parameters()])
    for plain, recomputed in zip(*gradients, strict=True):
        assert torch.equal(plain, recomputed)


def test_a_hidden_token_that_its_neighbour_gives_away_is_found() -> None:
    # A text is a pair (2a, 2a + 1): either token names the other; 0 hides, 1 is left free.
    firsts = torch.randint(1, 8, (512,), generator=torch.Generator().manual_seed(0)) * 2
    texts = torch.stack([firsts, firsts + 1], dim=-1)  # (512, 2)
    model = MaskedLanguageModel(small(layers=1, heads=2), seed=0)
    loss = partial(masked_token_loss, mask_token=0, vocabulary=17, share=0.3)
    config = TrainingConfig(
        max_steps=200, batch_size=64, learning_rate=1e-2, warmup_steps=20, schedule="cosine"
    )
    history = fit(model, (texts, torch.ones_like(texts)), loss=loss, config=config).history
    # Chance is log 14 = 2.6 nats. Where both were hidden, about a quarter, log 7 = 1.9 remains.
    assert 0.2 < history[-1].train_loss < 0.9


@pytest.mark.parametrize(
    ("options", "words"),
    [({"width": 0}, "width=0"), ({"heads": 5}, "heads=5 must divide"), ({"dropout": -1.0}, "drop")],
)
def test_bad_sizes_are_named(options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        small(**options)


def test_too_long_a_text_is_named() -> None:
    with pytest.raises(ValueError, match="13 columns and context=12"):
        small()(tokens(1, 13))
