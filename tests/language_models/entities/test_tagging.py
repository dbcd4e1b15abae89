"""Alignment of tags with word pieces, the taggers that compete, and what is measured of them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.data import TaggedData
from lablib.evaluation.entities import entities, entity_report
from lablib.language_models.entities import name_groups, tag_scores
from lablib.language_models.entities.tag_baselines import (
    dictionary,
    features,
    known_entities,
    linear,
    outside,
    shuffled_tags,
    word_shape,
)
from lablib.language_models.entities.tagging import align_tags, cut, fine_tune, tag_names
from lablib.models.pretrained import token_classifier
from lablib.training import TrainingConfig

CITIES = ("Oslo", "Lima", "Quito", "Accra", "Hanoi", "Dakar")


def small(n: int = 48) -> TaggedData:
    """Sentences in which every city is a place and every word in capitals after 'by' a person."""
    rng = np.random.default_rng(0)
    sentences, tags = [], []
    for _ in range(n):
        city = CITIES[int(rng.integers(len(CITIES)))]
        sentences.append(("we", "fly", "to", city, "with", "Ann", "Lee", "now"))
        tags.append(("O", "O", "O", "B-place", "O", "B-person", "I-person", "O"))
    return TaggedData("small", tuple(sentences), tuple(tags), ("person", "place"))


WORDS = st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=14), max_size=8)


@pytest.fixture(scope="module")
def tokenizer():
    return token_classifier("minilm", labels=3, layers=1, seed=0)[0]


@settings(max_examples=40, deadline=None)
@given(words=WORDS)
def test_every_word_that_fits_has_one_label_at_its_first_piece(tokenizer, words):
    if not words:
        return
    pieces = cut(tokenizer, [words], max_length=200)
    tags = [f"t{place}" for place in range(len(words))]
    labels = align_tags(pieces.words[0], tags, {tag: i for i, tag in enumerate(tags)})
    scored = [label for label in labels if label != -100]
    assert scored == list(range(len(words)))
    starts = [pieces.words[0].index(place) for place in range(len(words))]
    assert [labels.index(place) for place in range(len(words))] == starts


def test_alignment_by_hand(tokenizer):
    pieces = cut(tokenizer, [["Instagramming", "is", "fun"]], max_length=12)
    labels = align_tags(pieces.words[0], ["B-x", "O", "O"], {"O": 0, "B-x": 1})
    assert tokenizer.convert_ids_to_tokens(pieces.ids[0])[:4] == [
        "[CLS]",
        "ins",
        "##tagram",
        "##ming",
    ]
    assert labels == [-100, 1, -100, -100, 0, 0, -100]


def test_a_slow_tokenizer_is_refused():
    with pytest.raises(ValueError, match="does not tell which word a piece came from"):
        cut(object(), [["a"]], max_length=8)


def test_fine_tuning_learns_and_tags_words_and_words_cut_off_are_outside():
    data = small()
    config = TrainingConfig(epochs=4, batch_size=8, learning_rate=1e-3, device="cpu")
    tagger = fine_tune(
        data, model="minilm", config=config, layers=1, max_length=32, train_embeddings=False
    )
    guess = tagger.tag(data.sentences)
    assert entity_report(data.tags, guess).overall.f1 > 0.95
    assert tagger.tag(data.sentences, batch_size=7) == guess
    long = ("we",) * 40 + ("Oslo",)
    assert tagger.tag([long])[0] == ("O",) * 41
    trained = dict(tagger.model.named_parameters())
    assert not trained["bert.embeddings.word_embeddings.weight"].requires_grad
    assert trained["bert.encoder.layer.0.output.dense.weight"].requires_grad


def test_the_new_layer_starts_at_the_shares_of_the_tags(monkeypatch):
    seen = {}

    def stop(network, examples, **_):
        seen["bias"] = network.classifier.bias.detach().clone()
        raise RuntimeError("enough")

    monkeypatch.setattr("lablib.language_models.entities.tagging.fit", stop)
    config = TrainingConfig(epochs=1, batch_size=8)
    with pytest.raises(RuntimeError, match="enough"):
        fine_tune(small(), model="minilm", config=config, layers=1)
    shares = seen["bias"].exp()
    assert torch.isclose(shares.sum(), torch.tensor(1.0))
    assert shares[0] == pytest.approx((48 * 5 + 1) / (48 * 8 + 5))


def test_the_dictionary_takes_the_longest_match_and_the_most_frequent_type():
    train = TaggedData(
        "t",
        (("New", "York"), ("new", "york", "times"), ("York",), ("york",), ("york",)),
        (("B-place", "I-place"), ("B-paper", "I-paper", "I-paper"), ("B-team",), ("B-place",),
         ("B-place",)),
        ("paper", "place", "team"),
    )  # fmt: skip
    assert known_entities(train)[("york",)] == "place"
    tag = dictionary(train)
    assert tag([("the", "NEW", "YORK", "TIMES", "in", "York")]) == [
        ("O", "B-paper", "I-paper", "I-paper", "O", "B-place")
    ]
    assert tag([()]) == [()]


def test_the_linear_tagger_learns_a_rule_of_shape_and_neighbours():
    data = small()
    guess = linear(data)([("we", "fly", "to", "Bogota", "with", "Ann", "Lee", "now")])
    assert entities(guess[0])[0] == ("place", 3, 4)
    only = TaggedData("t", (("a", "b"),), (("O", "O"),), ())
    assert linear(only)([("c",)]) == [("O",)]


def test_features_and_shapes():
    assert word_shape("McDonald's") == "XxXxx'x"
    assert "-1:edge" in features(["a", "b"], 0)
    assert "1:word=b" in features(["a", "B"], 0)
    assert outside([("a", "b")]) == [("O", "O")]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000))
def test_shuffled_tags_keep_their_number_and_are_valid(seed):
    data = small(12)
    mixed = shuffled_tags(data, seed=seed)
    assert [len(t) for t in mixed.tags] == [len(s) for s in data.sentences]
    flat = [tag for tags in mixed.tags for tag in tags]
    assert sum(tag != "O" for tag in flat) == 36
    assert all(len(entities(tags)) == len(entities(tags, repair=True)) for tags in mixed.tags)


def test_ratios_agree_with_the_report():
    gold = [["B-x", "I-x", "O"], ["O", "B-y", "O"]]
    guess = [["B-x", "I-x", "O"], ["B-y", "O", "O"]]
    report = entity_report(gold, guess)
    found = tag_scores.ratios(gold, guess)
    assert tag_scores.ratio(*found["f1"]) == report.overall.f1
    assert tag_scores.ratio(*found["token-f1"]) == pytest.approx(4 / 6)
    one = tag_scores.of_type(gold, guess, "y")
    assert tag_scores.ratio(*one["precision"]) == report.types["y"].precision == 0
    assert tag_scores.ratio(*tag_scores.of_type(gold, guess, "x")["f1"]) == 1


def test_seen_and_unseen_share_all_entities():
    data = small(4)
    known = {("ann", "lee")}
    found = tag_scores.seen_and_unseen(data, data.tags, known)
    assert tag_scores.ratio(*found["unseen-share"]) == 0.5
    assert tag_scores.ratio(*found["seen-recall"]) == 1
    silent = tag_scores.seen_and_unseen(data, outside(data.sentences), known)
    assert tag_scores.ratio(*silent["unseen-recall"]) == 0


def test_one_seed_has_an_interval_over_sentences_and_several_over_seeds():
    runs = [(np.array([1, 0, 1, 1]), np.ones(4, dtype=int))] * 3
    assert tag_scores.estimate(runs[:1]).n == 4
    assert tag_scores.estimate(runs).n == 3
    both = tag_scores.estimate([(*runs[0], *runs[0])], tag_scores.difference)
    assert (both.value, both.interval.low, both.interval.high) == (0, 0, 0)


def test_templates_hold_every_name_and_exact_spans_count():
    first, last = {"a": ["Ann"], "b": ["Bo", "Bea"]}, {"a": ["Lee"], "b": ["Wu"]}
    filled = name_groups.fill(first, last, names=3, seed=0)
    assert len(filled.sentences) == 2 * 3 * len(name_groups.TEMPLATES)
    for words, (start, end), group in zip(
        filled.sentences, filled.spans, filled.groups, strict=True
    ):
        assert words[start] in first[group]
        assert words[end - 1] in last[group]
    right = [
        tuple("B-p" if i == s else "I-p" if s < i < e else "O" for i in range(len(words)))
        for words, (s, e) in zip(filled.sentences, filled.spans, strict=True)
    ]
    assert name_groups.found(filled, right, kind="p").all()
    short = [tuple("O" if tag == "I-p" else tag for tag in tags) for tags in right]
    assert not name_groups.found(filled, short, kind="p").any()
    assert filled == name_groups.fill(first, last, names=3, seed=0)


def test_tag_names():
    assert tag_names(["a", "b-c"]) == ("O", "B-a", "I-a", "B-b-c", "I-b-c")
