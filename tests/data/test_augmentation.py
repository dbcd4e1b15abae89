from collections import Counter
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.data.augmentation import (
    augment,
    back_translation,
    delete_words,
    replace_synonyms,
    swap_words,
)

SYNONYMS = {"film": ("movie",), "dull": ("boring", "tedious"), "not": ()}
TEXT = "A dull film, not a Film!"


def rng(seed=0):
    return np.random.default_rng(seed)


def test_only_words_with_synonyms_change_and_signs_stay():
    made = replace_synonyms(TEXT, rng(), synonyms=SYNONYMS, share=1.0)
    assert made in ("A boring movie, not a Movie!", "A tedious movie, not a Movie!")
    assert replace_synonyms(TEXT, rng(), synonyms={}, share=1.0) == TEXT
    assert replace_synonyms(TEXT, rng(), synonyms=SYNONYMS, share=0) == TEXT


def test_a_small_share_replaces_one_word():
    made = replace_synonyms(TEXT, rng(1), synonyms=SYNONYMS, share=0.01)
    changed = [(a, b) for a, b in zip(TEXT.split(), made.split(), strict=True) if a != b]
    assert len(changed) == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from("abcde"), max_size=8), st.floats(0, 1), st.integers(0, 99))
def test_deleting_keeps_order_and_swapping_keeps_words(words, share, seed):
    text = " ".join(words)
    kept = iter(delete_words(text, rng(seed), share=share).split())
    rest = iter(words)
    assert all(word in rest for word in kept)  # a subsequence
    assert bool(delete_words(text, rng(seed), share=share)) == bool(words)
    assert Counter(swap_words(text, rng(seed), share=share).split()) == Counter(words)


def test_deletion_drops_the_share_it_says():
    text = " ".join(["word"] * 10_000)
    assert 0.28 < 1 - len(delete_words(text, rng(), share=0.3).split()) / 10_000 < 0.32


def test_augmented_texts_keep_label_and_origin():
    operation = partial(replace_synonyms, synonyms=SYNONYMS, share=1.0)
    made = augment([TEXT, "no words here"], [1, 0], operation=operation, copies=2, seed=3)
    assert made.texts[:2] == (TEXT, "no words here")
    assert made.sources.tolist() == [0, 1, 0, 0]  # the second text has no version
    assert made.target.tolist() == [1, 0, 1, 1]
    again = augment([TEXT, "no words here"], [1, 0], operation=operation, copies=2, seed=3)
    assert again.texts == made.texts


def test_translation_there_and_back_takes_your_translators():
    operation = back_translation(lambda t: t[::-1], lambda t: t[::-1].lower())
    assert augment(["Ab", "ab"], [0, 1], operation=operation).texts == ("Ab", "ab", "ab")


@pytest.mark.parametrize(
    "call",
    [
        lambda: delete_words("a", rng(), share=1.5),
        lambda: swap_words("a", rng(), share=-0.1),
        lambda: replace_synonyms("a", rng(), synonyms={}, share=2),
        lambda: augment(["a"], [0, 1], operation=delete_words),
        lambda: augment(["a"], [0], operation=delete_words, copies=-1),
    ],
)
def test_wrong_arguments_are_refused(call):
    with pytest.raises(ValueError, match="between 0 and 1|expected one class for each"):
        call()
