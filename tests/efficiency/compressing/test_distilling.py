import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from lablib.efficiency.compressing.distilling import distillation_loss, mixed_up


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(0.5, 8), st.floats(0, 1))
def test_the_loss_is_torchs_divergence_times_the_square_of_the_temperature(seed, t, share):
    generator = torch.Generator().manual_seed(seed)
    student, teacher = (torch.randn(6, 4, generator=generator) for _ in range(2))
    labels = torch.arange(6) % 4
    soft = functional.kl_div(
        functional.log_softmax(student / t, 1),
        functional.softmax(teacher / t, 1),
        reduction="batchmean",
    )
    expected = share * t**2 * soft + (1 - share) * functional.cross_entropy(student, labels)
    given = None if share == 1 else labels
    found = distillation_loss(student, teacher, given, temperature=t, share=share)
    assert torch.allclose(found, expected, atol=1e-5)
    assert distillation_loss(student, teacher, temperature=t) >= -1e-6


def test_a_case_by_hand():
    student, teacher = torch.zeros(1, 2), torch.tensor([[math.log(3.0), 0.0]])
    # Probabilities 3/4 and 1/4 against one half each.
    expected = 0.75 * math.log(1.5) + 0.25 * math.log(0.5)
    assert distillation_loss(student, teacher, temperature=1.0).item() == pytest.approx(expected)


def test_without_the_square_the_slope_would_fade():
    teacher = torch.tensor([[2.0, 0.0, -1.0]])
    slopes = []
    for t in (1.0, 8.0):
        student = torch.zeros(1, 3, requires_grad=True)
        distillation_loss(student, teacher, temperature=t).backward()
        slopes.append(student.grad.norm())
    assert slopes[1] > slopes[0] / 3  # the wrong variant: 64 times less


def test_what_is_refused():
    z = torch.zeros(2, 3)
    with pytest.raises(ValueError, match="temperature=0"):
        distillation_loss(z, z, temperature=0)
    with pytest.raises(ValueError, match="pass them"):
        distillation_loss(z, z, share=0.5)
    with pytest.raises(ValueError, match=r"share=1\.0 leaves them no part"):
        distillation_loss(z, z, torch.zeros(2, dtype=torch.int64))


def test_only_the_student_is_taught():
    student, teacher = (torch.randn(3, 4, requires_grad=True) for _ in range(2))
    distillation_loss(student, teacher).backward()
    assert student.grad.abs().sum() > 0
    assert teacher.grad is None


def test_mixed_up_answers_are_the_same_answers():
    answers = torch.arange(40.0).reshape(20, 2)
    mixed = mixed_up(answers, seed=0)
    assert sorted(map(tuple, mixed.tolist())) == sorted(map(tuple, answers.tolist()))
    assert not torch.equal(mixed, answers)
