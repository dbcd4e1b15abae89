import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, norm
from torch import nn

from lablib.robustness.smoothing import ABSTAIN, Certificates, certify, radius


def test_radius_by_hand():
    # All of n draws: the lower bound is alpha^(1/n).
    assert radius(100, 100, sigma=0.5, alpha=0.01) == pytest.approx(
        0.5 * norm.ppf(0.01 ** (1 / 100))
    )
    lowest = beta.ppf(0.001, 990, 11)
    assert radius(990, 1000, sigma=0.25) == pytest.approx(0.25 * norm.ppf(lowest))
    assert radius(50, 100, sigma=1.0) == 0


@settings(max_examples=40, deadline=None)
@given(draws=st.integers(1, 2000), data=st.data())
def test_more_hits_never_certify_less(draws, data):
    hits = data.draw(st.integers(0, draws - 1)) if draws > 1 else 0
    assert radius(hits, draws, sigma=1) <= radius(hits + 1, draws, sigma=1)


def test_certificates_of_a_linear_classifier_do_not_exceed_its_margin():
    """The smoothed linear classifier is the classifier: its true radius is margin / length."""
    model = nn.Linear(4, 2, bias=False)
    with torch.no_grad():
        model.weight.copy_(torch.tensor([[3.0, 0.0, 4.0, 0.0], [0.0, 0.0, 0.0, 0.0]]))
    images = torch.tensor([[0.2, 0.0, 0.1, 0.0], [0.0, 0.5, 0.0, 0.5], [-0.3, 0.0, 0.0, 0.0]])
    found = certify(model, images, sigma=0.25, draws=2000, low=-1.0, seed=1)
    assert found.answers.tolist() == [0, ABSTAIN, 1]  # the second lies on the boundary
    true = np.array([1.0, 0.0, 0.9]) / 5
    assert (found.radii <= true).all()
    assert (found.radii[[0, 2]] > 0.75 * true[[0, 2]]).all()
    target = np.array([0, 0, 0])
    assert found.accuracy(target, radius=0.0).value == pytest.approx(1 / 3)
    assert found.accuracy(target, radius=0.5).value == 0


def test_reusing_the_first_draws_would_be_noticed():
    """With one draw nothing can be certified; a class named and bounded by it would seem so."""
    found = certify(nn.Linear(3, 2), torch.zeros(5, 3), sigma=0.1, draws=1, first_draws=1)
    assert (found.radii == 0).all()
    assert (found.answers == ABSTAIN).all()


def test_errors():
    with pytest.raises(ValueError, match="sigma=0"):
        certify(nn.Linear(3, 2), torch.zeros(1, 3), sigma=0)


@pytest.mark.parametrize(
    ("images", "says"),
    [
        (torch.zeros(2, 3, dtype=torch.uint8), "pass images.float"),
        (255 * torch.ones(2, 3), "outside of low=0.0 and high=1.0"),
        (torch.full((2, 3), torch.nan), "outside of low"),
        (torch.zeros(0, 3), "images is empty"),
    ],
)
def test_inputs_that_do_not_fit(images, says):
    with pytest.raises(ValueError, match=says):
        certify(nn.Linear(3, 2), images, sigma=0.25)


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_a_network_without_numbers_is_not_certified(value):
    """argmax of NaN is a class, the same for all noise: it would be certified for every input."""
    broken = nn.Linear(3, 2)
    broken.weight.data.fill_(value)
    with pytest.raises(ValueError, match="not finite"):
        certify(broken, torch.zeros(2, 3), sigma=0.25, draws=400)
    with pytest.raises(ValueError, match=r"logits of shape \(100, 1\)"):
        certify(nn.Linear(3, 1), torch.zeros(2, 3), sigma=0.25, draws=400)


def test_one_class_is_given_for_each_answer():
    found = Certificates(np.array([1, 0]), np.array([0.5, 0.5]), 0.25, 400, 0.001)
    assert found.accuracy(np.array([1, 1]), radius=0.1).value == 0.5
    for target in (np.eye(2, dtype=int), np.array([1])):  # both would be broadcast
        with pytest.raises(ValueError, match="one class for each answer"):
            found.accuracy(target, radius=0.1)
