import json

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.data.tokenization import train_bpe
from lablib.evaluation.language import bits_per_character, fit_ngram
from lablib.language_models.scratch import corpus
from lablib.language_models.scratch.corpus import Corpus

TEXTS = ("low lower lowest", "new newer newest", "é 低 wide wider", "low and new")


@pytest.fixture(scope="module")
def small():
    tokenizer = train_bpe(TEXTS, vocabulary_size=270, special=(corpus.END,))
    return Corpus(TEXTS, TEXTS[:1], TEXTS[2:], tokenizer, "0" * 64)


def test_documents_stand_between_end_tokens(small):
    tokens = small.tokens(TEXTS)
    assert tokens.dtype == torch.int64
    assert tokens[0] == tokens[-1] == 0
    assert int((tokens == 0).sum()) == len(TEXTS) + 1
    parts = np.split(tokens.numpy(), np.flatnonzero(tokens.numpy() == 0))
    assert [small.tokenizer.decode(part[1:].tolist()) for part in parts[1:-1]] == list(TEXTS)


def test_nats_of_a_document_include_its_end(small):
    targets = torch.tensor([5, 6, 0, 7, 0])
    nats = torch.tensor([1.0, 2.0, 4.0, 8.0, 16.0])
    assert corpus.per_document(nats, targets, end=0).tolist() == [7.0, 24.0]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=6))
def test_no_nat_is_lost_and_bytes_come_back(texts):
    row = corpus.byte_row(texts)
    pieces = bytes(row[row != corpus.END_BYTE].astype(np.uint8)).decode()
    assert pieces == "".join(texts)
    nats = np.random.default_rng(0).random(len(row))
    documents = corpus.per_document(nats, row, end=corpus.END_BYTE)
    assert len(documents) == len(texts)
    assert documents.sum() == pytest.approx(nats.sum())


def test_bits_are_those_of_the_whole_text_not_a_mean_of_documents():
    nats, characters = np.array([10.0, 1.0]), np.array([10.0, 4.0])
    whole = corpus.bits(nats, characters)
    assert whole == pytest.approx(bits_per_character(11.0, 14))
    assert whole != pytest.approx(np.mean(nats / characters) / np.log(2))


def test_joining_tokens_leaves_bits_per_character_as_they_are():
    fine = np.array([0.5, 1.5, 2.0, 1.0])
    coarse = np.array([2.0, 3.0])
    assert corpus.bits(fine, [9]) == corpus.bits(coarse, [9])
    assert np.exp(fine.mean()) != pytest.approx(np.exp(coarse.mean()))  # perplexity moves


def test_the_interval_of_equal_models_is_zero():
    found = corpus.estimate(np.zeros(20), np.full(20, 7.0), resamples=50)
    assert (found.value, found.interval.low, found.interval.high) == (0, 0, 0)


def test_the_best_ngram_is_chosen_on_validation():
    train, held = corpus.byte_row(["abababab"] * 5), corpus.byte_row(["abab"])
    best = corpus.best_ngram(train, held, orders=(1, 2), ks=(0.01, 10.0))
    assert (best.order, best.k) == (2, 0.01)
    alone = fit_ngram(train, order=2, vocabulary=corpus.BYTES, k=0.01)
    assert np.array_equal(best.nats(held), alone.nats(held))


def test_merges_and_pieces_are_those_of_the_library(small):
    merged = corpus.merges(small.tokenizer)
    raw = json.loads(small.tokenizer.to_str())["model"]["merges"]
    assert [list(pair) for pair in merged] == raw
    counted = corpus.pieces(small.tokenizer, ["low low", "low"])
    assert counted == {"low": 2, "Ġlow": 1}


def test_a_prefix_holds_just_so_many_characters():
    assert sum(map(len, corpus.prefix(TEXTS, 20))) == 20
    assert corpus.prefix(TEXTS, 10_000) == TEXTS


def test_the_split_is_by_document_and_the_tokenizer_sees_training_only():
    text = corpus.read(vocabulary=300, sizes=(0.02, 0.49, 0.49))
    assert set(text.train).isdisjoint(text.test) or len(text.test) > 4000
    again = corpus.read(vocabulary=300, sizes=(0.02, 0.49, 0.49))
    assert again.train == text.train
    own = train_bpe(text.train, vocabulary_size=300, special=(corpus.END,))
    assert corpus.merges(text.tokenizer) == corpus.merges(own)
    assert text.vocabulary == 300


def test_gzip_knows_the_end_of_the_training_text_and_nothing_before_it():
    rng = np.random.default_rng(0)
    noise = ["".join(map(chr, rng.integers(97, 123, 4_000))) for _ in range(12)]
    far, near = noise[0], noise[-1]
    known_far, known_near = corpus.gzip_nats(noise, [far, near])
    (alone,) = corpus.gzip_nats(["-"], [far])
    assert known_far > 0.95 * alone  # more than 32 kB back
    assert known_near < 0.1 * alone


def test_gzip_nats_are_those_of_each_document_alone():
    both = corpus.gzip_nats(["the sea"], ["the sea is wide", "a red car"])
    each = [corpus.gzip_nats(["the sea"], [text])[0] for text in ("the sea is wide", "a red car")]
    assert both.tolist() == each
