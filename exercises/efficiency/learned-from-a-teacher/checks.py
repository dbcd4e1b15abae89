"""A divergence in the right direction, on the right scale, and labels that know no temperature."""

import numpy as np

from lablib.exercises.checks import check, close, number, numbers, raises


def case(rng, examples=6, classes=5):
    """Logits of a student and a teacher, and labels."""
    student, teacher = rng.normal(size=(2, examples, classes)) * 2
    return student, teacher, rng.integers(0, classes, size=examples)


@check(points=1, public=True, hint=2)
def losses_of_the_example(s):
    student, teacher = np.array([[0.0, 0.0]]), np.array([[2 * np.log(3), 0.0]])
    logs = numbers(s.log_softmax(teacher / 2), "there is one logarithm a logit", shape=(1, 2))
    close(logs, np.log([[0.75, 0.25]]), "the softened teacher says 3/4 and 1/4")
    apart = 4 * (0.75 * np.log(1.5) + 0.25 * np.log(0.5))
    got = number(
        s.distillation_loss(student, teacher, np.array([1]), 2.0, 1.0), "a loss is a number"
    )
    close(got, apart, "the teacher's part of the example is 4 times a divergence of 0.1308")
    got = number(
        s.distillation_loss(student, teacher, np.array([1]), 2.0, 0.5), "a mixed loss is a number"
    )
    close(got, (apart + np.log(2)) / 2, "half of the teacher's part and half of log 2")


@check(points=1, public=True, hint=3)
def labels_of_the_example(s):
    student, teacher = np.array([[0.0, np.log(3)]]), np.array([[0.0, 0.0]])
    got = number(
        s.distillation_loss(student, teacher, np.array([0]), 2.0, 0.0),
        "so is one without a teacher",
    )
    close(got, np.log(4), "with share 0 only the label counts, and T = 2 does not soften it")


@check(points=1, hint=1)
def logarithms_of_any_row(s, rng, reference):
    for classes in (2, 3, 9):
        logits = rng.normal(size=(4, classes)) * 3
        got = numbers(s.log_softmax(logits), "one logarithm a logit", shape=(4, classes))
        close(got, reference.log_softmax(logits), "logarithms of the softmax of each row")


@check(points=2, hint=2)
def from_any_teacher(s, rng, reference):
    for temperature in (0.5, 1.0, 3.0, 10.0):
        for size in ((6, 5), (1, 3), (9, 2)):
            student, teacher, labels = case(rng, *size)
            close(
                s.distillation_loss(student, teacher, labels, temperature, 1.0),
                reference.distillation_loss(student, teacher, labels, temperature, 1.0),
                "the teacher weighs the differences of logarithms; sum over classes, mean over "
                "examples, times the square of the temperature",
            )
            close(
                s.distillation_loss(teacher, teacher, labels, temperature, 1.0),
                0.0,
                "a student that gives the teacher's own logits has nothing left to learn",
            )


@check(points=1, hint=3)
def from_labels_alone(s, rng, reference):
    student, teacher, labels = case(rng)
    for temperature in (0.5, 1.0, 4.0):
        close(
            s.distillation_loss(student, teacher, labels, temperature, 0.0),
            reference.distillation_loss(student, teacher, labels, 1.0, 0.0),
            "the labels' part is the mean cross-entropy at temperature 1, whatever T is",
        )


@check(points=2, hint=3)
def mixed_by_any_share(s, rng, reference):
    for temperature in (1.0, 2.0, 5.0):
        student, teacher, labels = case(rng)
        share = float(rng.uniform(0.1, 0.9))
        close(
            s.distillation_loss(student, teacher, labels, temperature, share),
            reference.distillation_loss(student, teacher, labels, temperature, share),
            "the share belongs to the teacher and the rest to the labels",
        )


@check(points=1, hint=1)
def sure_networks_do_not_overflow(s, rng, reference):
    student, teacher, labels = case(rng)
    student, teacher = student + 5000, teacher * 1000 - 5000
    close(
        s.log_softmax(teacher),
        reference.log_softmax(teacher),
        "logits of thousands have logarithms, too: subtract the largest of each row first",
    )
    close(
        s.distillation_loss(student, teacher, labels, 2.0, 0.5),
        reference.distillation_loss(student, teacher, labels, 2.0, 0.5),
        "the loss of logits of thousands is a finite number",
    )


@check(points=1)
def impossible_settings_are_errors(s, rng, reference):
    student, teacher, labels = case(rng)
    for temperature, share in ((0.0, 0.5), (-2.0, 0.5), (2.0, -0.1), (2.0, 1.1)):
        raises(
            lambda t=temperature, a=share: s.distillation_loss(student, teacher, labels, t, a),
            ValueError,
            "a temperature that is not above 0, or a share beyond 0 to 1, is an error",
        )
    for share in (0.0, 1.0):
        close(
            s.distillation_loss(student, teacher, labels, 0.1, share),
            reference.distillation_loss(student, teacher, labels, 0.1, share),
            "a low temperature and both ends of the share are possible",
        )
