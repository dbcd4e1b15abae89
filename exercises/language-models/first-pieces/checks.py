"""Labels at first pieces and tags of words, against labels on every piece and sliding tags."""

import numpy as np

from lablib.exercises.checks import check, equal

NAMES = ["O", "B-x", "I-x", "B-y"]
NUMBER = {"O": 0, "B-x": 1, "I-x": 2, "B-y": 3}


def sentence(rng, words=7, cut_off=0):
    """Pieces of a sentence with special ones at both ends and filling behind."""
    kept = words - cut_off
    counts = rng.integers(1, 5, kept)
    counts[int(rng.integers(kept))] = 4
    inner = [place for place in range(kept) for _ in range(counts[place])]
    filling = [None] * int(rng.integers(0, 4))
    tags = [NAMES[int(rng.integers(4))] for _ in range(words)]
    return [None, *inner, None, *filling], tags


def scores_of(rng, pieces):
    return rng.normal(size=(len(pieces), len(NAMES)))


@check(points=1, public=True, hint=1)
def worked_labels(s):
    got = s.labels_of_pieces([None, 0, 1, 1, None], ["O", "B-x"], {"O": 0, "B-x": 1})
    equal(got, [-100, 0, 1, -100, -100], "only the first piece of a word has its tag's number")


@check(points=1, public=True, hint=3)
def worked_tags(s):
    scores = np.array([[0, 9], [2, 1], [1, 3], [5, 0], [0, 9]])
    got = s.tags_of_words([None, 0, 1, 1, None], scores, ["O", "B-x"], 3)
    equal(got, ["O", "B-x", "O"], "the first piece decides, and a word that was cut off is O")


@check(points=2, hint=1)
def first_pieces_only(s, rng, reference):
    for _ in range(6):
        pieces, tags = sentence(rng)
        equal(
            s.labels_of_pieces(pieces, tags, NUMBER),
            reference.labels_of_pieces(pieces, tags, NUMBER),
            "further pieces of a word, special pieces and filling get -100",
        )


@check(points=1, hint=2)
def the_first_word_and_equal_neighbours(s):
    got = s.labels_of_pieces([0, 0, 1, 2, None], ["B-x", "B-x", "B-x"], NUMBER)
    equal(
        got,
        [1, -100, 1, 1, -100],
        "word 0 is a word, and words with the same tag each have a first piece",
    )
    turned = {"O": 3, "B-x": 2, "I-x": 1, "B-y": 0}
    got = s.labels_of_pieces([None, 0, 1, 1], ["B-y", "O"], turned)
    equal(got, [-100, 0, 3, -100], "numbers come from the dictionary, whichever they are")


@check(points=1, hint=1)
def sentences_that_were_cut_off(s, rng, reference):
    pieces, tags = sentence(rng, cut_off=3)
    equal(
        s.labels_of_pieces(pieces, tags, NUMBER),
        reference.labels_of_pieces(pieces, tags, NUMBER),
        "a word without a piece has no label, and there are as many labels as pieces",
    )


@check(points=2, hint=1)
def tags_come_from_first_pieces(s, rng, reference):
    for _ in range(6):
        pieces, tags = sentence(rng)
        scores = scores_of(rng, pieces)
        equal(
            s.tags_of_words(pieces, scores, NAMES, len(tags)),
            reference.tags_of_words(pieces, scores, NAMES, len(tags)),
            "a word's tag is the highest score at its first piece, not at its last or on average",
        )


@check(points=1, hint=3)
def every_word_has_a_tag(s, rng, reference):
    for cut_off in (1, 4):
        pieces, tags = sentence(rng, cut_off=cut_off)
        scores = scores_of(rng, pieces)
        equal(
            s.tags_of_words(pieces, scores, NAMES, len(tags)),
            reference.tags_of_words(pieces, scores, NAMES, len(tags)),
            "there is one tag for each word, O for those that were cut off",
        )
    scores = scores_of(rng, range(4))
    scores[0] = [0, 0, 0, 9]
    equal(
        s.tags_of_words([None, 1, 1, None], scores, NAMES, 3),
        reference.tags_of_words([None, 1, 1, None], scores, NAMES, 3),
        "a word of which the tokenizer left nothing is O, and special pieces give no tag",
    )


@check(points=1)
def there_and_back(s, rng):
    pieces, tags = sentence(rng)
    labels = s.labels_of_pieces(pieces, tags, NUMBER)
    equal(np.shape(labels), (len(pieces),), "there is one label for each piece")
    scores = np.zeros((len(pieces), len(NAMES)))
    for place, label in enumerate(labels):
        if label in range(4):
            scores[place, label] = 1
    equal(
        s.tags_of_words(pieces, scores, NAMES, len(tags)),
        tags,
        "a model that scores every label right gives back the tags of the sentence",
    )
