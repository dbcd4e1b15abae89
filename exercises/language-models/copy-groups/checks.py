"""Similarity by hand and at its edges; groups with chains, thresholds and order."""

from lablib.exercises.checks import check, close, equal

LETTERS = list("abcdefghij")


def line(rng, length=24):
    """A random text of a few letters, so that pieces repeat."""
    return "".join(rng.choice(LETTERS, length))


def family(rng, members=3):
    """A text and copies with a bit cut off or added at one end."""
    text = line(rng)
    made = [text]
    for _ in range(members - 1):
        cut = int(rng.integers(1, 3))
        made.append(text[cut:] if rng.random() < 0.5 else text + line(rng, cut))
    return made


@check(points=1, public=True, hint=1)
def worked_similarity(s):
    close(
        s.similarity("abcd", "bcde", 2),
        0.5,
        "ab, bc, cd against bc, cd, de: two pieces in both sets, four in either",
    )


@check(points=1, public=True, hint=2)
def worked_groups(s):
    equal(
        s.copy_groups(["good hotel", "bad food", "good hotels"], 3, 0.7),
        [0, 1, 0],
        "the third text is a copy of the first, the second of none",
    )


@check(points=1, hint=1)
def random_texts(s, rng, reference):
    for width in (1, 2, 3):
        first, second = line(rng), line(rng)
        second = first[:12] + second[:8]
        close(
            s.similarity(first, second, width),
            reference.similarity(first, second, width),
            "pieces of both texts are counted once each, however often they occur",
        )


@check(points=1, hint=1)
def short_texts(s, rng, reference):
    text = line(rng, 3)
    close(s.similarity(text, text, 5), 1.0, "a text shorter than `width` is its own only piece")
    close(s.similarity(text, line(rng, 9), 5), 0.0, "a short text and a long one share no piece")
    for width in (3, 4):
        close(
            s.similarity(text, text + "z", width),
            reference.similarity(text, text + "z", width),
            "a text exactly as long as `width` has one piece, one longer has two",
        )


@check(points=1, hint=2)
def threshold_counts(s, rng, reference):
    first = "".join(rng.permutation(LETTERS[:4]))
    second = first[1:] + "z"
    texts = [first, line(rng, 5).upper(), second]
    equal(s.copy_groups(texts, 2, 0.5), [0, 1, 0], "a similarity equal to the threshold is enough")
    equal(s.copy_groups(texts, 2, 0.51), [0, 1, 2], "a similarity below the threshold is not")
    expected = reference.copy_groups(texts, 1, 0.7)
    equal(s.copy_groups(texts, 1, 0.7), expected, "`width` decides what is compared")


@check(points=2, hint=3)
def chains(s, rng, reference):
    whole = "".join(rng.permutation([chr(97 + i) for i in range(20)]))
    ends_first = [whole, "0123456789", whole[6:] + "XYZUVW", whole[3:] + "XYZ"]
    texts = [ends_first[i] for i in (0, 1, 2, 3)]
    groups = s.copy_groups(texts, 2, 0.6)
    equal(groups, [0, 1, 0, 0], "the ends of a chain are one group, even if the link comes last")
    shuffled = [texts[i] for i in rng.permutation(4)]
    expected = reference.copy_groups(shuffled, 2, 0.6)
    equal(s.copy_groups(shuffled, 2, 0.6), expected, "a chain is one group in every order of rows")


@check(points=2, hint=3)
def families(s, rng, reference):
    for _ in range(3):
        texts = [text for _ in range(4) for text in family(rng, int(rng.integers(1, 5)))]
        texts = [texts[i] for i in rng.permutation(len(texts))]
        equal(
            s.copy_groups(texts, 2, 0.7),
            reference.copy_groups(texts, 2, 0.7),
            "each label is the row of the first text of its group",
        )


@check(points=1)
def nothing_to_group(s, rng, reference):
    equal(s.copy_groups([], 2, 0.5), [], "no texts have no groups")
    text = line(rng)
    equal(s.copy_groups([text, text], 2, 1.0), [0, 0], "equal texts are copies at any threshold")
    expected = reference.copy_groups([text], 2, 0.5)
    equal(s.copy_groups([text], 2, 0.5), expected, "one text is a group of its own")
