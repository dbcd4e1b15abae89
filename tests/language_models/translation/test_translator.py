"""A translator that learns a toy language, its controls, its search, and its attention."""

import numpy as np
import pytest
import torch

from lablib.data.pair import PairData
from lablib.evaluation.translation import exact_matches
from lablib.language_models.translation.alignment import align, attention_map, right_words
from lablib.language_models.translation.beam import beam_search, sample
from lablib.language_models.translation.name_pairs import PAD, shuffled_targets
from lablib.language_models.translation.runs import bits
from lablib.language_models.translation.translator import (
    Shape,
    token_scores,
    train_translator,
    train_writer,
    translation_loss,
    with_examples,
)

FIRST = {"red": "红", "blue": "蓝", "green": "绿", "white": "白", "black": "黑", "pink": "粉"}
SECOND = {
    "car": "车", "heart": "心", "dog": "狗", "cat": "猫",
    "book": "书", "flag": "旗", "moon": "月", "star": "星",
}  # fmt: skip
SHAPE = Shape(width=32, heads=4, epochs=60, batch_size=16, learning_rate=5e-3, device="cpu")


def toy():
    """The second word first: order must be learnt, and every pair of words can be composed."""
    rows = [(f"{a} {b}", SECOND[b] + FIRST[a]) for a in FIRST for b in SECOND]
    order = np.random.default_rng(0).permutation(len(rows))
    sources, targets = zip(*(rows[i] for i in order), strict=True)
    return PairData("toy", sources, targets, groups=np.arange(len(rows)))


@pytest.fixture(scope="module")
def parts():
    pairs = toy()
    return pairs.take(range(36)), pairs.take(range(36, 48))


@pytest.fixture(scope="module")
def trained(parts):
    return train_translator(parts[0], SHAPE, seed=0)


def test_learns_to_compose_and_to_turn_the_order(parts, trained):
    hits = exact_matches(trained.translate(parts[1].sources), parts[1].targets)
    assert 0.4 <= hits.mean() <= 1  # 1 in 48 by chance


def test_shuffled_pairs_and_a_decoder_alone_know_nothing_of_the_source(parts, trained):
    train, test = parts
    broken = train_translator(shuffled_targets(train, seed=1), SHAPE, seed=0)
    assert exact_matches(broken.translate(test.sources), test.targets).mean() <= 0.25
    cost = {
        name: bits(model.scores(test)).sum(0)
        for name, model in (("read", trained), ("alone", train_writer(train, SHAPE, seed=0)))
    }
    assert cost["read"][0] < 0.6 * cost["alone"][0]
    assert cost["read"][1] == cost["alone"][1] == 3 * len(test)


def test_same_seed_same_translator(parts, trained):
    again = train_translator(parts[0], SHAPE, seed=0)
    for one, other in zip(trained.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(one, other)


def test_loss_ignores_how_much_padding_there_is(parts):
    net, source, target = with_examples(parts[0], Shape(epochs=1, device="cpu"), seed=0)
    wide = [torch.nn.functional.pad(x, (0, 3), value=PAD) for x in (source, target)]
    with torch.no_grad():
        assert torch.allclose(
            translation_loss(net, (source, target)), translation_loss(net, tuple(wide))
        )


def test_token_scores_by_hand():
    logits = torch.log(torch.tensor([[[0.1, 0.2, 0.7], [0.1, 0.6, 0.3]]]))
    scores = token_scores(logits, torch.tensor([[2, PAD]]))
    assert scores.nats.tolist() == [[pytest.approx(-np.log(0.7)), 0.0]]
    assert scores.right.tolist() == [[True, False]]
    assert scores.counted.tolist() == [[True, False]]


def test_one_beam_is_greedy_and_more_beams_are_never_less_likely(parts, trained):
    names = parts[1].sources
    one, many = (beam_search(trained, names, beams=k) for k in (1, 5))
    assert one.names == trained.translate(names)
    assert all(
        b >= a - 1e-5 for a, b in zip(one.log_probability, many.log_probability, strict=True)
    )


def test_beam_is_as_good_as_trying_all_names(parts):
    raw = train_translator(parts[0], Shape(width=16, epochs=1, device="cpu"), seed=3)
    name = parts[1].sources[:1]
    wide = beam_search(raw, name, beams=400, longest=3)
    tokens = range(4, len(raw.target))
    every = [[1, a, b, 2] for a in tokens for b in tokens]
    rows = torch.tensor(every)
    source = raw.read(name).expand(len(rows), -1)
    with torch.no_grad():
        logits = raw.model(source, rows[:, :-1], source != PAD).log_softmax(-1)
    totals = logits.gather(-1, rows[:, 1:, None]).sum((1, 2))
    assert wide.log_probability[0] >= float(totals.max()) - 1e-4


def test_log_probability_is_that_of_the_written_name(parts, trained):
    names = parts[1].sources[:4]
    for written in (beam_search(trained, names, beams=3), sample(trained, names, seed=0)):
        truth = PairData("", tuple(names), tuple(written.names))
        expected = -trained.scores(truth).nats.sum(1)
        assert written.log_probability == pytest.approx(expected.tolist(), abs=1e-3)


def test_sampling_is_seeded_and_cold_sampling_is_greedy(parts, trained):
    names = parts[1].sources
    assert sample(trained, names, seed=5).names == sample(trained, names, seed=5).names
    assert sample(trained, names, seed=5, temperature=0).names == trained.translate(names)


def test_beams_must_be_positive(trained):
    with pytest.raises(ValueError, match="beams is 0"):
        beam_search(trained, ["red car"], beams=0)


def test_map_has_a_row_for_each_character_and_ends(trained):
    weights = attention_map(trained, "red car", "车红")
    assert weights.shape == (3, 3)
    assert np.allclose(weights.sum(1), 1)


def test_right_words_mark_all_places_of_an_entry():
    owned = right_words("dark skin", "深肤深", {"dark": "深", "skin": "肤"})
    assert owned.tolist() == [[True, False], [False, True], [True, False]]
    assert not right_words("dark skin", "深肤", {}).any()


def test_a_model_that_reads_is_found_out_by_hiding_words(parts, trained):
    found = align(trained, parts[1], FIRST | SECOND)
    assert len(found.row) == 2 * len(parts[1])
    assert found.needed_right.mean() > 0.8
    assert np.allclose(found.chance, 1 / 3)
    assert np.allclose(found.needed_chance, 1 / 2)
    assert np.allclose(found.word_chance, 1 / 2)  # no end among the words
    broken = train_translator(shuffled_targets(parts[0], seed=1), SHAPE, seed=0)
    assert align(broken, parts[1], FIRST | SECOND).needed_right.mean() < found.needed_right.mean()


def test_alignment_without_a_dictionary_says_so(parts, trained):
    with pytest.raises(ValueError, match="places no character"):
        align(trained, parts[1], {})
