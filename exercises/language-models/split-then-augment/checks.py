"""Nothing of the test part in training: rows, copies, variants; sizes and order."""

from lablib.exercises.checks import check, equal, raises, true

TEXTS = ["Fine food", "bad room", "fine  food", "no sleep"]
VARIANTS = [["good food"], ["poor room", "bad space"], ["tasty food"], ["No rest", "Bad  ROOM"]]
WORDS = ["good", "bad", "room", "food", "bed", "noise", "view", "staff"]


def reviews(rng, rows=14):
    """Texts, some with copies in other case or spacing, and variants that are sometimes copies."""
    texts = [" ".join(rng.choice(WORDS, 4)) for _ in range(rows)]
    for _ in range(rows // 3):
        i, j = rng.choice(rows, 2, replace=False)
        texts[int(i)] = texts[int(j)].upper() if rng.random() < 0.5 else texts[int(j)] + " "
    variants = []
    for _ in range(rows):
        made = [" ".join(rng.choice(WORDS, 3)) for _ in range(int(rng.integers(0, 3)))]
        if rng.random() < 0.4:
            made.append(texts[int(rng.integers(rows))].title())
        variants.append(made)
    return texts, variants, [int(i) for i in rng.permutation(rows)]


def two(answer):
    """The two lists of texts of an answer."""
    parts = isinstance(answer, tuple | list) and len(answer) == 2
    true(parts, "the answer is two lists: train and test")
    lists = all(isinstance(part, tuple | list) for part in answer)
    true(lists, "train and test are lists")
    texts = all(isinstance(text, str) for part in answer for text in part)
    true(texts, "both lists hold texts only")
    return list(answer[0]), list(answer[1])


def key(text):
    return " ".join(str(text).lower().split())


@check(points=1, public=True, hint=1)
def worked_example(s):
    train, test = two(s.split_and_augment(TEXTS, VARIANTS, [1, 0, 3, 2], 1))
    equal(test, ["bad room"], "row 1 comes first in `order`, has no copy, and fills the test part")
    expected = ["Fine food", "good food", "fine  food", "tasty food", "no sleep", "No rest"]
    equal(
        train,
        expected,
        "training holds the other rows, each with its variants but not a copy of a test text",
    )


@check(points=1, public=True, hint=2)
def worked_copies(s):
    _, test = two(s.split_and_augment(TEXTS, VARIANTS, [0, 1, 3, 2], 1))
    equal(test, ["Fine food", "fine  food"], "a row goes to the test part with all its copies")


@check(points=2, hint=1)
def no_variant_of_a_test_text(s, rng, reference):
    texts = [f"text {i}" for i in range(10)]
    variants = [[f"variant {i} of {j}" for j in range(2)] for i in range(10)]
    order = [int(i) for i in rng.permutation(10)]
    train, test = two(s.split_and_augment(texts, variants, order, 4))
    expected = reference.split_and_augment(texts, variants, order, 4)
    equal(sorted(test), sorted(expected[1]), "without copies the first rows of `order` are tested")
    equal(sorted(train), sorted(expected[0]), "variants of a test text go nowhere, others train")


@check(points=2, hint=2)
def nothing_leaks(s, rng, reference):
    for size in (2, 4, 6):
        texts, variants, order = reviews(rng)
        train, test = two(s.split_and_augment(texts, variants, order, size))
        shared = {key(text) for text in train} & {key(text) for text in test}
        true(not shared, "no text of training is a copy of a test text, in any case or spacing")
        expected = reference.split_and_augment(texts, variants, order, size)
        equal(sorted(train), sorted(expected[0]), "everything that does not leak stays in training")


@check(points=1, hint=3)
def large_enough(s, rng, reference):
    texts = [text for i in range(8) for text in (f"text {i}", f"Text  {i}")]
    order = [int(i) for i in rng.permutation(16)]
    for size in (1, 3, 4):
        _, test = two(s.split_and_augment(texts, [[]] * 16, order, size))
        expected = reference.split_and_augment(texts, [[]] * 16, order, size)
        equal(
            sorted(test),
            sorted(expected[1]),
            "rows are added while the test part is too small, and copies count as rows",
        )


@check(points=2, hint=3)
def order_of_the_answer(s, rng, reference):
    texts, variants, order = reviews(rng)
    train, test = two(s.split_and_augment(texts, variants, order, 4))
    expected = reference.split_and_augment(texts, variants, order, 4)
    equal(test, expected[1], "test texts come in the order of the rows")
    equal(train, expected[0], "training texts come in the order of the rows, variants behind them")


@check(points=1)
def nothing_left_to_train(s, rng, reference):
    texts = ["one", "One", " one"]
    raises(
        lambda: s.split_and_augment(texts, [["eins"], ["uno"], []], [2, 0, 1], 1),
        ValueError,
        "copies of one text cannot be split, so a ValueError says that nothing is left to train",
    )
    texts, variants, order = reviews(rng)
    train, _ = two(s.split_and_augment(texts, variants, order, 2))
    expected = reference.split_and_augment(texts, variants, order, 2)
    equal(train, expected[0], "otherwise training is not empty")
