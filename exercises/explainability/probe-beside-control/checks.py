"""A probe scored on words it has not seen, beside labels that only a memory of words can give."""

import numpy as np

from lablib.exercises.checks import check, close, equal, numbers, raises


def text(rng, count=60, types=12):
    """Words in random order and in mixed case; every type appears."""
    number = np.concatenate([rng.permutation(types), rng.integers(types, size=count - types)])
    words = [f"w{n}" for n in number]
    return [word.upper() if rng.random() < 0.4 else word for word in words], number


def case(rng, count=60, types=12, width=20, property_of_tokens=True):
    """Arguments of `report`: states that hold the word, and a property of the token."""
    words, number = text(rng, count, types)
    labels = rng.integers(2, size=count)
    states = rng.normal(size=(types, width))[number] + 0.3 * rng.normal(size=(count, width))
    if property_of_tokens:
        states[:, 0] = 2.0 * labels - 1 + 0.8 * rng.normal(size=count)
    train = rng.random(count) < 0.6
    train[:2] = True, False
    return states, labels, words, rng.integers(2, size=types), train, 0.5


@check(points=1, public=True, hint=4)
def control_of_the_example(s):
    equal(
        s.control_labels(["Rome", "is", "old", "IS", "rome"], np.array([1, 0, 0])),
        [1, 0, 0, 0, 1],
        "a word has the same control label wherever it stands, in upper or lower case",
    )


@check(points=1, public=True, hint=3)
def report_of_the_example(s):
    states = np.array([[1.0, 2.0], [1.0, -2.0], [1.0, 1.0], [1.0, -1.0]])
    train = np.array([True, True, False, False])
    got = numbers(
        s.report(
            states,
            np.array([1, 0, 1, 0]),
            ["a", "b", "c", "d"],
            np.array([1, 1, 0, 0]),
            train,
            0.1,
        ),
        "the answer is three numbers: real, control, selectivity",
        shape=(3,),
    )
    close(got[0], 1, "the probe for the property is right about both unseen words")
    close(got[1], 0, "the control probe learned that labels are 1, and is wrong about both others")
    close(got[2], 1, "selectivity is the first accuracy minus the second")


@check(points=2, hint=2)
def one_label_for_each_type(s, rng, reference):
    for _ in range(3):
        words, _ = text(rng)
        bits = rng.integers(2, size=15)
        equal(
            s.control_labels(words, bits),
            reference.control_labels(words, bits),
            "type number i, counted by first appearance, gets bit i",
        )


@check(points=1, hint=4)
def too_few_bits_are_an_error(s, rng):
    words, _ = text(rng, 30, 9)
    raises(
        lambda: s.control_labels(words, np.ones(8, dtype=int)),
        ValueError,
        "a type without a bit is an error",
    )
    raises(
        lambda: s.control_labels(["a", "b"], np.ones(1, dtype=int)),
        ValueError,
        "two types and one bit are an error",
    )
    equal(
        s.control_labels(words, np.ones(9, dtype=int)), [1] * 30, "as many bits as types are enough"
    )


@check(points=2, hint=1)
def scored_on_unseen_words(s, rng, reference):
    for _ in range(3):
        states, labels, words, bits, train, _ = case(rng, 50, 12, 80, property_of_tokens=False)
        got = numbers(
            s.report(states, labels, words, bits, train, 1e-3),
            "any states give three numbers",
            shape=(3,),
        )
        expected = reference.report(states, labels, words, bits, train, 1e-3)
        close(
            got[0],
            expected[0],
            "the probe is fitted to the training words and scored on the others only",
        )


@check(points=2, hint=3)
def the_control_has_its_own_probe(s, rng, reference):
    for _ in range(4):
        arguments = case(rng)
        got = numbers(s.report(*arguments), "any words give three numbers", shape=(3,))
        close(
            got,
            reference.report(*arguments),
            "the control probe is fitted to control labels, as the other one to the property",
        )


@check(points=1)
def nothing_to_fit_or_to_score_is_an_error(s, rng, reference):
    states, labels, words, bits, train, penalty = case(rng)
    for mask in (np.ones_like(train), np.zeros_like(train)):
        raises(
            lambda mask=mask: s.report(states, labels, words, bits, mask, penalty),
            ValueError,
            "without training words, or without others, there is nothing to report",
        )
    for mask in (np.arange(60) < 1, np.arange(60) > 0):
        close(
            s.report(states, labels, words, bits, mask, penalty),
            reference.report(states, labels, words, bits, mask, penalty),
            "one word to fit, or one to score, is enough for an answer",
        )
