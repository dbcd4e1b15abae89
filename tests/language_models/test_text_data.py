"""The leak that copies make: on a toy where it is known, and on a reduced real run."""

import numpy as np
import pytest

from lablib import experiment, record
from lablib.data import TextData, load
from lablib.data.augmentation import delete_words
from lablib.language_models import text_data
from lablib.language_models.pipeline import drawing
from lablib.language_models.pipeline.augmentation import (
    augmented_before_the_split,
    compare,
    operations,
)
from lablib.language_models.pipeline.leak import represent, score, three_parts

NAME = "language-models/text-data"
BANDS = {
    "linear.gap": (0.08, 0.13),
    "random.gap": (-0.02, 0.02),
    "linear.fresh": (0.81, 0.865),
    "lookup.fresh": (0.52, 0.54),
    "choice.leaky": (0.02, 0.06),
    "choice.fresh": (-0.08, -0.03),
    "augment-first.inside": (0.95, 1.0),
    "augment-first.new": (0.55, 0.66),
}


@pytest.fixture(scope="module")
def result():
    return experiment.run(NAME, seeds=(0, 1), augmentation_seeds=(0, 1, 2), check=False)


@pytest.fixture(scope="module")
def toy():
    """Sixty random strings with random labels, each four times: nothing to learn but memory."""
    rng = np.random.default_rng(0)
    texts = ["".join(rng.choice(list("abcdefgh"), 12)) for _ in range(60)]
    target = np.repeat(rng.integers(0, 2, 60), 4).astype(np.int64)
    groups = np.repeat(np.arange(60), 4)
    return represent([t for t in texts for _ in range(4)], target), groups


def test_reduced_run_stays_in_its_two_sided_bands(result):
    experiment.accept(result, BANDS)


def test_intervals_allow_for_splits_that_share_rows():
    """Two splits: m ± t(1) * s * sqrt(1/2 + 1/3), not sqrt(1/2); a share is cut at 1."""
    kept = record.start(NAME, scale="quick", config=text_data.Config(), seeds=(0, 1), data={})
    text_data._put(kept, "linear.gap", [0.10, 0.12])
    text_data._put(kept, "linear.leaky", [0.90, 1.0])
    gap = kept.metrics["linear.gap"]
    half = 12.7062 * (0.02 / np.sqrt(2)) * np.sqrt(1 / 2 + 1 / 3)
    assert gap.interval.high - gap.value == pytest.approx(half, rel=1e-4)
    assert gap.value - gap.interval.low == pytest.approx(half, rel=1e-4)
    assert kept.metrics["linear.leaky"].interval.high == 1
    text_data._put(kept, "swap.over-repeat.50", [-0.01, 0.0])  # a difference, whatever ends it
    assert kept.metrics["swap.over-repeat.50"].interval.low < -0.01


def test_shares_lie_between_zero_and_one_with_their_intervals(result):
    for name in ("augment-first.inside", "linear.leaky", "seen", "plain.accuracy"):
        ends = result[name].interval
        assert 0 <= ends.low <= result.value(name) <= ends.high <= 1


def test_the_leak_is_larger_than_its_control(result):
    assert result["linear.gap"].value > 10 * abs(result["random.gap"].value)
    assert result["linear.unseen"].value < result["linear.leaky"].value - 0.05
    assert result["lookup.fresh"].value == result["majority.fresh"].value


def test_each_way_of_comparing_finds_at_least_as_many_copies(result):
    counts = [result.value(f"distinct.{n}") for n in ("lines", "normalised", "letters", "groups")]
    assert counts[0] == 17_410
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] > 17_000


def test_the_record_names_data_baseline_and_control(result):
    assert set(result.data) == {
        "chinese-reviews",
        "movie-reviews",
        "medical-questions",
        "synonyms",
    }
    assert (result.baseline, result.control) == ("majority.fresh", "random.gap")


def test_every_figure_draws_from_the_record(result):
    for view in (
        drawing.copies(result),
        drawing.two_tests(result, reveal="Guess."),
        drawing.choice(result),
        drawing.augmentation(result),
        drawing.at_full_scale(result),
    ):
        assert len(view._repr_html_()) > 300


def test_no_group_of_the_fresh_part_is_elsewhere(toy):
    texts, groups = toy
    train, leaky, fresh = three_parts(texts.target, groups, seed=3)
    assert sorted(np.concatenate([train, leaky, fresh]).tolist()) == list(range(240))
    assert not set(groups[fresh]) & set(groups[np.concatenate([train, leaky])])
    assert set(groups[train]) & set(groups[leaky])


def test_random_labels_are_remembered_on_lines_and_not_on_groups(toy):
    """What a leak is, where the truth is known: one half, whatever the leaky score says."""
    texts, groups = toy
    scores = [score(texts, groups, seed=seed) for seed in range(8)]
    assert np.mean([s.leaky["lookup"] for s in scores]) > 0.95
    assert np.mean([s.leaky["linear"] for s in scores]) > 0.9
    assert abs(np.mean([s.fresh["linear"] for s in scores]) - 0.5) < 0.15
    wrong = [score(texts, np.arange(240), seed=seed) for seed in range(4)]  # every line alone
    assert np.mean([s.fresh["linear"] for s in wrong]) > 0.85


def test_equal_texts_have_equal_counts_and_codes():
    texts = represent(["ab", "ba", "ab"], np.array([0, 1, 0]))
    assert texts.codes[0] == texts.codes[2] != texts.codes[1]
    assert (texts.counts[0] != texts.counts[2]).nnz == 0
    assert texts.counts[0].sum() == 3  # a, b and ab


def test_an_operation_that_changes_nothing_gains_nothing():
    data = load("movie-reviews").take(range(800))
    same = compare(data, {"same": lambda text, _: text}, labels=100, copies=2, seed=0)
    assert same["same"] == same["plain"]


def test_augmenting_before_the_split_looks_perfect_without_any_signal():
    """Random labels: one half is the truth, and the faulty split says otherwise."""
    rng = np.random.default_rng(1)
    movies = load("movie-reviews").take(range(1500))
    data = TextData("noise", movies.texts, rng.integers(0, 2, 1500), ("a", "b"), movies.table)
    inside, new = augmented_before_the_split(data, delete_words, labels=200, copies=4, seed=0)
    assert inside > 0.9
    assert abs(new - 0.5) < 0.1


def test_the_operations_are_three():
    assert set(operations({})) == {"synonyms", "deletion", "swap"}
