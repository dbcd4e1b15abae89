"""Entities by the strict protocol, against scores of words and the usual slips with ends."""

from lablib.exercises.checks import check, close

KINDS = ("person", "geo-loc", "x")


def tags(rng, n, broken=False):
    """One sentence of n random tags; unless `broken`, every I- continues an entity."""
    made = ["O"] * n
    for place in range(n):
        kind = KINDS[int(rng.integers(3))]
        draw = rng.random()
        before = made[place - 1] if place else "O"
        if draw < 0.3:
            made[place] = "B-" + kind
        elif draw < 0.65:
            if broken:
                made[place] = "I-" + kind
            elif before != "O":
                made[place] = "I-" + before[2:]
    return made


def sentences(rng, broken=False):
    """Gold and predicted tags of some sentences; predictions are gold with errors."""
    gold = [tags(rng, int(rng.integers(1, 12))) for _ in range(12)]
    guess = []
    for one in gold:
        other = tags(rng, len(one), broken)
        guess.append(one if rng.random() < 0.5 else other)
    return gold, guess


def swapped(got):
    return got[1], got[0], got[2]


@check(points=1, public=True, hint=2)
def worked_example(s):
    gold = [["B-person", "I-person", "O", "B-place"], ["O", "O", "O"]]
    predicted = [["B-person", "O", "O", "B-place"], ["O", "B-place", "O"]]
    close(
        s.entity_f1(gold, predicted),
        (1 / 3, 1 / 2, 0.4),
        "one of three named entities is right, and one of two was found: half a name is none",
    )


@check(points=1, public=True, hint=1)
def silence_scores_nothing(s):
    gold = [["O"] * 18 + ["B-person", "I-person"]]
    close(
        s.entity_f1(gold, [["O"] * 20]),
        (0, 0, 0),
        "a tagger that says only O names no entity and finds none",
    )
    close(s.entity_f1(gold, gold), (1, 1, 1), "right on every word is right on every entity")


@check(points=2, hint=2)
def types_and_both_ends(s, rng, reference):
    for _ in range(8):
        gold, guess = sentences(rng)
        close(
            s.entity_f1(gold, guess),
            reference.entity_f1(gold, guess),
            "an entity counts if its type, its first and its last word are right",
        )
    gold = [["B-x", "I-x", "I-x", "O", "B-person", "O", "O", "B-x"]]
    guess = [["B-x", "I-x", "O", "O", "B-x", "O", "B-x", "I-x"]]
    close(
        s.entity_f1(gold, guess),
        (0, 0, 0),
        "too short, of another type or begun too early, none of these is the entity",
    )


@check(points=2, hint=2)
def broken_sequences(s, rng, reference):
    gold = [["B-x", "O", "B-x", "I-x"], ["B-x"], ["O", "B-person", "I-person"]]
    guess = [["I-x", "O", "B-x", "I-x"], ["I-x"], ["O", "B-person", "I-x"]]
    close(
        s.entity_f1(gold, guess),
        (1 / 2, 1 / 4, 1 / 3),
        "an I- that continues nothing begins no entity and belongs to none",
    )
    for _ in range(8):
        gold, guess = sentences(rng, broken=True)
        close(
            s.entity_f1(gold, guess),
            reference.entity_f1(gold, guess),
            "wherever a sequence is broken, only B- begins an entity, and another type ends it",
        )


@check(points=1, hint=3)
def entities_that_touch_or_end_the_sentence(s):
    gold = [["B-x", "B-x", "I-x"], ["O", "B-x"], ["I-x", "O"]]
    guess = [["B-x", "I-x", "I-x"], ["O", "B-x"], ["O", "B-x"]]
    close(
        s.entity_f1(gold, guess),
        (1 / 3, 1 / 3, 1 / 3),
        "two entities that touch are two, one at the end counts, and none runs into the next line",
    )


@check(points=1, hint=3)
def sentences_are_kept_apart(s):
    gold = [["B-x", "O", "O"], ["O", "O", "B-x"], ["O", "B-x", "O"]]
    guess = [["O", "O", "B-x"], ["B-x", "O", "O"], ["O", "B-x", "O"]]
    close(
        s.entity_f1(gold, guess),
        (1 / 3, 1 / 3, 1 / 3),
        "an entity of one sentence is not found by naming the same words of another",
    )


@check(points=1)
def which_share_is_which(s, rng, reference):
    for _ in range(4):
        gold, guess = sentences(rng)
        guess[0] = ["O"] * len(gold[0])
        gold[1], guess[1] = ["O"] * 3, ["B-x", "B-x", "O"]
        expected = reference.entity_f1(gold, guess)
        close(
            s.entity_f1(gold, guess),
            expected,
            "precision divides by what was named, recall by what there is",
        )
        close(
            s.entity_f1(guess, gold),
            swapped(expected),
            "when gold and predictions change places, so do precision and recall",
        )


@check(points=1)
def nothing_to_divide_by(s):
    close(
        s.entity_f1([["O", "O"]], [["B-x", "O"]]),
        (0, 0, 0),
        "without gold entities recall is 0, and so is F1",
    )
    close(s.entity_f1([["B-x"], ["O"]], [["B-x"], ["O"]]), (1, 1, 1), "one of one is 1")
    close(s.entity_f1([["O"]], [["O"]]), (0, 0, 0), "a share of nothing is 0")
    close(s.entity_f1([], []), (0, 0, 0), "no sentences give three zeros")
