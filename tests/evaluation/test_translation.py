"""chrF against a version in loops, by hand, and as an invariant; wrong variants must differ."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.evaluation.translation import chrf, chrf_counts, chrf_score, exact_matches

TEXTS = st.lists(
    st.tuples(st.text("ab狗脸 ", max_size=9), st.text("ab狗脸 ", max_size=9)),
    min_size=1,
    max_size=6,
)


def slow_chrf(predicted, references, order=6, beta=2.0):
    """The definition, n-gram by n-gram: each reference n-gram may be used up once."""
    precisions, recalls = [], []
    for n in range(1, order + 1):
        shared = mine = theirs = 0
        for one, other in zip(predicted, references, strict=True):
            one, other = one.replace(" ", ""), other.replace(" ", "")
            left = [other[i : i + n] for i in range(len(other) - n + 1)]
            theirs += len(left)
            for i in range(len(one) - n + 1):
                mine += 1
                if one[i : i + n] in left:
                    left.remove(one[i : i + n])
                    shared += 1
        if mine and theirs:
            precisions.append(shared / mine)
            recalls.append(shared / theirs)
    if not precisions or sum(precisions) == 0:
        return 0.0
    p, r = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return (1 + beta**2) * p * r / (beta**2 * p + r)


@given(TEXTS, st.integers(1, 6), st.sampled_from([0.5, 1.0, 2.0, 3.0]))
@settings(max_examples=50, deadline=None)
def test_equals_the_definition_in_loops(pairs, order, beta):
    predicted, references = zip(*pairs, strict=True)
    expected = slow_chrf(predicted, references, order, beta)
    assert chrf(predicted, references, order=order, beta=beta) == pytest.approx(expected, abs=1e-12)


def test_by_hand():
    # 1-grams: a, b shared of a b c | a b d x; 2-grams: ab shared of ab bc | ab bd dx; 3: none.
    p, r = (2 / 3 + 1 / 2 + 0) / 3, (2 / 4 + 1 / 3 + 0) / 3
    assert chrf(["abc"], ["abdx"], order=3) == pytest.approx(5 * p * r / (4 * p + r))


def test_recall_counts_more_than_precision():
    short, long = chrf(["狗"], ["狗脸"]), chrf(["狗脸狗脸"], ["狗脸"])
    assert short < chrf(["狗脸猫"], ["狗脸"])
    assert long > chrf(["狗"], ["狗脸狗脸"])


@given(TEXTS)
@settings(max_examples=50, deadline=None)
def test_between_0_and_1_and_1_for_equal_texts(pairs):
    predicted, references = zip(*pairs, strict=True)
    assert 0 <= chrf(predicted, references) <= 1
    said_something = any(text.strip() for text in references)
    assert chrf(references, references) == pytest.approx(1.0 if said_something else 0.0)


@given(TEXTS)
@settings(max_examples=30, deadline=None)
def test_counts_of_parts_add_up(pairs):
    predicted, references = zip(*pairs, strict=True)
    counts = chrf_counts(predicted, references)
    assert chrf_score(counts.sum(axis=0)) == chrf_score(counts) == chrf(predicted, references)


def test_mean_of_single_scores_is_another_number():
    predicted, references = ["abcdef", "x"], ["abcdef", "y"]
    singles = [chrf([one], [other]) for one, other in zip(predicted, references, strict=True)]
    assert abs(np.mean(singles) - chrf(predicted, references)) > 0.1


def test_a_repeated_n_gram_is_shared_once():
    assert chrf_counts(["aaa"], ["a"], order=1)[0, 0].tolist() == [1, 3, 1]


def test_white_space_does_not_count_for_chrf_but_for_exact_match():
    assert chrf(["男人 红发"], ["男人红发"]) == 1.0
    assert not exact_matches(["男人 红发"], ["男人红发"]).any()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: chrf(["a"], ["a", "b"]), "predicted has 1 texts and references 2"),
        (lambda: chrf([], []), "holds no texts"),
        (lambda: chrf(["a"], ["a"], order=0), "order is 0"),
        (lambda: chrf(["a"], ["a"], beta=0), "beta is 0"),
        (lambda: exact_matches([], []), "holds no texts"),
    ],
)
def test_errors_name_the_argument(call, says):
    with pytest.raises(ValueError, match=says):
        call()
