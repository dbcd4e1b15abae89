"""The four ways to use a few labels: what they are fitted on, and that they are what they say."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.language_models.labels import fine_tuning, words
from lablib.language_models.labels.fine_tuning import Recipe
from lablib.models.pretrained import batch_tokens, load_encoder, mean_pooled

EYES = ("blurred vision in one eye", "the lens of the eye", "pain in the eye", "a red eye")
TEETH = ("the upper front tooth", "a tooth was lost", "root of the tooth", "tooth decay")
TEXTS = (*EYES, *TEETH, "eye drops", "a loose tooth")
TARGET = np.array([0] * 4 + [1] * 4)
RECIPE = Recipe(blocks=1, learning_rate=1e-3, epochs=1, min_steps=12, batch_size=4, dropout=0.0)


@pytest.fixture(scope="module")
def both():
    return fine_tuning.starts("minilm", TEXTS, layers=2, max_tokens=12, blocks=1)


def test_the_starts_differ_in_their_weights_alone(both):
    pretrained, fresh = (dict(start.encoder.named_parameters()) for start in both)
    assert {n: p.shape for n, p in pretrained.items()} == {n: p.shape for n, p in fresh.items()}
    name = "encoder.layer.0.attention.self.query.weight"
    assert not torch.allclose(pretrained[name], fresh[name])
    assert torch.equal(both[0].encoding.mask, both[1].encoding.mask)


def test_features_are_the_mean_states_of_the_whole_encoder(both):
    rows = np.array([9, 0, 5])
    tokenizer, encoder = load_encoder("minilm", layers=2)
    ids, mask = batch_tokens(tokenizer, [TEXTS[i] for i in rows], max_length=12)
    with torch.no_grad():
        expected = mean_pooled(encoder, ids, mask).numpy()
    np.testing.assert_allclose(fine_tuning.features(both[0], rows, blocks=1), expected, atol=1e-5)


def test_fine_tuning_learns_repeats_and_leaves_its_start_alone(both):
    before = {n: p.clone() for n, p in both[0].encoder.named_parameters()}
    said = []
    for _ in range(2):
        model = fine_tuning.fine_tune(
            both[0], np.arange(8), TARGET, classes=2, recipe=RECIPE, seed=0
        )
        said.append(fine_tuning.predictions(model, both[0].encoding, np.array([9, 8])))
    assert said[0].tolist() == said[1].tolist() == [1, 0]
    assert all(torch.equal(p, before[n]) for n, p in both[0].encoder.named_parameters())


def test_predictions_keep_the_order_of_the_rows(both):
    model = fine_tuning.fine_tune(both[0], np.arange(8), TARGET, classes=2, recipe=RECIPE, seed=1)
    rows = np.array([7, 0, 9, 3, 8])
    together = fine_tuning.predictions(model, both[0].encoding, rows)
    alone = [int(fine_tuning.predictions(model, both[0].encoding, rows[[i]])[0]) for i in range(5)]
    assert together.tolist() == alone


@given(labels=st.integers(1, 2000), epochs=st.integers(1, 20))
@settings(max_examples=50)
def test_more_labels_never_mean_fewer_steps(labels, epochs):
    recipe = Recipe(1, 1e-3, epochs, 30)
    assert 30 <= recipe.steps(labels) <= recipe.steps(labels + 1)


def test_tfidf_knows_no_word_of_a_test_text():
    model = fine_tuning.tfidf_regression(TEXTS[:8], TARGET)
    vocabulary = set(model[0].vocabulary_)
    assert "tooth" in vocabulary
    assert "drops" not in vocabulary  # only the ninth text has it
    leaking = fine_tuning.tfidf_regression(TEXTS, np.array([*TARGET, 0, 1]))
    assert "drops" in leaking[0].vocabulary_  # what the test above would catch


def test_features_are_scaled_by_the_labelled_rows_alone():
    x = np.random.default_rng(0).normal(5, 3, (40, 4))
    model = fine_tuning.feature_regression(x, np.arange(40) % 2)
    np.testing.assert_allclose(model[0].mean_, x.mean(axis=0))


def test_a_small_network_learns_words_it_was_trained_on():
    texts, cut = fine_tuning.tokens("minilm", TEXTS, layers=2, max_tokens=12)
    small = fine_tuning.Small(32, 1, 60, learning_rate=5e-3)
    said = fine_tuning.train_small(
        texts, np.arange(8), TARGET, np.array([0, 5, 9]), classes=2, small=small, seed=0
    )
    assert said.tolist() == [0, 1, 1]
    assert cut == 0
    _, cut = fine_tuning.tokens("minilm", TEXTS, layers=2, max_tokens=4)
    assert 0.5 < cut <= 1


def test_unseen_shares_by_hand():
    shares = words.unseen_shares(["The upper tooth"], ["Tooth and lens", "a ?", "UPPER"])
    np.testing.assert_allclose(shares, [2 / 3, 1, 0])
