"""A step for each group, codes that reach its ends, and an error of at most half a step."""

import numpy as np

from lablib.exercises.checks import check, close, numbers, raises, true


def matrix(rng, groups=3, group=4):
    """Rows whose groups differ much in size."""
    sizes = 10.0 ** rng.uniform(-3, 2, size=(5, groups, 1))
    return (rng.normal(size=(5, groups, group)) * sizes).reshape(5, groups * group)


def answer(s, weight, bits, group):
    """Codes and steps of the learner, in their shapes."""
    got = s.quantize(weight, bits, group)
    true(isinstance(got, list | tuple) and len(got) == 2, "the answer is codes and steps")
    rows, inputs = weight.shape
    codes = numbers(got[0], "codes have the shape of the weights", shape=(rows, inputs))
    steps = numbers(got[1], "there is a step for each group", shape=(rows, inputs // group))
    return codes, steps


@check(points=1, public=True, hint=2)
def codes_of_the_example(s):
    codes, steps = answer(s, np.array([[0.7, -0.32, 7.0, 0.4]]), 4, 2)
    close(steps, [[0.1, 1.0]], "the steps of the example are 0.7 / 7 and 7 / 7")
    close(codes, [[7, -3, 7, 0]], "-0.32 is nearest to -3 steps of 0.1, and 0.4 to no step of 1")


@check(points=1, public=True, hint=3)
def the_example_undone(s):
    got = s.dequantize(np.array([[7, -3, 7, 0]]), np.array([[0.1, 1.0]]))
    close(got, [[0.7, -0.3, 7.0, 0.0]], "each code is multiplied by the step of its group")


@check(points=2, hint=1)
def codes_and_steps_of_any_matrix(s, rng, reference):
    for bits in (2, 4, 8):
        weight = matrix(rng)
        codes, steps = answer(s, weight, bits, 4)
        expected = reference.quantize(weight, bits, 4)
        close(steps, expected[1], "a step is the largest absolute weight over the largest code")
        close(codes, expected[0], "codes are weights in steps, rounded to the nearest")


@check(points=1, hint=2)
def both_ends_are_used_and_not_passed(s, rng, reference):
    for bits in (3, 8):
        weight = matrix(rng)
        codes, _ = answer(s, weight, bits, 4)
        largest = np.abs(codes).reshape(5, 3, 4).max(axis=2)
        expected = np.abs(reference.quantize(weight, bits, 4)[0]).reshape(5, 3, 4).max(axis=2)
        close(largest, expected, "the largest weight of each group gets the largest code")
        mirrored, _ = answer(s, -weight, bits, 4)
        close(mirrored, -codes, "turning all signs turns all codes: both sides reach equally far")


@check(points=2, hint=3)
def undone_within_half_a_step(s, rng, reference):
    for bits, group in ((4, 4), (8, 6), (2, 12), (5, 1)):
        weight = matrix(rng)
        codes, steps = reference.quantize(weight, bits, group)
        back = numbers(
            s.dequantize(codes, steps), "the matrix has the shape of its codes", shape=weight.shape
        )
        close(
            back,
            reference.dequantize(codes, steps),
            "each code is multiplied by the step of its own group, for any size of group",
        )
        codes, steps = answer(s, weight, bits, group)
        error = np.abs(reference.dequantize(codes, steps) - weight)
        most = np.repeat(steps, group, axis=1) / 2
        true(
            bool((error <= most * (1 + 1e-6) + 1e-12).all()),
            "no weight moves by more than half a step",
        )


@check(points=1, hint=2)
def groups_of_zeros(s, rng, reference):
    weight = matrix(rng)
    weight[1, 4:8] = 0
    weight[3] = 0
    codes, steps = answer(s, weight, 4, 4)
    expected = reference.quantize(weight, 4, 4)
    close(steps, expected[1], "a group of zeros has the step 1, and no other group")
    close(codes, expected[0], "weights that are zero have the code zero, and nothing is divided")


@check(points=2, hint=1)
def impossible_settings_are_errors(s, rng, reference):
    weight = matrix(rng)
    for bits, group in ((1, 4), (0, 4), (4, 5), (4, 24), (4, 0), (4, -4)):
        raises(
            lambda bits=bits, group=group: s.quantize(weight, bits, group),
            ValueError,
            "fewer than 2 bits, or a group that does not divide the inputs, is an error",
        )
    for bits, group in ((2, 1), (2, 12)):
        expected = reference.quantize(weight, bits, group)
        codes, steps = answer(s, weight, bits, group)
        close(codes, expected[0], "2 bits are possible, and so is a group of 1 or a whole row")
        close(steps, expected[1], "the steps are right for the smallest and the largest group")
