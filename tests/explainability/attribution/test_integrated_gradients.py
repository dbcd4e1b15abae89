import pytest
import torch
from captum.attr import IntegratedGradients
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.explainability.attribution.integrated_gradients import integrated_gradients
from lablib.models.mlp import MLP


@pytest.fixture(scope="module")
def network():
    model = MLP(6, hidden=(32, 32), seed=0).double()
    return lambda z: model(z).squeeze(-1)


def rows(seed, n=5):
    return torch.randn(n, 6, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_a_cube_by_hand():
    found = integrated_gradients(
        lambda z: z[:, 0] ** 3, torch.tensor([[2.0, 5.0]]), torch.tensor([[1.0, 0.0]]), steps=100
    )
    assert found.tolist() == [[pytest.approx(7.0, rel=1e-4), 0.0]]


def test_equal_to_captum(network):
    inputs, base = rows(0), rows(1, 1)
    theirs = IntegratedGradients(network).attribute(
        inputs, base, n_steps=50, method="riemann_middle"
    )
    ours = integrated_gradients(network, inputs, base, steps=50)
    assert torch.allclose(ours, theirs, atol=1e-12)


@given(st.integers(0, 1000))
@settings(max_examples=20, deadline=None)
def test_completeness_to_a_thousandth(network, seed):
    inputs, base = rows(seed, 20), torch.zeros(1, 6, dtype=torch.float64)
    found = integrated_gradients(network, inputs, base, steps=4000)
    change = network(inputs) - network(base)
    missing = (found.sum(1) - change).detach().abs().sum()
    assert float(missing / change.detach().abs().sum()) <= 1e-3


def test_the_gradient_at_the_end_alone_is_not_complete(network):
    """The wrong variant: gradient x input misses the walk."""
    inputs, base = rows(3).requires_grad_(), torch.zeros(1, 6, dtype=torch.float64)
    (slope,) = torch.autograd.grad(network(inputs).sum(), inputs)
    change = (network(inputs) - network(base)).detach()
    missing = ((inputs * slope).sum(1).detach() - change).abs().sum() / change.abs().sum()
    assert float(missing) > 0.02


def test_impossible_requests(network):
    with pytest.raises(ValueError, match="at least one step"):
        integrated_gradients(network, rows(0), rows(1, 1), steps=0)
    with pytest.raises(ValueError, match="baseline"):
        integrated_gradients(network, rows(0), rows(1, 1)[:, :3])
