"""A patch that reaches the output, and a share that is read beside an unrelated state."""

import numpy as np

from lablib.exercises.checks import check, close, numbers, raises


def network(rng, layers=4, tokens=5, width=3):
    """Layers, an input, and the states of a second run."""
    parts = [
        (np.tril(rng.uniform(0, 1, (tokens, tokens))), rng.normal(0, 0.7, (width, width)))
        for _ in range(layers)
    ]
    return (
        parts,
        rng.normal(0, 1, (tokens, width)),
        states_of(rng.normal(0, 1, (tokens, width)), parts),
    )


def states_of(x, parts):
    """All states of a run without a patch."""
    states = [x]
    for mix, weight in parts:
        states.append(states[-1] + np.tanh(mix @ states[-1] @ weight))
    return states


def measured(rng, count=9):
    """Differences of clean, corrupted, patched and unrelated runs."""
    clean, corrupted = rng.uniform(1, 9, count), -rng.uniform(1, 9, count)
    whole = clean - corrupted
    patched = corrupted + rng.uniform(0.6, 1.1, count) * whole
    return clean, corrupted, patched, corrupted + rng.uniform(0.3, 0.6, count) * whole


@check(points=1, public=True, hint=2)
def patch_of_the_example(s):
    layers = [(np.array([[1.0, 0.0], [1.0, 0.0]]), np.eye(1))] * 2
    x, source = np.zeros((2, 1)), np.ones((2, 1))
    one = np.tanh(1.0)
    for layer, end in ((0, one + np.tanh(1 + one)), (1, one), (2, 0.0)):
        close(
            s.patched_end(x, layers, source, layer, 0),
            [end],
            "a patch in state 0 passes both layers, one in state 2 reaches no other row",
        )


@check(points=1, public=True, hint=3)
def share_of_the_example(s):
    four = [np.array(row) for row in ([4.0, 2.0], [-4.0, -2.0], [4.0, 1.0], [0.0, 0.0])]
    got = numbers(s.beyond(*four, 0.5), "the answer is three numbers: mean, low, high", shape=(3,))
    close(got[0], 0.375, "the pairs of the example restore 1/2 and 1/4 beyond the unrelated state")
    close(got[1:], (0.25, 0.5), "the ends of the example are right", absolute=1e-6)


@check(points=2, hint=1)
def any_layer_and_position(s, rng, reference):
    parts, x, other = network(rng)
    for layer in range(5):
        for position in range(5):
            close(
                s.patched_end(x, parts, other[layer], layer, position),
                reference.patched_end(x, parts, other[layer], layer, position),
                "one row of one state is replaced, and all that follows is computed from it",
            )


@check(points=1, hint=1)
def the_ends_of_a_patch(s, rng):
    parts, x, other = network(rng)
    own = states_of(x, parts)
    for layer, state in enumerate(own):
        close(
            s.patched_end(x, parts, state, layer, 2),
            own[-1][-1],
            "a patch with the run's own state changes nothing",
        )
    close(
        s.patched_end(x, parts, other[4], 4, -1),
        other[4][-1],
        "the last row of the last state, patched, is that of the other run",
    )


@check(points=1)
def there_are_states_0_to_l(s, rng):
    parts, x, other = network(rng, layers=2)
    raises(
        lambda: s.patched_end(x, parts, other[0], 3, 0),
        ValueError,
        "two layers have no state 3, and a patch that is never made must not pass in silence",
    )
    raises(
        lambda: s.patched_end(x, parts, other[0], -1, 0),
        ValueError,
        "states are not counted from the end, so -1 is an error",
    )
    numbers(s.patched_end(x, parts, other[2], 2, 0), "the last state can be patched")


@check(points=2, hint=3)
def shares_within_each_pair(s, rng, reference):
    for count in (2, 9):
        four = measured(rng, count)
        got = numbers(s.beyond(*four, 0.95), "any pairs give three numbers", shape=(3,))
        close(
            got[0],
            reference.beyond(*four, 0.95)[0],
            "each pair counts the same: its share for the clean state minus that for the unrelated",
        )
    for level in (0.5, 0.99, float(rng.uniform(0.6, 0.95))):
        close(
            s.beyond(*four, level),
            reference.beyond(*four, level),
            "the interval is that of the N paired differences, at the level that was asked",
        )


@check(points=1, hint=4)
def destruction_alone_is_nothing(s, rng):
    clean, corrupted, patched, _ = measured(rng)
    close(
        s.beyond(clean, corrupted, patched, patched, 0.95),
        (0, 0, 0),
        "what an unrelated state restores too is no finding",
    )
    close(
        s.beyond(clean, corrupted, clean, corrupted, 0.95),
        (1, 1, 1),
        "all of it, beyond an unrelated state that restores nothing, is 1",
    )
    close(
        s.beyond(-clean, -corrupted, -patched, -corrupted, 0.95),
        s.beyond(clean, corrupted, patched, corrupted, 0.95),
        "a share does not depend on which answer is subtracted from which",
    )


@check(points=1)
def nothing_to_restore_is_an_error(s, rng):
    four = measured(rng, 4)
    raises(
        lambda: s.beyond(*(part[:1] for part in four), 0.95),
        ValueError,
        "one pair has no interval",
    )
    same = four[0].copy()
    same[2] = four[1][2]
    raises(
        lambda: s.beyond(same, *four[1:], 0.95),
        ValueError,
        "a pair whose runs do not differ has nothing to restore",
    )
    numbers(s.beyond(*(part[:2] for part in four), 0.95), "two pairs are enough")
