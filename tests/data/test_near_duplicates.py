import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.data import load
from lablib.data.near_duplicates import (
    duplicate_groups,
    jaccard,
    minhash,
    near_duplicate_pairs,
    shingles,
)


def brute_force(texts, threshold):
    """Every pair, by the definition."""
    sets = [shingles(text) for text in texts]
    pairs = itertools.combinations(range(len(texts)), 2)
    return [[i, j] for i, j in pairs if jaccard(sets[i], sets[j]) >= threshold]


def test_shingles_and_jaccard_by_hand():
    assert shingles("Ab c!d", width=3) == {"abc", "bcd"}
    assert shingles("ab", width=3) == {"ab"}
    assert shingles("", width=3) == {""}
    assert jaccard(frozenset("abcd"), frozenset("cdef")) == pytest.approx(2 / 6)
    assert jaccard(frozenset(), frozenset()) == 1.0
    assert jaccard(frozenset("a"), frozenset()) == 0.0


@pytest.mark.parametrize(("name", "rows"), [("chinese-reviews", 600), ("movie-reviews", 300)])
def test_minhash_finds_what_brute_force_finds(name, rows):
    """Real texts, some with words dropped, so that similarities spread over the threshold."""
    originals = load(name).texts[:rows]
    rng = np.random.default_rng(0)
    cut = [t[int(rng.integers(0, 1 + len(t) // 4)) :] for t in originals[: rows // 3]]
    texts = [*originals, *cut]
    expected = brute_force(texts, 0.8)
    assert len(expected) > rows / 10
    found = near_duplicate_pairs(texts, threshold=0.8).tolist()
    assert all(pair in expected for pair in found)
    assert len(found) >= 0.99 * len(expected)


def test_signatures_estimate_the_similarity():
    a = "the quick brown fox jumps over the lazy dog and runs far away into the deep dark wood"
    texts = [a, a[:60], a[30:], "something else entirely, in other words and other letters"]
    signature = minhash(texts, places=1024, seed=1)
    for i, j in itertools.combinations(range(len(texts)), 2):
        exact = jaccard(shingles(texts[i]), shingles(texts[j]))
        assert abs(np.mean(signature[i] == signature[j]) - exact) < 4 * 0.5 / np.sqrt(1024)


def test_one_hash_for_all_places_would_be_noticed():
    """Sentinel: places that share one hash function agree or differ all at once."""
    texts = ["the quick brown fox jumps over", "the quick brown fox jumped under"]
    agree = minhash(texts, places=256)[0] == minhash(texts, places=256)[1]
    assert 0 < agree.mean() < 1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(alphabet="ab猫 .", max_size=12), max_size=12))
def test_groups_are_a_partition_that_contains_every_copy(texts):
    groups = duplicate_groups(texts)
    assert groups.shape == (len(texts),)
    for i, label in enumerate(groups):
        assert label <= i
        assert groups[label] == label
    for i, j in brute_force(texts, 1.0):
        assert groups[i] == groups[j]


def test_a_chain_is_one_group():
    whole = "abcdefghijklmnopqrstuvwxyz0123456789"
    chain = [whole, whole[4:], whole[7:]]
    assert jaccard(shingles(chain[0]), shingles(chain[2])) < 0.8
    assert duplicate_groups(chain).tolist() == [0, 0, 0]


def test_the_leak_is_closed_on_the_real_set():
    data = load("chinese-reviews").take(range(6000))
    groups = duplicate_groups(data.texts)
    for kept, leaks in ((groups, False), (np.arange(len(data)), True)):
        parts = data.split(seed=0, groups=kept)
        shared = set(parts.train.texts) & set(parts.test.texts)
        assert bool(shared) is leaks


@pytest.mark.parametrize("threshold", [0.5, 1.1, -1])
def test_a_threshold_that_bands_cannot_serve_is_refused(threshold):
    with pytest.raises(ValueError, match="must be above 0.5 and at most 1; try 0.8"):
        near_duplicate_pairs(["a"], threshold=threshold)


def test_no_texts_have_no_pairs():
    assert near_duplicate_pairs([]).shape == (0, 2)
    assert minhash([]).shape == (0, 64)
