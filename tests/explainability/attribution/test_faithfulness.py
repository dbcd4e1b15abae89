import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.explainability.attribution import agreement, sanity
from lablib.explainability.attribution.faithfulness import Curves, random_curves, removal_curves
from lablib.models.mlp import MLP


def test_curves_by_hand_with_signs_and_groups():
    line = lambda z: z @ torch.tensor([2.0, 1.0, -4.0])  # noqa: E731
    found = removal_curves(line, [[1.0, 1.0, 1.0]], [[2, 1, -4]], baselines=[[0.0, 0.0, 0.0]])
    assert found.deletion.tolist() == [[1.0, -3.0, -2.0, 0.0]]  # turned: the score fell by 1
    assert found.insertion.tolist() == [[0.0, 4.0, 3.0, 1.0]]
    grouped = removal_curves(
        line, [[1.0, 1.0, 0.0]], [[9, 1]], baselines=[[0.0, 0.0, 0.0]], groups=[0, 1, 1]
    )
    assert grouped.deletion.tolist() == [[3.0, 1.0, 0.0]]


@given(st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_a_reversed_order_turns_the_gap(seed):
    rng = np.random.default_rng(seed)
    weight = torch.from_numpy(rng.normal(size=(5, 5)))
    score = lambda z: (z @ weight).tanh().sum(1)  # noqa: E731
    x, claim = rng.normal(size=(3, 5)), rng.normal(size=(3, 5))
    there = removal_curves(score, x, claim, baselines=np.zeros((1, 5)))
    back = removal_curves(score, x, -claim, baselines=np.zeros((1, 5)))
    assert there.gap == pytest.approx(-back.gap)
    assert (there.change >= 0).all()


def test_random_orders_have_no_gap_and_the_truth_has_the_largest():
    generator = torch.Generator().manual_seed(0)
    weight = torch.randn(12, generator=generator)
    line = lambda z: z @ weight  # noqa: E731
    x, base = torch.randn(200, 12, generator=generator), torch.zeros(1, 12)
    truth = removal_curves(line, x, x * weight, baselines=base)
    control = random_curves(line, x, baselines=base, draws=4)
    share = control.gap.mean() / control.change.mean()
    assert abs(share) < 0.15
    assert truth.gap.mean() / truth.change.mean() > 1
    absolute = removal_curves(line, x, (x * weight).abs(), baselines=base)
    assert absolute.gap.mean() < 0.7 * truth.gap.mean()  # the wrong variant: signs dropped
    assert truth.comprehensiveness().mean() > control.comprehensiveness().mean()
    assert truth.sufficiency().mean() < control.sufficiency().mean()


def test_comprehensiveness_and_sufficiency_by_hand():
    curves = Curves(np.array([[4.0, 1.0, 0.0]]), np.array([[0.0, 3.0, 4.0]]))
    assert curves.comprehensiveness([0.5]).tolist() == [3.0]
    assert curves.sufficiency([0.5]).tolist() == [1.0]
    assert curves.gap.tolist() == [pytest.approx(2 / 3)]


def test_one_attribution_a_feature():
    with pytest.raises(ValueError, match="2 attributions a row for 3 features"):
        removal_curves(lambda z: z.sum(1), [[1.0, 1, 1]], [[1, 2]], baselines=[[0.0, 0, 0]])


def test_the_cascade_ends_at_chance_for_the_gradient_and_never_for_the_input():
    model = MLP(10, hidden=(32, 32), seed=0)
    x = torch.randn(60, 10, generator=torch.Generator().manual_seed(1))
    before = [p.clone() for p in model.parameters()]

    def gradient(broken):
        rows = x.clone().requires_grad_()
        return torch.autograd.grad(broken(rows).sum(), rows)[0].numpy()

    layers, order = sanity.cascade(model, gradient, seed=0)
    assert layers == ("layers.6", "layers.3", "layers.0")
    assert order.shape == (60, 4)
    assert order[:, 0] == pytest.approx(1)
    assert abs(order[:, -1].mean()) < 0.45
    _, control = sanity.cascade(model, lambda _: x.numpy(), seed=0)
    assert control.mean(0) == pytest.approx(1)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    with pytest.raises(ValueError, match="nothing to destroy"):
        sanity.cascade(torch.nn.ReLU(), gradient, seed=0)


def test_rank_correlation_is_scipys_and_zero_without_an_order():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(0)
    one, two = rng.integers(5, size=(8, 6)), rng.normal(size=(8, 6))
    theirs = [spearmanr(a, b).statistic for a, b in zip(one, two, strict=True)]
    assert sanity.rank_correlation(one, two) == pytest.approx(theirs)
    assert sanity.rank_correlation([[1, 1, 1]], [[1, 2, 3]]).tolist() == [0.0]


def test_disagreement_of_a_method_with_itself_and_with_another():
    rng = np.random.default_rng(0)
    claim, other = rng.normal(size=(300, 10)), rng.normal(size=(300, 10))
    found = agreement.disagreement({"a": claim, "b": 2 * claim, "c": other}, k=3)
    assert found["a", "b"] == (pytest.approx(1), 1.0)
    assert abs(found["a", "c"][0]) < 0.1
    assert found["a", "c"][1] == pytest.approx(0.3, abs=0.06)  # k / F
    with pytest.raises(ValueError, match="k is 11"):
        agreement.top_overlap(claim, other, k=11)
