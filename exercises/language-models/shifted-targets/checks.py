"""Shifted inputs, counted labels, and whole names that were written without help."""

import numpy as np

from lablib.exercises.checks import check, close, equal, raises, true

PAD, START, END = 0, 1, 2


def names(rng, rows=6, longest=7, pad=PAD, end=END):
    """Targets (rows, longest): tokens from 3 on, then end, then filling."""
    lengths = rng.integers(1, longest, rows)
    lengths[0] = longest - 1
    tokens = rng.integers(3, 9, (rows, longest))
    places = np.arange(longest)
    tokens[places == lengths[:, None]] = end
    tokens[places > lengths[:, None]] = pad
    return tokens


def three(answer):
    """The three parts of an answer."""
    parts = isinstance(answer, tuple | list) and len(answer) == 3
    true(parts, "the answer is three arrays: inputs, labels, counted")
    arrays = [np.asarray(part) for part in answer]
    two_axes = all(array.ndim == 2 for array in arrays)
    true(two_axes, "each of the three arrays has the shape (B, T)")
    return [array.tolist() for array in arrays]


@check(points=1, public=True, hint=2)
def worked_example(s):
    targets = np.array([[5, 6, 2, 0], [7, 2, 0, 0]])
    inputs, labels, counted = three(s.decoder_batch(targets, START, PAD))
    equal(inputs[0], [1, 5, 6, 2], "position 0 reads `start`, and every other the token before it")
    equal(labels, targets.tolist(), "the labels are the name, its end and its filling")
    equal(
        counted,
        [[True, True, True, False], [True, True, False, False]],
        "tokens and `end` count, filling does not",
    )


@check(points=1, public=True, hint=3)
def worked_share(s):
    targets = np.array([[5, 6, 2, 0], [7, 2, 0, 0]])
    written = np.array([[5, 6, 2, 9, 9], [7, 7, 2, 0, 0]])
    close(s.share_right(written, targets, END), 0.5, "one of the two names is right as a whole")


@check(points=2, hint=2)
def inputs_are_one_behind(s, rng, reference):
    targets = names(rng)
    inputs, labels, _ = three(s.decoder_batch(targets, START, PAD))
    expected, gold, _ = three(reference.decoder_batch(targets, START, PAD))
    equal(inputs, expected, "each position reads what comes before its label, and `start` first")
    equal(labels, gold, "the label of a position is the token at that place of the name")
    other = targets.copy()
    other[:, 3] = 8
    changed, _, _ = three(s.decoder_batch(other, START, PAD))
    seen = [row[:4] for row in changed]
    equal(seen, [row[:4] for row in expected], "no position reads its own label or a later one")


@check(points=1, hint=2)
def counted_by_the_label(s, rng, reference):
    for pad, start in ((0, 1), (9, 0), (-100, 7)):
        targets = names(rng, pad=pad)
        inputs, _, counted = three(s.decoder_batch(targets, start, pad))
        expected, _, gold = three(reference.decoder_batch(targets, start, pad))
        equal(counted, gold, "what counts is decided by the label, whichever number fills up")
        equal(inputs, expected, "the first input is `start`, whichever number that is")


@check(points=2, hint=3)
def whole_names_only(s, rng, reference):
    targets = names(rng, rows=12)
    written = np.concatenate([targets, rng.integers(0, 9, (12, 2))], axis=1)
    spoiled = rng.random(12) < 0.5
    spoiled[:2] = True, False
    written[spoiled, 0] = 9
    close(
        s.share_right(written, targets, END),
        reference.share_right(written, targets, END),
        "a name with one wrong token is wrong as a whole",
    )


@check(points=1, hint=3)
def after_the_end(s, rng, reference):
    targets = names(rng, rows=9)
    written = np.concatenate([targets, targets], axis=1)
    after = np.cumsum(written == END, axis=1) - (written == END) > 0
    written[after] = rng.integers(2, 9, int(after.sum()))
    close(s.share_right(written, targets, END), 1.0, "what follows the first `end` does not count")
    close(
        s.share_right(written[::-1], targets, END),
        reference.share_right(written[::-1], targets, END),
        "names in another order are mostly wrong",
    )


@check(points=1, hint=3)
def unfinished_names(s, rng, reference):
    targets = names(rng, rows=8, longest=6)
    never = np.where(targets == END, 4, targets)
    close(s.share_right(never, targets, END), 0.0, "a name that never ends is not right")
    shorter = targets[:, :4]
    close(
        s.share_right(shorter, targets, END),
        reference.share_right(shorter, targets, END),
        "a name that was cut before its `end` is not right",
    )
    early = targets.copy()
    early[:, 0] = END
    close(
        s.share_right(early, targets, END),
        reference.share_right(early, targets, END),
        "a name that ends too early is not right, whatever is written behind its end",
    )


@check(points=1)
def no_names(s, rng, reference):
    targets = names(rng)
    raises(
        lambda: s.share_right(targets[:0], targets[:0], END),
        ValueError,
        "a share of nothing is not a number, so a ValueError says it",
    )
    close(
        s.share_right(targets[:1], targets[:1], END),
        reference.share_right(targets[:1], targets[:1], END),
        "a single name has a share",
    )
