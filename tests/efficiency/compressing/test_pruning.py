from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils import prune

from lablib.efficiency.compressing import pruning
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


def test_fours_along_the_wrong_axis_are_noticed():
    """The pattern runs along the inputs; along the outputs some fours keep more than two."""
    weight = torch.randn(8, 8, generator=torch.Generator().manual_seed(0))
    wrong = pruning.two_of_four(weight.T).T
    assert not bool((wrong.reshape(-1, 4).sum(1) == 2).all())
