"""TF-IDF whose vocabulary and document frequencies know nothing of the test texts."""

import numpy as np

from lablib.exercises.checks import check, close, equal, numbers, raises, true

WORDS = ["lens", "tooth", "drug", "dose", "eye", "root", "cyst", "bone", "gum", "iris"]


def corpus(rng, texts, words=WORDS):
    """Texts of one to six words."""
    return [" ".join(rng.choice(words, rng.integers(1, 7))) for _ in range(texts)]


def two(answer, train, test):
    """The two arrays, with their shapes checked."""
    parts = isinstance(answer, tuple | list) and len(answer) == 2
    true(parts, "the answer is two arrays: training rows and test rows")
    columns = len({word for text in train for word in text.split()})
    first = numbers(
        answer[0],
        "training rows have a number for each word of the training texts",
        shape=(len(train), columns),
    )
    second = numbers(
        answer[1],
        "test rows have a number for each word of the training texts, 0 if it is not there",
        shape=(len(test), columns),
    )
    return first, second


@check(points=1, public=True, hint=2)
def worked_example(s):
    train, test = ["a b", "a"], ["b c", "c"]
    first, second = two(s.tfidf(train, test), train, test)
    close(first, [[0.5797387, 0.8148025], [1, 0]], "the training rows are right", absolute=1e-6)
    close(second, [[0, 1], [0, 0]], "the test rows use known words only, and may be zero")


@check(points=1, public=True, hint=1)
def test_texts_change_no_training_row(s):
    train = ["eye lens", "eye", "tooth root"]
    before, _ = two(s.tfidf(train, ["lens lens iris"]), train, [""])
    after, _ = two(s.tfidf(train, ["eye tooth", "root"]), train, ["", ""])
    close(before, after, "other test texts do not move a training row")


@check(points=3, hint=2)
def frequencies_of_training_texts(s, rng, reference):
    for _ in range(5):
        train, test = corpus(rng, 8), corpus(rng, 6)
        first, second = two(s.tfidf(train, test), train, test)
        expected = reference.tfidf(train, test)
        close(first, expected[0], "training rows follow the formula, with N training texts")
        close(second, expected[1], "test rows are weighted by training frequencies")


@check(points=2, hint=1)
def a_test_text_on_its_own(s, rng):
    train, test = corpus(rng, 7), corpus(rng, 5)
    _, together = two(s.tfidf(train, test), train, test)
    for row, text in enumerate(test):
        _, alone = two(s.tfidf(train, [text]), train, [text])
        close(together[row], alone[0], "a test row does not depend on the other test texts")


@check(points=2, hint=3)
def nothing_known(s, rng, reference):
    train = corpus(rng, 6, WORDS[:5])
    test = ["quite new", "", *corpus(rng, 3)]
    _, rows = two(s.tfidf(train, test), train, test)
    equal(rows[:2].tolist(), np.zeros_like(rows[:2]).tolist(), "no known word: the row is zero")
    close(rows, reference.tfidf(train, test)[1], "texts with some unknown words keep the others")
    first, none = two(s.tfidf(["", "eye"], []), ["", "eye"], [])
    close(first, [[0], [1]], "an empty training text is a row of zeros")
    equal(len(none), 0, "without test texts there are no test rows")


@check(points=1)
def no_words_to_fit(s, rng, reference):
    for train in ([], ["", "  "]):
        raises(
            lambda train=train: s.tfidf(train, ["eye"]),
            ValueError,
            "without a word in the training texts there is nothing to fit, so a ValueError says it",
        )
    train, test = corpus(rng, 4), corpus(rng, 2)
    expected = reference.tfidf(train, test)[0]
    close(two(s.tfidf(train, test), train, test)[0], expected, "with words there are rows")
