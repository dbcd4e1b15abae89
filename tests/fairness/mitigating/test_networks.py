import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.fairness.mitigating import networks
from lablib.training import TrainingConfig
from tests.fairness.mitigating.parallel_networks import train
from tests.fairness.mitigating.people import people
from tests.training.test_distributed import launch

CONFIG = TrainingConfig(epochs=25, batch_size=64, learning_rate=0.01, device="cpu", seed=0)


def gap(score, groups):
    return abs(score[groups == "a"].mean() - score[groups == "b"].mean())


@given(st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_the_mean_of_sign_times_score_is_a_gap(seed):
    _, y, groups = people(80, seed=seed)
    score = np.random.default_rng(seed).random(80)
    parity = networks.group_contrasts(y, groups, criterion="demographic-parity")
    difference = score[groups == "b"].mean() - score[groups == "a"].mean()
    assert (parity[:, 0] * score).mean() == pytest.approx(difference, abs=1e-6)
    odds = networks.group_contrasts(y, groups, criterion="equalized-odds")
    for label in (0, 1):
        mine = y == label
        difference = score[mine & (groups == "b")].mean() - score[mine & (groups == "a")].mean()
        assert (odds[:, label] * score).mean() == pytest.approx(difference, abs=1e-6)


def test_the_highest_u_gives_the_squared_gap_by_hand():
    # Two rows with logits 0 and 2: the smoothed gap is sigmoid(3 * 2) - 1/2.
    model = networks.Regularised(torch.nn.Linear(1, 1, bias=False), gaps=1)
    torch.nn.init.constant_(model.predictor.weight, 2.0)
    x, y = torch.tensor([[0.0], [1.0]]), torch.tensor([[0.0], [1.0]])
    signs = torch.tensor([[-2.0], [2.0]])
    squared = networks.squared_gap_loss(3.0)(model, (x, y, signs))
    with torch.no_grad():
        model.v.fill_((0.9975274 - 0.5) / networks.FAST)
    assert networks.regularised_loss(3.0)(model, (x, y, signs)).item() == pytest.approx(
        squared.item(), abs=1e-6
    )
    with torch.no_grad():
        model.v.add_(0.01)
    assert networks.regularised_loss(3.0)(model, (x, y, signs)) < squared  # it is the maximum


def test_the_reversed_gradient_points_uphill():
    value = torch.tensor([1.5], requires_grad=True)
    (networks.reverse(value) * 2).sum().backward()
    assert value.grad.item() == -2


@pytest.mark.parametrize("kind", networks.KINDS)
def test_punishment_lowers_the_gap(kind):
    x, y, groups = people(800)
    found = {}
    for strength in (0.0, 6.0 if kind == "regularised" else 10.0):
        result = networks.fit_network(
            x, y, groups, kind=kind, criterion="demographic-parity", strength=strength,
            config=CONFIG, hidden=(8,),
        )  # fmt: skip
        score = networks.scores(result, x)
        found[strength] = gap(score, groups), ((score > 0.5) == y).mean()
    (free, good), (held, less) = found.values()
    assert free > 0.15
    assert held < 0.5 * free
    assert good > 0.75
    assert less > 0.6


def test_micro_batches_change_nothing_where_the_loss_is_a_mean_over_rows():
    for kind in networks.KINDS:
        whole, parts = train(kind), train(kind, accumulation=3)
        torch.testing.assert_close(parts["weights"], whole["weights"], rtol=0, atol=1e-9)
        assert parts["losses"] == pytest.approx(whole["losses"], abs=1e-9)
    # The wrong variant: squared gaps of parts are not the squared gap of the whole.
    whole, parts = train("squared"), train("squared", accumulation=3)
    assert abs(parts["losses"][-1] - whole["losses"][-1]) > 1e-3


@pytest.mark.processes
def test_two_processes_train_the_networks_of_one(tmp_path):
    ranks = launch(tmp_path, module="tests.fairness.mitigating.parallel_networks")
    for kind in networks.KINDS:
        single = train(kind)
        for rank in ranks:
            torch.testing.assert_close(rank[kind]["weights"], single["weights"], rtol=0, atol=1e-6)
            assert rank[kind]["losses"] == pytest.approx(single["losses"], abs=1e-6)


def test_wrong_input_is_named():
    x, y, groups = people(40)
    with pytest.raises(ValueError, match="use one of regularised, adversarial"):
        networks.fit_network(
            x, y, groups, kind="fair", criterion="demographic-parity", strength=1, config=CONFIG
        )
    with pytest.raises(ValueError, match="give one of demographic-parity"):
        networks.group_contrasts(y, groups, criterion="fairness")
    with pytest.raises(ValueError, match="and two groups"):
        networks.group_contrasts([0, 1, 1], ["a", "b", "c"], criterion="equalized-odds")


def test_labels_other_than_0_and_1_are_refused():
    x, y, groups = people(40)
    options = {"criterion": "equalized-odds", "strength": 1.0, "config": CONFIG}
    for kind in networks.KINDS:
        for wrong in (y + 1, 2 * y - 1):
            with pytest.raises(ValueError, match=r"y holds (2|-1); labels must be 0 or 1"):
                networks.fit_network(x, wrong, groups, kind=kind, **options)
    with pytest.raises(ValueError, match="x has 39, y has 40"):
        networks.fit_network(x[1:], y, groups, kind="regularised", **options)
