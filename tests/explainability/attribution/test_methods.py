import numpy as np
import pytest
import torch
from captum.attr import FeatureAblation, InputXGradient, IntegratedGradients
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier

from lablib.explainability.attribution import shapley
from lablib.explainability.attribution.methods import METHODS, attribute, game, score_function
from lablib.models.mlp import MLP

COMPLETE = ("integrated-gradients", "kernel-shap", "sampled-shapley")
TENSORS = [method for method in METHODS if method != "tree-shap"]


@pytest.fixture(scope="module")
def network():
    return MLP(6, hidden=(16, 16), out_features=3, seed=0).double().eval()


@pytest.fixture(scope="module")
def rows():
    return torch.randn(4, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@given(st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_on_a_linear_model_every_exact_method_is_the_same(seed):
    rng = np.random.default_rng(seed)
    weight, x, base = rng.normal(size=7), rng.normal(size=(3, 7)), rng.normal(size=(1, 7))
    line = lambda z: z @ torch.from_numpy(weight) + 1  # noqa: E731
    known = weight * (x - base)
    for method in ("gradient-x-input", "integrated-gradients", "occlusion", "sampled-shapley"):
        found = attribute(line, x, baselines=base, method=method)
        assert np.abs(found.values - known).max() < 1e-6
        assert np.abs(found.completeness_error).max() < 1e-6
    brute = shapley.exact(lambda z: z @ weight, x[0], base)
    assert np.abs(brute - known[0]).max() < 1e-6


@pytest.mark.parametrize("method", TENSORS)
def test_shapes_and_the_promise_of_a_sum(network, rows, method):
    base = torch.zeros(2, 6, dtype=torch.float64) + torch.tensor([[0.0], [0.5]])
    found = attribute(network, rows, baselines=base, target=1, method=method, steps=2000)
    assert found.values.shape == (4, 6)
    assert found.scores == pytest.approx(network(rows)[:, 1].detach().numpy())
    assert found.baseline_scores == pytest.approx(float(network(base)[:, 1].detach().mean()))
    assert (found.relative_error < 1e-3) == (method in COMPLETE)


def test_parity_with_captum(network, rows):
    base = torch.zeros(1, 6, dtype=torch.float64)
    theirs = {
        "integrated-gradients": IntegratedGradients(network).attribute(
            rows, target=2, n_steps=256, method="riemann_middle"
        ),
        "gradient-x-input": InputXGradient(network).attribute(
            rows.clone().requires_grad_(), target=2
        ),
        "occlusion": FeatureAblation(network).attribute(rows, target=2),
    }
    for method, values in theirs.items():
        ours = attribute(network, rows, baselines=base, target=2, method=method).values
        assert np.allclose(ours, values.detach().numpy(), atol=1e-10), method


def test_kernel_shap_approaches_exact_shapley(network, rows):
    base = torch.zeros(1, 6, dtype=torch.float64)
    score = score_function(network, 0)
    play = lambda z: score(torch.from_numpy(z)).detach().numpy()  # noqa: E731
    exact = shapley.exact(play, rows[0], base)
    for method in ("kernel-shap", "sampled-shapley"):
        found = attribute(
            network, rows[:1], baselines=base, target=0, method=method, samples=4000
        ).values[0]
        assert np.abs(found - exact).max() < 0.03 * np.abs(exact).max() + 0.01, method


@pytest.mark.parametrize("method", TENSORS)
def test_groups_are_one_feature(network, rows, method):
    groups = torch.tensor([0, 0, 1, 1, 1, 2])
    base = torch.zeros(1, 6, dtype=torch.float64)
    options = {"baselines": base, "target": 0, "method": method}
    found = attribute(network, rows, groups=groups, **options).values
    assert found.shape == (4, 3)
    if method in ("integrated-gradients", "gradient-x-input"):
        single = attribute(network, rows, **options).values
        assert found[:, 0] == pytest.approx(single[:, :2].sum(1))


def test_lime_finds_the_effects_of_an_additive_model_and_shrinks_them_a_little(rows):
    weight = torch.tensor([3.0, -2.0, 1.0, 0.5, 0.0, 0.0], dtype=torch.float64)
    line = lambda z: z @ weight  # noqa: E731
    base = torch.zeros(1, 6, dtype=torch.float64)
    found = attribute(line, rows, baselines=base, method="lime", samples=4000).values
    known = (rows * weight).numpy()
    assert np.abs(found - known).max() < 0.02 * np.abs(known).max()
    few = attribute(line, rows, baselines=base, method="lime", samples=20).values
    assert np.abs(few).sum() < np.abs(known).sum()  # the ridge pulls towards 0 with few samples


@pytest.mark.parametrize("method", TENSORS)
def test_a_picture_is_explained_pixel_by_pixel_or_by_patches(method):
    generator = torch.Generator().manual_seed(0)
    pictures = torch.rand(2, 1, 4, 4, generator=generator, dtype=torch.float64)
    black = torch.zeros(1, 1, 4, 4, dtype=torch.float64)
    weight = torch.randn(16, 3, generator=generator, dtype=torch.float64)
    model = lambda z: z.flatten(1) @ weight  # noqa: E731
    options = {"baselines": black, "target": 2, "method": method, "samples": 200}
    assert attribute(model, pictures, **options).values.shape == pictures.shape
    patches = (torch.arange(4)[:, None] // 2 * 2 + torch.arange(4) // 2)[None]  # (1, 4, 4)
    found = attribute(model, pictures, groups=patches, **options).values
    assert found.shape == (2, 4)
    known = (pictures.flatten(1) * weight[:, 2]).reshape(2, 2, 2, 2, 2).sum((2, 4)).flatten(1)
    if method in ("gradient-x-input", "integrated-gradients", "occlusion", "sampled-shapley"):
        assert np.allclose(found, known.numpy())


def test_the_game_replaces_what_is_absent():
    base = torch.tensor([[0.0, 0.0, 0.0], [8.0, 8.0, 8.0]])
    play = game(lambda z: z.sum(1), torch.tensor([1.0, 2.0, 4.0]), base, torch.tensor([0, 1, 1]))
    assert play(np.array([[1.0, 1.0], [1.0, 0.0], [0.0, 0.0]])).tolist() == [7.0, 9.0, 12.0]


def test_draws_repeat_with_the_seed_and_leave_the_global_generator_alone(network, rows):
    base = torch.zeros(1, 6, dtype=torch.float64)
    before = torch.get_rng_state()
    for method in ("lime", "kernel-shap", "sampled-shapley", "random"):
        one, same, other = (
            attribute(
                network, rows, baselines=base, target=0, method=method, seed=s, samples=40
            ).values
            for s in (0, 0, 1)
        )
        assert (one == same).all()
        assert (one != other).any()
    assert torch.equal(torch.get_rng_state(), before)


def test_impossible_requests(network, rows):
    base = torch.zeros(1, 6, dtype=torch.float64)
    trees = HistGradientBoostingClassifier(max_iter=3).fit(rows.repeat(9, 1), [0, 1, 0, 1] * 9)
    cases = [
        ({"method": "shap"}, network, "is unknown"),
        ({"method": "occlusion"}, network, "pass target="),
        ({"baselines": base[:, :3]}, network, "must agree"),
        ({"method": "tree-shap", "target": 0}, network, "fitted tree model"),
        ({"method": "integrated-gradients"}, trees, "needs a gradient"),
    ]
    for options, model, says in cases:
        with pytest.raises(ValueError, match=says):
            attribute(model, rows, **{"baselines": base, **options})
