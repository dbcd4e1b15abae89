from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils import prune

from lablib.efficiency.compressing import pruning
from lablib.efficiency.compressing.quantizing import rounded, rounding_while_training
from lablib.efficiency.timing import multiplications
from lablib.models.mlp import MLP
from lablib.training import TrainingConfig, fit
from lablib.training.losses import classification_loss


@pytest.mark.parametrize("sparsity", [0.0, 0.3, 0.9, 1.0])
def test_masks_are_those_of_torch(sparsity):
    layer = torch.nn.Linear(40, 30)
    mask = pruning.magnitude_mask(layer.weight, sparsity=sparsity)
    prune.l1_unstructured(layer, "weight", amount=sparsity)
    assert torch.equal(layer.weight_mask, mask)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(0, 1), st.integers(1, 12), st.integers(1, 12))
def test_a_mask_removes_so_many_and_none_that_is_larger_than_a_kept_one(seed, sparsity, rows, n):
    weight = torch.from_numpy(np.random.default_rng(seed).normal(size=(rows, n))).float()
    mask = pruning.magnitude_mask(weight, sparsity=sparsity)
    chance = pruning.random_mask(weight, sparsity=sparsity, seed=seed)
    removed = round(sparsity * rows * n)
    assert int((mask == 0).sum()) == int((chance == 0).sum()) == removed
    if 0 < removed < rows * n:
        assert weight.abs()[mask == 0].max() <= weight.abs()[mask == 1].min()


def test_two_of_four_keeps_two_of_each_four():
    weight = torch.tensor([[4.0, -3.0, 2.0, 1.0, 0.1, 0.2, -0.4, 0.3]])
    assert pruning.two_of_four(weight).tolist() == [[1, 1, 0, 0, 0, 0, 1, 1]]
    with pytest.raises(ValueError, match="multiple of 4"):
        pruning.two_of_four(torch.ones(2, 6))


def test_zeros_survive_retraining_only_when_they_are_held():
    x, y = torch.rand(64, 8), torch.arange(64) % 3
    config = TrainingConfig(epochs=3, batch_size=16, learning_rate=1e-2, device="cpu")
    rule = partial(pruning.magnitude_mask, sparsity=0.75)
    held, loose = (MLP(8, hidden=(16,), out_features=3, seed=0) for _ in range(2))
    before = held.layers[0].weight.clone()
    masks = pruning.masks_for(held, rule)
    with pruning.held_at_zero(held, masks):
        fit(held, (x, y), loss=classification_loss, config=config)
    assert pruning.sparsity_of(held) == pytest.approx(0.75, abs=0.01)
    kept = masks["layers.0"] == 1
    assert not torch.allclose(held.layers[0].weight[kept], before[kept])  # the rest was trained
    pruning.apply_masks(loose, masks)
    assert pruning.sparsity_of(loose) == pytest.approx(0.75, abs=0.01)
    fit(loose, (x, y), loss=classification_loss, config=config)
    assert pruning.sparsity_of(loose) < 0.5  # the wrong way: the optimiser fills the zeros


def test_a_share_that_is_none():
    with pytest.raises(ValueError, match="sparsity=90 must be a share"):
        pruning.magnitude_mask(torch.ones(3), sparsity=90)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 6), st.integers(1, 5))
def test_two_of_four_are_those_of_torchs_sparsifier(seed, rows, fours):
    from torch.ao.pruning import WeightNormSparsifier

    model = torch.nn.Sequential(torch.nn.Linear(4 * fours, rows, bias=False))
    with torch.no_grad():
        generator = torch.Generator().manual_seed(seed)
        model[0].weight.normal_(generator=generator)
    ours = pruning.two_of_four(model[0].weight)
    theirs = WeightNormSparsifier(sparsity_level=1.0, sparse_block_shape=(1, 4), zeros_per_block=2)
    theirs.prepare(model, config=[{"tensor_fqn": "0.weight"}])
    theirs.step()
    assert torch.equal(ours, model[0].parametrizations.weight[0].mask)
    assert bool((ours.reshape(-1, 4).sum(1) == 2).all())


def by_numpy(scores, sparsity):
    """The mask by numpy's partition, as the record of the page was made."""
    mask, removed = torch.ones_like(scores), round(sparsity * scores.numel())
    if removed:
        order = np.argpartition(scores.reshape(-1).numpy(), removed - 1)
        mask.view(-1)[torch.from_numpy(order[:removed])] = 0.0
    return mask


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1000), st.floats(0, 1), st.booleans())
def test_masks_are_those_of_numpy_but_for_the_choice_among_equals(seed, sparsity, ties):
    weight = torch.randn(9, 14, generator=torch.Generator().manual_seed(seed))
    weight = weight.mul(3).round() if ties else weight
    found, old = pruning.magnitude_mask(weight, sparsity=sparsity), by_numpy(weight.abs(), sparsity)
    assert torch.equal(weight.abs()[found == 0].sort().values, weight.abs()[old == 0].sort().values)
    if not ties:
        assert torch.equal(found, old)


@pytest.mark.parametrize("seed", range(5))
def test_masks_of_chance_are_those_of_the_record(seed):
    weight = torch.empty(1024, 256)
    scores = torch.rand(weight.shape, generator=torch.Generator().manual_seed(seed))
    found = pruning.random_mask(weight, sparsity=0.9, seed=seed)
    assert torch.equal(found, by_numpy(scores, 0.9))


def test_of_equals_the_first_go_on_every_device_and_in_every_precision():
    weight = torch.tensor([[1.0, -1.0, 0.5], [1.0, 2.0, -1.0]])
    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    for device in devices:
        for dtype in (torch.float32, torch.bfloat16, torch.float16, torch.float64):
            mask = pruning.magnitude_mask(weight.to(device, dtype), sparsity=0.5)
            assert mask.tolist() == [[0, 0, 0], [1, 1, 1]]
            chance = pruning.random_mask(weight.to(device, dtype), sparsity=0.5, seed=0)
            assert chance.tolist() == pruning.random_mask(weight, sparsity=0.5, seed=0).tolist()
            assert {(m.dtype, m.device.type) for m in (mask, chance)} == {(dtype, device)}


def test_masks_that_do_not_fit_change_nothing():
    model = MLP(4, hidden=(3,), out_features=2, seed=0)
    right = pruning.masks_for(model, torch.ones_like)
    before = {name: one.clone() for name, one in model.state_dict().items()}
    wrong = {
        "masks has layers.0, the model layers.0, layers.3": {"layers.0": right["layers.0"]},
        "masks has no layer": {},
        r"masks\['layers.3'\] has shape \(1, 3\), the weight \(2, 3\)": right
        | {"layers.3": torch.zeros(1, 3)},
    }
    for message, masks in wrong.items():
        with pytest.raises(ValueError, match=message), pruning.held_at_zero(model, masks):
            pass
        with pytest.raises(ValueError, match=message):
            pruning.apply_masks(model, masks)
    after = model.state_dict()  # under a parametrisation the names would differ
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (torch.nn.ReLU(), "no linear layer"),
        (torch.nn.Conv2d(1, 2, 3), "no linear layer"),
        (
            torch.nn.Sequential(
                torch.nn.Conv2d(1, 2, 3), torch.nn.Flatten(), torch.nn.Linear(8, 2)
            ),
            r"outside of linear layers \(0.weight\)",
        ),
        (torch.nn.MultiheadAttention(8, 2), r"\(in_proj_weight\)"),
    ],
)
def test_numbers_of_linear_layers_are_not_given_for_a_model_with_others(model, message):
    calls = (
        pruning.sparsity_of,
        multiplications,
        lambda one: pruning.masks_for(one, torch.ones_like),
        lambda one: rounded(one, bits=8),
        lambda one: rounding_while_training(one, bits=8).__enter__(),
    )
    for call in calls:
        with pytest.raises(ValueError, match=message):
            call(model)
    normed = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.LayerNorm(4))
    assert multiplications(normed) == 16


def test_fours_along_the_wrong_axis_are_noticed():
    """The pattern runs along the inputs; along the outputs some fours keep more than two."""
    weight = torch.randn(8, 8, generator=torch.Generator().manual_seed(0))
    wrong = pruning.two_of_four(weight.T).T
    assert not bool((wrong.reshape(-1, 4).sum(1) == 2).all())
