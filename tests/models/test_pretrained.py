from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from transformers import AutoModel

from lablib.data import load
from lablib.models import pretrained
from lablib.models.pretrained import (
    batch_tokens,
    load_encoder,
    mean_pooled,
    sequence_classifier,
    token_classifier,
)

TEXTS = ["A kidney stone.", "The heart has four chambers, and each of them has a valve."]


@pytest.fixture(scope="module")
def encoder() -> tuple[object, torch.nn.Module]:
    return load_encoder("minilm", layers=2)


def test_the_first_blocks_are_kept_with_their_weights(
    encoder: tuple[object, torch.nn.Module],
) -> None:
    tokenizer, short = encoder
    with pretrained.quiet():
        whole = AutoModel.from_pretrained(load("minilm").folder)
    assert (short.config.num_hidden_layers, whole.config.num_hidden_layers) == (2, 6)
    ids, mask = batch_tokens(tokenizer, TEXTS, max_length=32)
    with torch.no_grad():
        states = whole(ids, mask, output_hidden_states=True).hidden_states
        torch.testing.assert_close(short(ids, mask).last_hidden_state, states[2])


def test_tokens_are_padded_and_cut(encoder: tuple[object, torch.nn.Module]) -> None:
    ids, mask = batch_tokens(encoder[0], TEXTS, max_length=8)
    assert ids.shape == mask.shape == (2, 8)
    assert mask.sum(1).tolist() == [6, 8]
    assert ids[0, 6:].tolist() == [0, 0]


def test_the_mean_leaves_padding_out(encoder: tuple[object, torch.nn.Module]) -> None:
    tokenizer, model = encoder
    with torch.no_grad():
        both = mean_pooled(model, *batch_tokens(tokenizer, TEXTS, max_length=32))
        alone = mean_pooled(model, *batch_tokens(tokenizer, TEXTS[:1], max_length=32))
    torch.testing.assert_close(both[:1], alone, atol=1e-5, rtol=1e-5)


def test_a_head_is_new_seeded_and_named() -> None:
    first, again, other = (
        sequence_classifier("minilm", classes=["no", "yes"], layers=1, dropout=0.0, seed=seed)[1]
        for seed in (0, 0, 1)
    )
    assert torch.equal(first.classifier.weight, again.classifier.weight)
    assert not torch.equal(first.classifier.weight, other.classifier.weight)
    assert first.config.id2label == {0: "no", 1: "yes"}
    drops = {m.p for m in first.modules() if isinstance(m, torch.nn.Dropout)}
    assert drops == {0.0}
    ids = torch.tensor([[101, 2054, 102]])
    assert first(ids, torch.ones_like(ids)).logits.shape == (1, 2)


def test_a_tagger_scores_each_token() -> None:
    tokenizer, tagger = token_classifier("minilm", labels=5, layers=1, seed=0)
    ids, mask = batch_tokens(tokenizer, TEXTS, max_length=16)
    assert tagger(ids, mask).logits.shape == (*ids.shape, 5)


def test_a_folder_is_opened(tmp_path: Path, encoder: tuple[object, torch.nn.Module]) -> None:
    tokenizer, model = encoder
    with pretrained.quiet():
        model.save_pretrained(tmp_path)
        tokenizer.save_pretrained(tmp_path)
    _, again = load_encoder(tmp_path)
    assert torch.equal(again.embeddings.word_embeddings.weight,
                       model.embeddings.word_embeddings.weight)  # fmt: skip


def test_nothing_is_printed() -> None:
    code = (
        "from lablib.models.pretrained import sequence_classifier\n"
        "sequence_classifier('minilm', classes=3, layers=1)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_an_unknown_name_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained, "_reachable", lambda: False)
    with pytest.raises(ValueError, match="name='no/such-model' must be one of .*minilm.*folder"):
        load_encoder("no/such-model")


def test_an_address_or_a_proxy_means_that_the_hub_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained, "getproxies", dict)
    monkeypatch.setenv("HF_ENDPOINT", "https://localhost")
    assert pretrained._reachable()
    monkeypatch.setenv("HF_ENDPOINT", "https://no-such-host.invalid")
    assert not pretrained._reachable()
    monkeypatch.setattr(pretrained, "getproxies", lambda: {"https": "http://proxy.invalid"})
    assert pretrained._reachable()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"layers": 0}, "layers=0 must be from 1 to 6"),
        ({"layers": 7}, "layers=7 must be from 1 to 6"),
        ({"dropout": 1.0}, "dropout=1.0 must be in"),
    ],
)
def test_bad_options_are_named(options: dict[str, float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        sequence_classifier("minilm", classes=2, **options)  # type: ignore[arg-type]


def test_no_room_for_a_token_is_named(encoder: tuple[object, torch.nn.Module]) -> None:
    with pytest.raises(ValueError, match="max_length=2.*2 special"):
        batch_tokens(encoder[0], TEXTS, max_length=2)
