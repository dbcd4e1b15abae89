"""A merge with its scale, and a share that counts what is trained."""

import numpy as np

from lablib.exercises.checks import check, close, number, numbers, raises, true


def adapted(rng, rank):
    """weight, a, b and an alpha that differs from the rank."""
    return (
        rng.normal(size=(9, 7)),
        rng.normal(size=(rank, 7)),
        rng.normal(size=(9, rank)),
        float(rank * rng.uniform(2, 5) + 1),
    )


def model(rng, frozen=True):
    """Parameters of a small model with LoRA on every block."""
    width, rank = int(rng.integers(4, 9)), int(rng.integers(1, 4))
    rows, place = [("embedding.weight", (50, width), not frozen, 0)], 1
    for block in range(int(rng.integers(2, 5))):
        for name, shape, trains in (
            ("query.weight", (width, width), not frozen),
            ("query.bias", (width,), not frozen),
            ("query.lora_a", (rank, width), True),
            ("query.lora_b", (width, rank), True),
        ):
            rows.append((f"block.{block}.{name}", shape, trains, place))
            place += 1
    return [*rows, ("classifier.weight", (2, width), True, place)]


@check(points=1, public=True, hint=1)
def merge_of_the_example(s):
    weight, a, b = np.eye(2), np.array([[1.0, 2.0]]), np.array([[1.0], [-1.0]])
    close(
        s.merged(weight, a, b, 3.0),
        [[4.0, 6.0], [-3.0, -5.0]],
        "the product of the example is added three times, for alpha / r is 3",
    )


@check(points=1, public=True, hint=3)
def share_of_the_example(s):
    parameters = [
        ("embedding", (10, 4), False, 0),
        ("query", (4, 4), False, 1),
        ("query.lora_a", (1, 4), True, 2),
        ("query.lora_b", (4, 1), True, 3),
        ("output", (10, 4), False, 0),
    ]
    got = number(s.trained_share(parameters), "the share is one number")
    true(got <= 1, "a share is at most 1, not a percentage")
    close(got, 0.125, "8 of 64 weights of the example are trained; the tied table counts once")


@check(points=2, hint=1)
def merged_and_unmerged_agree(s, rng, reference):
    for rank in (1, 3, int(rng.integers(4, 7))):
        weight, a, b, alpha = adapted(rng, rank)
        x = rng.normal(size=(5, 7))
        got = numbers(
            s.merged(weight, a, b, alpha), "merged weights have the shape of weight", shape=(9, 7)
        )
        close(
            x @ got.T,
            x @ weight.T + alpha / rank * (x @ a.T) @ b.T,
            "the merged layer answers as the frozen layer and its LoRA do together",
        )
        expected = reference.merged(weight, a, b, alpha)
        close(got, expected, "the merged weights are right for any rank")


@check(points=1, hint=1)
def rank_zero_merges_nothing(s, rng, reference):
    weight, a, b, alpha = adapted(rng, 0)
    close(s.merged(weight, a, b, alpha), weight, "at rank 0 the weights stay as they are")
    parts = adapted(rng, 2)
    close(s.merged(*parts), reference.merged(*parts), "at rank 2 something is added")


@check(points=1, hint=2)
def all_trained_is_one(s, rng, reference):
    everything = [(name, shape, True, storage) for name, shape, _, storage in model(rng)]
    close(s.trained_share(everything), 1, "where every weight is trained the share is 1")
    nothing = [(name, shape, False, storage) for name, shape, _, storage in model(rng)]
    close(s.trained_share(nothing), 0, "where nothing is trained the share is 0")
    usual = model(rng)
    close(s.trained_share(usual), reference.trained_share(usual), "all weights are divided by")


@check(points=2, hint=2)
def what_is_trained_counts(s, rng, reference):
    forgotten = model(rng, frozen=False)
    close(
        s.trained_share(forgotten),
        1,
        "base weights that nobody froze are trained, so they count as trained",
    )
    held = [(n, shape, t and "lora_a" not in n, place) for n, shape, t, place in model(rng)]
    close(
        s.trained_share(held),
        reference.trained_share(held),
        "a LoRA matrix that the optimiser does not hold is not trained, and the head is",
    )


@check(points=1, hint=3)
def tied_weights_count_once(s, rng, reference):
    rows = model(rng)
    table = rows[0]
    for flags in ((False, True), (True, False), (False, False), (True, True)):
        tied = [
            (table[0], table[1], flags[0], 0),
            *rows[1:],
            ("head.weight", table[1], flags[1], 0),
        ]
        close(
            s.trained_share(tied),
            reference.trained_share(tied),
            "tied parameters count once, and are trained if either name is",
        )


@check(points=1)
def nothing_to_count_is_an_error(s, rng, reference):
    raises(
        lambda: s.trained_share([]),
        ValueError,
        "a model without parameters has no share, so a ValueError says it",
    )
    one = [("scale", (), True, 0), ("bias", (int(rng.integers(2, 9)),), False, 1)]
    close(
        s.trained_share(one),
        reference.trained_share(one),
        "a parameter without dimensions is one weight",
    )
