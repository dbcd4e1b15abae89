import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval.metrics import f1_score, sequence_labeling, v1
from seqeval.scheme import IOB2, Entities
from sklearn.metrics import f1_score as token_f1

from lablib.evaluation import bootstrap
from lablib.evaluation.entities import (
    Entity,
    Score,
    entities,
    entity_counts,
    entity_f1,
    entity_report,
    token_micro_f1,
)

TAGS = st.sampled_from(["O", "B-person", "I-person", "B-geo-loc", "I-geo-loc", "B-x", "I-x"])
LENGTHS = st.lists(st.integers(1, 8), min_size=1, max_size=6)


@st.composite
def two_taggings(draw):
    """Two random taggings of the same sentences; most sequences are broken somewhere."""
    lengths = draw(LENGTHS)
    return tuple(
        [draw(st.lists(TAGS, min_size=n, max_size=n)) for n in lengths] for _ in ("gold", "guess")
    )


def test_by_hand():
    gold = [["B-person", "I-person", "O", "B-place"], ["O", "B-place", "I-place"]]
    guess = [["B-person", "O", "O", "B-place"], ["B-person", "B-place", "I-place"]]
    report = entity_report(gold, guess)
    assert report.overall == Score(correct=2, predicted=4, gold=3)
    assert (report.overall.precision, report.overall.recall) == (0.5, 2 / 3)
    assert report.overall.f1 == pytest.approx(4 / 7)
    assert report.types == {"person": Score(0, 2, 1), "place": Score(2, 2, 2)}
    assert report.macro_f1 == 0.5
    assert entity_counts(gold, guess).tolist() == [[1, 2, 2], [1, 2, 1]]


def test_an_end_that_is_one_word_off_counts_against_both_sides():
    score = entity_report([["B-x", "I-x", "I-x"]], [["B-x", "I-x", "O"]]).overall
    assert (score.precision, score.recall, score.f1) == (0, 0, 0)


@pytest.mark.parametrize(
    ("tags", "strict", "repaired"),
    [
        (["I-x"], [], [Entity("x", 0, 1)]),
        (["B-x", "I-y"], [Entity("x", 0, 1)], [Entity("x", 0, 1), Entity("y", 1, 2)]),
        (["B-x", "B-x"], [Entity("x", 0, 1), Entity("x", 1, 2)], None),
        (["B-x", "O", "I-x"], [Entity("x", 0, 1)], [Entity("x", 0, 1), Entity("x", 2, 3)]),
        (["I-x", "I-x", "B-x", "I-x"], [Entity("x", 2, 4)], [Entity("x", 0, 2), Entity("x", 2, 4)]),
        ([], [], None),
    ],
)
def test_broken_sequences(tags, strict, repaired):
    assert entities(tags) == strict
    assert entities(tags, repair=True) == (strict if repaired is None else repaired)


@settings(max_examples=50, deadline=None)
@given(two_taggings())
def test_entities_are_those_of_seqeval(taggings):
    for sentence in taggings[0]:
        theirs = Entities([sentence], scheme=IOB2).entities[0]
        assert entities(sentence) == [(e.tag, e.start, e.end) for e in theirs]
        loose = [
            (kind, start, end + 1) for kind, start, end in sequence_labeling.get_entities(sentence)
        ]
        assert entities(sentence, repair=True) == loose


@settings(max_examples=50, deadline=None)
@given(two_taggings(), st.booleans())
def test_scores_are_those_of_seqeval(taggings, repair):
    gold, guess = taggings
    seqeval = sequence_labeling if repair else v1
    options = {"zero_division": 0} | ({} if repair else {"scheme": IOB2})
    report = entity_report(gold, guess, repair=repair)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        overall = seqeval.precision_recall_fscore_support(gold, guess, average="micro", **options)
        types = seqeval.precision_recall_fscore_support(gold, guess, average=None, **options)
    ours = (report.overall.precision, report.overall.recall, report.overall.f1)
    assert ours == pytest.approx(overall[:3])
    rows = [(s.precision, s.recall, s.f1, s.gold) for s in report.types.values()]
    assert np.array(rows).reshape(-1, 4) == pytest.approx(np.array(types).T.reshape(-1, 4))
    if report.types:
        assert report.macro_f1 == pytest.approx(np.mean(types[2]))
    correct, predicted, there = entity_counts(gold, guess, repair=repair).T
    assert entity_f1(correct, predicted, there) == pytest.approx(report.overall.f1)


def test_the_two_readings_differ_where_a_sequence_is_broken():
    gold, guess = [["B-x", "O"]], [["I-x", "O"]]
    assert f1_score(gold, guess) == entity_report(gold, guess, repair=True).overall.f1 == 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        strict = f1_score(gold, guess, mode="strict", scheme=IOB2)
    assert strict == entity_report(gold, guess).overall.f1 == 0


@settings(max_examples=30, deadline=None)
@given(two_taggings())
def test_token_micro_f1_is_accuracy_and_flatters(taggings):
    gold, guess = taggings
    flat_gold, flat_guess = ([t for tags in side for t in tags] for side in taggings)
    ours = token_micro_f1(gold, guess)
    assert ours == pytest.approx(token_f1(flat_gold, flat_guess, average="micro"))
    assert ours == pytest.approx(np.mean(np.array(flat_gold) == np.array(flat_guess)))


def test_a_tagger_that_says_only_outside():
    gold = [["O"] * 18 + ["B-x", "I-x"]] * 5
    silent = [["O"] * 20] * 5
    assert token_micro_f1(gold, silent) == 0.9
    assert entity_report(gold, silent).overall == Score(0, 0, 5)
    assert entity_report(gold, silent).overall.f1 == 0


@settings(max_examples=30, deadline=None)
@given(two_taggings())
def test_invariants(taggings):
    gold, guess = taggings
    forward, back = entity_report(gold, guess).overall, entity_report(guess, gold).overall
    assert (forward.precision, forward.recall) == (back.recall, back.precision)
    assert forward.f1 == pytest.approx(back.f1)
    assert forward.correct <= min(forward.predicted, forward.gold)
    own = entity_report(gold, gold).overall
    assert own.correct == own.gold
    turned = entity_report(gold[::-1], guess[::-1]).overall
    assert turned == forward


def test_counts_can_be_resampled():
    gold = [["B-x", "O"], ["O", "B-x"], ["B-x", "I-x"]] * 10
    guess = [["B-x", "O"], ["B-x", "O"], ["B-x", "I-x"]] * 10
    counts = entity_counts(gold, guess)
    fast = bootstrap(entity_f1, *counts.T, seed=0, vectorized=True)
    slow = bootstrap(lambda *c: float(entity_f1(*c)), *counts.T, seed=0)
    assert fast == slow
    assert fast.value == entity_report(gold, guess).overall.f1
    assert fast.interval.low < fast.value < fast.interval.high


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: entities(["B"]), "tag 'B' is not IOB2"),
        (lambda: entities(["S-person"]), "must be O, B-type or I-type"),
        (lambda: entities(["I-"]), "tag 'I-' is not IOB2"),
        (lambda: entities(["person"]), "read_conll"),
        (lambda: entity_report([["O"]], []), "gold has 1 sentences and predicted 0"),
        (lambda: entity_counts([["O"], ["O"]], [["O"], []]), "sentence 1 has 1 gold tags and 0"),
        (lambda: token_micro_f1([], []), "gold holds no words"),
    ],
)
def test_wrong_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
