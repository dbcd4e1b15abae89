"""The releases by hand, and the audit that tells the right one from every broken one."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.privacy import auditing
from lablib.privacy.accounting import account
from lablib.privacy.private_sgd import faults
from lablib.privacy.private_sgd.faults import (
    FAULTS,
    RIGHT,
    Program,
    Setting,
    Step,
    Trial,
    statistics,
)

AT = Setting(max_grad_norm=1.0, noise_multiplier=2.0, expected=4.0)
GRADIENTS = torch.tensor([[3.0, 4.0], [0.0, 0.5], [9.0, 9.0]])
INCLUDED = torch.tensor([1.0, 1.0, 0.0])
NOISE = torch.tensor([1.0, -1.0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("right", [(0.6 + 2) / 4, (1.3 - 2) / 4]),
        ("no_clipping", [(3 + 2) / 4, (4.5 - 2) / 4]),
        ("noise_on_the_loss", [0.75, 1.125]),
        ("clipped_mean", [0.75 / 1.3521 + 0.5, 1.125 / 1.3521 - 0.5]),
        ("divided_twice", [(0.6 + 0.5) / 4, (1.3 - 0.5) / 4]),
        ("forgotten_norm", [(0.6 + 2) / 4, (1.3 - 2) / 4]),  # the same where the norm is 1
    ],
)
def test_releases_by_hand(name, expected):
    found = getattr(faults, name)(Step(GRADIENTS, INCLUDED, NOISE, AT))
    assert torch.allclose(found, torch.tensor(expected), atol=1e-4)


def test_the_forgotten_norm_shows_where_the_norm_is_not_one():
    at = Setting(max_grad_norm=10.0, noise_multiplier=2.0, expected=4.0)
    step = Step(GRADIENTS, INCLUDED, NOISE, at)
    gap = faults.right(step) - faults.forgotten_norm(step)
    assert torch.allclose(gap, 18 * NOISE / 4)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 999), st.floats(0.1, 1e5))
def test_only_right_releases_bound_what_one_example_does(seed, loud):
    draw = torch.Generator().manual_seed(seed)
    gradients = torch.randn(6, 3, generator=draw)
    gradients[-1] *= loud
    noise, full = torch.zeros(3), torch.ones(6)
    without = full.clone()
    without[-1] = 0
    steps = [Step(gradients, included, noise, AT) for included in (full, without)]
    moved = faults.right(steps[0]) - faults.right(steps[1])
    assert moved.norm() <= AT.max_grad_norm / AT.expected * (1 + 1e-4)


def bound(program, trial, seed=0):
    worlds = [
        statistics(program, trial, canary=canary, seed=2 * seed + canary)
        for canary in (False, True)
    ]
    return auditing.two_worlds(*worlds, delta=1e-5)


TRIAL = Trial(runs=1000)


def claim():
    return account(
        noise_multiplier=TRIAL.noise_multiplier, sampling_rate=TRIAL.rate, steps=TRIAL.steps
    ).epsilon


def test_the_right_program_keeps_its_claim_and_five_broken_ones_do_not():
    claimed = claim()
    assert bound(RIGHT, TRIAL) <= claimed
    exposed = {name for name, program in FAULTS.items() if bound(program, TRIAL) > claimed}
    assert exposed >= {
        "no-clipping", "noise-on-loss", "clipped-mean", "divided-twice", "same-noise",
    }  # fmt: skip


def test_without_a_canary_nothing_is_found():
    worlds = [statistics(FAULTS["no-clipping"], TRIAL, canary=False, seed=seed) for seed in (0, 1)]
    assert auditing.two_worlds(*worlds, delta=1e-5) < 0.5


def test_statistics_of_the_right_program():
    trial = Trial(runs=400, steps=20)
    found = statistics(RIGHT, trial, canary=False, seed=0)
    assert {name: value.shape for name, value in found.items()} == {
        "likelihood": (400,), "range": (400,), "turn": (400,),
    }  # fmt: skip
    last = found["turn"]  # one of 20 steps, noise of spread 2 and no canary
    assert abs(last.mean()) < 0.4
    assert last.std() == pytest.approx(2.0, rel=0.12)
    # A likelihood ratio has mean 1 in the world without the canary.
    assert np.exp(found["likelihood"]).mean() == pytest.approx(1.0, rel=0.15)
    same = statistics(Program(faults.right, noise="same"), trial, canary=False, seed=0)
    assert np.allclose(same["range"], 0, atol=1e-5)
