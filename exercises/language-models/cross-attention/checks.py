"""Cross-attention over padded sources, against the usual slips with scale, mask and axes."""

import numpy as np

from lablib.exercises.checks import check, close, numbers, raises, true


def batch(rng, size=1.0):
    """Queries, keys, values and where they are real; B, T, S, D, E all differ."""
    b, t, s, d, e = 3, 4, 6, 5, 2
    real = np.arange(s) < np.array([[s], [2], [rng.integers(1, s + 1)]])
    return (
        size * rng.normal(size=(b, t, d)),
        size * rng.normal(size=(b, s, d)),
        rng.normal(size=(b, s, e)),
        real,
    )


def two(answer):
    """The two parts of an answer."""
    pair = isinstance(answer, tuple | list) and len(answer) == 2
    true(pair, "the answer is two arrays, the weights first")
    return answer


@check(points=1, public=True, hint=1)
def worked_example(s):
    queries = np.array([[[2.0, 0.0, 0.0, 0.0]]])
    keys = np.array([[[1.0, 0, 0, 0], [0, 1.0, 0, 0], [9.0, 9, 9, 9]]])
    values = np.array([[[10.0], [20.0], [99.0]]])
    weights, read = two(s.cross_attention(queries, keys, values, np.array([[True, True, False]])))
    expected = [[[0.7310586, 0.2689414, 0.0]]]
    close(weights, expected, "the weights of the example are right", absolute=1e-6)
    close(read, [[[12.689414]]], "the mean of the two real values is read", absolute=1e-5)


@check(points=1, public=True, hint=2)
def weights_add_up(s):
    rng = np.random.default_rng(0)
    queries, keys, values, real = batch(rng)
    weights, _ = two(s.cross_attention(queries, keys, values, real))
    weights = numbers(weights, "weights have the shape (B, T, S)", shape=(3, 4, 6))
    close(weights.sum(axis=2), np.ones((3, 4)), "the weights of each query add up to 1")
    outside = np.where(real[:, None, :], 0.0, weights)
    close(outside, np.zeros_like(outside), "filling gets the weight 0", absolute=0)


@check(points=2, hint=1)
def every_source_its_own(s, rng, reference):
    queries, keys, values, real = batch(rng)
    weights, read = two(s.cross_attention(queries, keys, values, real))
    expected, content = reference.cross_attention(queries, keys, values, real)
    close(
        weights,
        expected,
        "each query is compared with the keys of its own source, divided by the root of D",
    )
    close(read, content, "each query reads the values of its own source")


@check(points=2, hint=2)
def filling_does_not_matter(s, rng, reference):
    queries, keys, values, real = batch(rng)
    expected, content = reference.cross_attention(queries, keys, values, real)
    for filler in (1e3, -1e3, np.nan, np.inf):
        keys[~real], values[~real] = filler, filler
        weights, read = two(s.cross_attention(queries, keys, values, real))
        close(weights, expected, "what stands at filled positions does not change the weights")
        close(read, content, "what stands at filled positions does not change what is read")


@check(points=1, hint=2)
def more_filling_changes_nothing(s, rng, reference):
    queries, keys, values, real = batch(rng)
    long_keys = np.concatenate([keys, rng.normal(size=keys.shape)], axis=1)
    long_values = np.concatenate([values, rng.normal(size=values.shape)], axis=1)
    longer = np.concatenate([real, np.zeros_like(real)], axis=1)
    _, read = two(s.cross_attention(queries, long_keys, long_values, longer))
    _, content = reference.cross_attention(queries, keys, values, real)
    close(read, content, "a name reads the same in a batch with longer names")


@check(points=1, hint=3)
def large_scores(s, rng, reference):
    queries, keys, values, real = batch(rng, size=50.0)
    weights, read = two(s.cross_attention(queries, keys, values, real))
    expected, content = reference.cross_attention(queries, keys, values, real)
    close(weights, expected, "scores of some thousands give weights too, without overflow")
    close(read, content, "scores of some thousands still read the right values")
    low = -50 * np.abs(queries), np.abs(keys) + 50.0
    expected, _ = reference.cross_attention(*low, values, real)
    weights, _ = two(s.cross_attention(*low, values, real))
    close(weights, expected, "scores far below 0 give weights too, and filling none of them")


@check(points=1, hint=1)
def queries_do_not_meet(s, rng, reference):
    queries, keys, values, real = batch(rng)
    _, read = two(s.cross_attention(queries, keys, values, real))
    _, alone = two(s.cross_attention(queries[:, 1:2], keys, values, real))
    close(numbers(read, "numbers are read", shape=(3, 4, 2))[:, 1:2], alone,
          "a query reads the same with or without other queries beside it")  # fmt: skip
    _, content = reference.cross_attention(queries, keys, values, real)
    close(read, content, "every query may read every real position, the first as well as the last")


@check(points=1)
def a_source_without_words(s, rng, reference):
    queries, keys, values, real = batch(rng)
    empty = real.copy()
    empty[1] = False
    raises(
        lambda: s.cross_attention(queries, keys, values, empty),
        ValueError,
        "a source without a real position cannot be read, so a ValueError says it",
    )
    read = two(s.cross_attention(queries, keys, values, real))[1]
    close(read, reference.cross_attention(queries, keys, values, real)[1], "others can be read")
