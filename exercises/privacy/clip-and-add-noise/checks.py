"""Clipping over all layers, noise on the sum, division by the expected size."""

import numpy as np

from lablib.exercises.checks import check, close, numbers, raises, true

SHAPES = ((3,), (2, 4), (5, 1, 2))


def batch(rng, size=None, long=2.0):
    """Gradients of a batch in three layers, some of them longer than 1 and some shorter."""
    size = int(rng.integers(5, 9)) if size is None else size
    lengths = rng.uniform(0.05, long, size=size)
    parts = [rng.normal(size=(size, *shape)) for shape in SHAPES]
    norms = np.sqrt(sum((part**2).sum(axis=tuple(range(1, part.ndim))) for part in parts))
    return [part * (lengths / norms).reshape(-1, *[1] * (part.ndim - 1)) for part in parts]


def normal(rng):
    """Standard normal numbers in the shapes of the weights."""
    return [rng.normal(size=shape) for shape in SHAPES]


def layers(got):
    """The answer as one long row of numbers, if it is a list of the layers' arrays."""
    true(isinstance(got, list | tuple) and len(got) == len(SHAPES), "there is one array a layer")
    return np.concatenate(
        [
            numbers(part, "each array has the shape of its layer", shape=shape).ravel()
            for part, shape in zip(got, SHAPES, strict=True)
        ]
    )


@check(points=1, public=True, hint=1)
def sum_of_the_example(s):
    gradients = [np.array([[3.0], [0.3]]), np.array([[[4.0, 0.0]], [[0.4, 0.0]]])]
    got = s.clipped_sum(gradients, 1.0)
    true(isinstance(got, list | tuple) and len(got) == 2, "the answer is a list, one array a layer")
    close(got[0], [0.9], "the first gradient is 5 long over both layers, so 3 becomes 0.6")
    close(got[1], [[1.2, 0.0]], "4 becomes 0.8, and the second gradient is short enough as it is")


@check(points=1, public=True, hint=3)
def release_of_the_example(s):
    gradients = [np.array([[3.0], [0.3]]), np.array([[[4.0, 0.0]], [[0.4, 0.0]]])]
    noise = [np.array([1.0]), np.array([[0.0, -1.0]])]
    got = s.release(gradients, 1.0, 2.0, 4.0, noise)
    true(isinstance(got, list | tuple) and len(got) == 2, "a release is a list, one array a layer")
    close(got[0], [0.725], "(0.9 + 2 * 1) / 4: noise goes on the sum, and both are divided once")
    close(got[1], [[0.3, -0.5]], "(1.2 + 0) / 4 and (0 - 2) / 4")


@check(points=2, hint=2)
def sums_of_any_batch(s, rng, reference):
    for _ in range(4):
        gradients, norm = batch(rng), float(rng.uniform(0.3, 1.5))
        close(
            layers(s.clipped_sum(gradients, norm)),
            layers(reference.clipped_sum(gradients, norm)),
            "every example is shortened by its norm over all layers together, then all are added",
        )


@check(points=2, hint=1)
def nobody_moves_the_sum_by_more_than_the_norm(s, rng, reference):
    for loud in (3.0, 1e4):
        gradients, norm = batch(rng), float(rng.uniform(0.5, 2))
        person = [part * loud for part in batch(rng, size=1)]
        more = [np.concatenate([a, b]) for a, b in zip(gradients, person, strict=True)]
        moved = layers(s.clipped_sum(more, norm)) - layers(s.clipped_sum(gradients, norm))
        length = float(np.linalg.norm(moved))
        true(length <= norm * (1 + 1e-6), "one more person moves the sum by at most the norm")
        expected = layers(reference.clipped_sum(more, norm))
        close(layers(s.clipped_sum(more, norm)), expected, "a loud person is cut, not dropped")


@check(points=1, hint=4)
def short_and_empty_gradients_stay(s, rng, reference):
    gradients = batch(rng, long=0.5)
    gradients = [np.concatenate([part, np.zeros_like(part[:1])]) for part in gradients]
    got = layers(s.clipped_sum(gradients, 0.6))
    close(
        got,
        np.concatenate([part.sum(axis=0).ravel() for part in gradients]),
        "gradients that are short enough are added as they are",
    )
    alone = [np.zeros((1, *shape)) for shape in SHAPES]
    close(
        layers(s.clipped_sum(alone, 1.0)),
        np.zeros(3 + 8 + 10),
        "a gradient of zeros stays zero",
    )


@check(points=1, hint=2)
def an_empty_batch_releases_noise(s, rng, reference):
    nobody = [np.zeros((0, *shape)) for shape in SHAPES]
    noise = normal(rng)
    close(
        layers(s.clipped_sum(nobody, 1.0)),
        np.zeros(3 + 8 + 10),
        "the sum over nobody is zero",
    )
    close(
        layers(s.release(nobody, 0.5, 3.0, 8.0, noise)),
        np.concatenate([part.ravel() for part in noise]) * 1.5 / 8,
        "a batch that nobody is in releases noise of the same spread as any other",
    )


@check(points=1, hint=3)
def noise_is_scaled_by_the_norm_and_divided_once(s, rng, reference):
    for _ in range(3):
        gradients, noise = batch(rng), normal(rng)
        norm, spread = float(rng.uniform(0.3, 3)), float(rng.uniform(0.5, 4))
        expected = float(rng.choice([0.5, rng.uniform(2, 30)]))
        case = (gradients, norm, spread, expected, noise)
        close(
            layers(s.release(*case)),
            layers(reference.release(*case)),
            "the sum gets noise of spread noise_multiplier * max_grad_norm and is divided by the "
            "expected size, whatever size the batch has",
        )


@check(points=1)
def impossible_settings_are_errors(s, rng, reference):
    gradients, noise = batch(rng), normal(rng)
    for norm in (0.0, -1.0):
        raises(
            lambda norm=norm: s.clipped_sum(gradients, norm),
            ValueError,
            "a clipping norm that is not above 0 lets nobody speak: it is an error",
        )
        raises(
            lambda norm=norm: s.release(gradients, norm, 1.0, 4.0, noise),
            ValueError,
            "`release` does not accept a clipping norm that is not above 0 either",
        )
    for spread, expected in ((1.0, 0.0), (1.0, -2.0), (-0.5, 4.0)):
        raises(
            lambda spread=spread, expected=expected: s.release(
                gradients, 1.0, spread, expected, noise
            ),
            ValueError,
            "an expected size that is not above 0, or a negative multiplier, is an error",
        )
    close(
        layers(s.release(gradients, 1.0, 0.0, 0.5, noise)),
        layers(reference.release(gradients, 1.0, 0.0, 0.5, noise)),
        "a multiplier of 0 adds nothing, and is no error",
    )
