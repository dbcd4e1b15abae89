import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.robustness.threat import ThreatModel, check_examples

NORMS = st.sampled_from(["linf", "l2"])


def test_projections_by_hand():
    origin = torch.tensor([[0.5, 0.5]])
    far = torch.tensor([[0.8, 0.9]])
    box = ThreatModel(eps=0.25).project(far, origin)
    assert torch.allclose(box, torch.tensor([[0.75, 0.75]]))
    ball = ThreatModel(norm="l2", eps=0.25).project(far, origin)
    assert torch.allclose(ball, torch.tensor([[0.65, 0.70]]))  # (0.3, 0.4) has length 0.5
    edge = ThreatModel(eps=0.25, low=0.0, high=0.6).project(far, origin)
    assert torch.allclose(edge, torch.tensor([[0.6, 0.6]]))


@settings(max_examples=40, deadline=None)
@given(norm=NORMS, eps=st.floats(0, 2), low=st.floats(-2, 0), seed=st.integers(0, 99))
def test_projections_and_draws_are_allowed(norm, eps, low, seed):
    threat = ThreatModel(norm=norm, eps=eps, low=low, high=1.0)
    generator = torch.Generator().manual_seed(seed)
    images = low + (1 - low) * torch.rand(4, 1, 3, 3, generator=generator)
    far = 5 * torch.randn(4, 1, 3, 3, generator=generator)
    moved = threat.project(far, images)
    assert threat.allows(moved, images)
    assert torch.allclose(threat.project(moved, images), moved, atol=1e-6)  # nothing left to do
    assert threat.allows(threat.random(images, generator=generator), images)


def test_allows_notices_what_is_outside():
    threat, images = ThreatModel(eps=0.1), torch.full((2, 3), 0.95)
    assert not threat.allows(images + 0.04 * 2, images)  # leaves the box
    assert not threat.allows(images - 0.2, images)  # leaves the ball
    assert threat.allows(images - 0.1, images)


def test_directions_have_length_one_and_zero_stays():
    gradient = torch.tensor([[3.0, -4.0], [0.0, 0.0]])
    assert ThreatModel(eps=1).direction(gradient).tolist() == [[1, -1], [0, 0]]
    found = ThreatModel(norm="l2", eps=1).direction(gradient)
    assert torch.allclose(found, torch.tensor([[0.6, -0.8], [0.0, 0.0]]))


def test_an_unbounded_ball_holds_the_box():
    for norm in ("linf", "l2"):
        threat = ThreatModel(norm=norm, eps=0.1, low=-1).unbounded()
        corner = torch.ones(1, 1, 28, 28)
        assert torch.equal(threat.project(-corner, corner), -corner)
    assert ThreatModel(eps=0.1).scaled(0.5).eps == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"norm": "l1", "eps": 0.1}, "use 'linf' or 'l2'"),
        ({"eps": -0.1}, "at least 0"),
        ({"eps": math.nan}, "at least 0"),
        ({"eps": math.inf}, "finite"),
        ({"eps": 0.1, "low": 1.0}, "must be below high"),
    ],
)
def test_threat_models_that_make_no_sense(wrong, says):
    with pytest.raises(ValueError, match=says):
        ThreatModel(**wrong)


def test_examples_that_do_not_fit():
    threat = ThreatModel(eps=0.1)
    with pytest.raises(ValueError, match=r"pass images.float"):
        check_examples(torch.zeros(2, 3, dtype=torch.uint8), torch.zeros(2), threat)
    with pytest.raises(ValueError, match="outside of low"):
        check_examples(255 * torch.ones(2, 3), torch.zeros(2), threat)
    with pytest.raises(ValueError, match="nan, outside of low"):
        check_examples(torch.full((2, 3), math.nan), torch.zeros(2), threat)
    for target in (torch.zeros(2), torch.tensor([0, -1]), torch.tensor([True, False])):
        with pytest.raises(ValueError, match="classes are int64, 0 or more"):
            check_examples(torch.ones(2, 3), target, threat)
    with pytest.raises(ValueError, match=r"\(N, ...\) and \(N,\)"):
        check_examples(torch.ones(2, 3), torch.zeros(3), threat)
