"""Names as numbers: vocabularies, padding, and the shuffled control."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.data.pair import PairData
from lablib.language_models.translation.name_pairs import (
    END,
    PAD,
    SHOWN,
    START,
    UNKNOWN,
    all_words_seen,
    short_names,
    shuffled_targets,
    source_tensor,
    target_tensor,
    vocabulary,
    words,
)

PAIRS = PairData(
    "toy",
    ("red car", "blue car", "red heart", "Kuwait"),
    ("红车", "蓝车", "红心", "科威特"),
    groups=np.array([0, 0, 1, 2]),
)


def test_rare_tokens_become_unknown():
    source = vocabulary(map(words, PAIRS.sources), rare=2)
    assert source.tokens == ("car", "red")
    assert source.encode(["red", "boat"]) == [source.numbers["red"], UNKNOWN, END]


def test_tensors_begin_end_and_are_padded():
    source = vocabulary(map(words, PAIRS.sources))
    target = vocabulary(PAIRS.targets)
    x, y = source_tensor(PAIRS.sources, source), target_tensor(PAIRS.targets, target)
    assert x.shape == (4, 3)
    assert x[3, 1:].tolist() == [END, PAD]
    assert y.shape == (4, 5)
    assert (y[:, 0] == START).all()
    assert y[0, 3:].tolist() == [END, PAD]


@given(st.lists(st.text("狗脸红车", min_size=1, max_size=8), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_what_is_encoded_is_read_back(names):
    target = vocabulary(names)
    for name, row in zip(names, target_tensor(names, target).tolist(), strict=True):
        assert target.decode(row) == name
    assert vocabulary([]).decode([UNKNOWN, END, UNKNOWN]) == SHOWN


def test_short_names_counts_words_and_characters():
    assert short_names(PAIRS, longest=2).sources == PAIRS.sources[:3]
    assert short_names(PAIRS, longest=9, fewest_words=2).sources == PAIRS.sources[:3]


def test_shuffling_keeps_both_sides_and_breaks_the_pairs():
    mixed = shuffled_targets(PAIRS, seed=0)
    assert mixed.sources == PAIRS.sources
    assert sorted(mixed.targets) == sorted(PAIRS.targets)
    assert mixed.targets != PAIRS.targets


def test_all_words_seen():
    assert all_words_seen(["Red boat", "blue heart"], PAIRS.sources).tolist() == [False, True]
