"""The dictionary against its definition in loops, and the nearest name."""

from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.data.pair import PairData
from lablib.language_models.translation.baselines import (
    LONGEST,
    nearest_names,
    word_by_word,
    word_dictionary,
)
from lablib.language_models.translation.name_pairs import words

NAMES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["red", "car", "big"]), min_size=1, max_size=3).map(" ".join),
        st.text("红车大", min_size=1, max_size=5),
    ),
    min_size=1,
    max_size=6,
)


def dice(pairs, word, run):
    """2 c(word, run) / (c(word) + c(run)), name by name."""
    with_word = [word in words(source) for source in pairs.sources]
    with_run = [run in target for target in pairs.targets]
    both = sum(a and b for a, b in zip(with_word, with_run, strict=True))
    return 2 * both / (sum(with_word) + sum(with_run))


@given(NAMES)
@settings(max_examples=50, deadline=None)
def test_entries_have_the_highest_dice(rows):
    pairs = PairData("", *(tuple(side) for side in zip(*rows, strict=True)))
    runs = {
        target[i : i + n]
        for target in pairs.targets
        for n in range(1, LONGEST + 1)
        for i in range(len(target) - n + 1)
    }
    for word, entry in word_dictionary(pairs).items():
        best = max(dice(pairs, word, run) for run in runs)
        assert abs(dice(pairs, word, entry) - best) < 1e-12
        ties = [run for run in runs if abs(dice(pairs, word, run) - best) < 1e-12]
        assert len(entry) == max(map(len, ties))


def test_overlapping_entries_are_written_once():
    entries = {"police": "警", "officer": "警察", "dark": "较深肤", "skin": "肤色", "tone": "肤色"}
    assert word_by_word(entries, ["police officer dark skin tone"]) == ["警察较深肤色"]
    assert word_by_word(entries, ["zebra"]) == [""]


def test_nearest_is_spelt_alike_and_from_training():
    pairs = PairData("", ("man teacher", "red heart"), ("男老师", "红心"))
    assert nearest_names(pairs, ["woman teacher", "hearts"]) == ["男老师", "红心"]
