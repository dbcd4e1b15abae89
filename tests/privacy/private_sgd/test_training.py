"""The loop: what it does without noise, how large its noise is, and that its batches are coins."""

import copy
import math
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import nn

from lablib.privacy import _opacus
from lablib.privacy.private_sgd.clipping import by_loop, class_losses
from lablib.privacy.private_sgd.sampling import poisson_batches
from lablib.privacy.private_sgd.training import PrivateConfig, fit

CONFIG = PrivateConfig(
    steps=6,
    sampling_rate=0.3,
    noise_multiplier=0.0,
    max_grad_norm=math.inf,
    learning_rate=0.1,
    momentum=0.9,
    device="cpu",
)


def data(n=30, seed=0):
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(n, 4, generator=draw), torch.randint(0, 3, (n,), generator=draw)


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3))


def flat(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def test_without_noise_and_clipping_it_is_sgd_over_the_same_batches():
    inputs, target = data()
    model, plain = network(), network()
    found = fit(model, (inputs, target), config=CONFIG)
    optimizer = torch.optim.SGD(plain.parameters(), lr=0.1, momentum=0.9)
    for rows in poisson_batches(30, rate=0.3, steps=6, seed=0):
        optimizer.zero_grad()
        (class_losses(plain, (inputs[rows], target[rows])).sum() / 9).backward()
        optimizer.step()
    assert torch.allclose(flat(model), flat(plain), atol=1e-6)
    assert math.isinf(found.guarantee.epsilon)


@pytest.mark.filterwarnings("ignore:Full backward hook is firing")
@pytest.mark.parametrize("mode", ["hooks", "ghost"])
def test_one_step_is_that_of_opacus(mode):
    inputs, target = data()
    (rows,) = poisson_batches(30, rate=0.5, steps=1, seed=3)
    ours, theirs = network(), network()
    config = replace(CONFIG, steps=1, sampling_rate=0.5, max_grad_norm=0.4, seed=3)
    fit(ours, (inputs, target), config=config)
    samples, optimizers = (_opacus.load(part) for part in ("grad_sample", "optimizers"))
    options = {"noise_multiplier": 0.0, "max_grad_norm": 0.4, "expected_batch_size": 15}
    plain = torch.optim.SGD(theirs.parameters(), lr=0.1, momentum=0.9)
    if mode == "hooks":
        module = samples.GradSampleModule(theirs)
        optimizer = optimizers.DPOptimizer(plain, **options)
        nn.functional.cross_entropy(module(inputs[rows]), target[rows]).backward()
    else:
        module = samples.GradSampleModuleFastGradientClipping(theirs, max_grad_norm=0.4)
        optimizer = optimizers.DPOptimizerFastGradientClipping(plain, **options)
        utils = _opacus.load("utils.fast_gradient_clipping_utils")
        loss = utils.DPLossFastGradientClipping(
            module, optimizer, nn.CrossEntropyLoss(reduction="mean")
        )
        loss(module(inputs[rows]), target[rows]).backward()
    optimizer.step()
    assert torch.allclose(flat(ours), flat(theirs), atol=1e-6)


def test_the_noise_has_the_spread_that_is_accounted_for():
    # Losses that do not depend on the weights leave nothing but noise.
    model = nn.Linear(200, 100, bias=False)
    start = flat(model).clone()
    config = replace(
        CONFIG, steps=1, noise_multiplier=3.0, max_grad_norm=0.5, learning_rate=1.0, momentum=0.0
    )
    fit(model, data(), config=config, losses=lambda m, b: 0 * m(torch.ones(len(b[0]), 200)).sum(1))
    moved = flat(model) - start
    assert moved.std().item() == pytest.approx(3.0 * 0.5 / 9, rel=0.02)
    assert abs(moved.mean().item()) < 0.005


def test_noise_differs_from_step_to_step_and_from_weight_to_weight():
    model = nn.Linear(50, 50, bias=False)
    states = []

    def losses(m, batch):
        states.append(m.weight.detach().clone())
        return 0 * m(torch.ones(len(batch[0]), 50)).sum(1)

    config = replace(
        CONFIG, steps=3, sampling_rate=1.0, noise_multiplier=1.0, max_grad_norm=1.0, momentum=0.0
    )
    fit(model, data(), config=config, losses=losses)
    first, second = (b - a for a, b in pairwise(states))
    together = torch.corrcoef(torch.stack([first.flatten(), second.flatten()]))
    assert abs(together[0, 1]) < 0.1
    assert abs(torch.corrcoef(first)[0, 1]) < 0.6


def test_batch_sizes_vary_and_an_empty_batch_still_gets_noise():
    inputs, target = data(12)
    config = replace(
        CONFIG,
        sampling_rate=0.05,
        steps=40,
        noise_multiplier=1.0,
        max_grad_norm=1.0,
        learning_rate=0.01,
    )
    found = fit(network(), (inputs, target), config=config)
    assert 0 in found.batch_sizes
    assert len(set(found.batch_sizes)) > 1
    silent = replace(config, steps=1, seed=next(
        seed for seed in range(99)
        if not len(next(poisson_batches(12, rate=0.05, steps=1, seed=seed)))
    ))  # fmt: skip
    model = network()
    before = flat(model).clone()
    empty = fit(model, (inputs, target), config=silent)
    assert empty.batch_sizes == (0,)
    assert empty.clipped == 0
    assert (flat(model) != before).all()


def test_parts_of_a_batch_add_up_and_the_seed_decides():
    train = data()
    config = replace(CONFIG, noise_multiplier=0.7, max_grad_norm=0.5)
    whole, parts, other = network(), network(), network()
    fit(whole, train, config=config)
    fit(parts, train, config=replace(config, physical_batch=2))
    fit(other, train, config=replace(config, seed=1))
    assert torch.allclose(flat(whole), flat(parts), atol=1e-6)
    assert not torch.allclose(flat(whole), flat(other), atol=1e-3)


def test_the_share_of_clipped_gradients_and_the_claim():
    train, model = data(), network()
    norms = by_loop(copy.deepcopy(model), train, class_losses, max_grad_norm=1.0).norms
    cut = float(norms.median())
    config = replace(CONFIG, sampling_rate=1.0, steps=1, noise_multiplier=2.0, max_grad_norm=cut)
    found = fit(model, train, config=config)
    assert found.clipped == pytest.approx((norms > cut).float().mean().item())
    claim = found.guarantee
    assert (claim.sampling_rate, claim.steps, claim.noise_multiplier) == (1.0, 1, 2.0)
    assert (claim.delta, claim.accountant) == (1e-5, "prv")


def test_frozen_weights_stay_and_adam_can_follow():
    model = network()
    model[0].requires_grad_(False)
    before = model[0].weight.clone()
    config = replace(CONFIG, noise_multiplier=1.0, max_grad_norm=1.0, optimizer="adam")
    fit(model, data(), config=config)
    assert torch.equal(model[0].weight, before)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"max_grad_norm": 0.0}, "must be above 0"),
        ({"noise_multiplier": -1.0}, "not negative"),
        ({"noise_multiplier": math.nan}, "not negative and finite"),
        ({"noise_multiplier": 1.0}, "noise without a clipping norm protects nobody"),
        ({"optimizer": "adamw"}, "optimizer='adamw' must be one of sgd, adam"),
    ],
)
def test_settings_that_protect_nobody_are_errors(changes, message):
    with pytest.raises(ValueError, match=message):
        replace(CONFIG, **changes)


PRIVATE = replace(CONFIG, noise_multiplier=1.0, max_grad_norm=1.0)


@pytest.mark.parametrize("affine", [True, False])
def test_frozen_batch_normalisation_is_not_certified(affine):
    model = nn.Sequential(nn.Linear(4, 5), nn.BatchNorm1d(5, affine=affine), nn.Linear(5, 3))
    model[1].requires_grad_(False)
    before = copy.deepcopy(model.state_dict())
    model.eval()  # `fit` sets the mode, so this is no way around
    with pytest.raises(ValueError, match="BatchNorm1d mixes examples"):
        fit(model, data(), config=PRIVATE)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_layers_that_treat_examples_one_by_one_are_certified():
    model = nn.Sequential(nn.Linear(4, 6), nn.GroupNorm(2, 6), nn.LayerNorm(6), nn.Linear(6, 3))
    assert math.isfinite(fit(model, data(), config=PRIVATE).guarantee.epsilon)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_inputs_that_are_no_numbers_are_refused(bad):
    inputs, target = data()
    inputs[7, 1] = inputs[7, 2] = inputs[9, 0] = bad
    with pytest.raises(ValueError, match=r"train\[0\] is NaN or infinite in 2 of 30 rows.* row 7"):
        fit(network(), (inputs, target), config=PRIVATE)


def test_an_example_with_an_endless_gradient_leaves_the_model_finite():
    inputs, target = data()
    inputs[0] = 3e38
    model = network()
    fit(model, (inputs, target), config=replace(PRIVATE, sampling_rate=1.0))
    assert flat(model).isfinite().all()


def test_rows_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match=r"have \[50, 100\] rows"):
        fit(network(), (data(50)[0], data(100)[1]), config=PRIVATE)
    with pytest.raises(ValueError, match="one loss an example"):
        fit(network(), data(), config=PRIVATE, losses=lambda m, b: class_losses(m, b).mean())


def test_without_a_seed_nobody_can_draw_the_noise_again():
    config = replace(PRIVATE, seed=None)
    first, second = network(), network()
    sizes = [fit(model, data(), config=config).batch_sizes for model in (first, second)]
    assert not torch.allclose(flat(first), flat(second), atol=1e-3)
    assert sizes[0] != sizes[1]  # equal with probability of about 1e-5


def test_who_knows_the_seed_takes_the_noise_off():
    # Losses that say nothing: what moves is noise, and the seed of the record gives all of it.
    config = replace(PRIVATE, steps=1, momentum=0.0, sampling_rate=1.0)
    model = nn.Linear(4, 3, bias=False)
    before = flat(model)
    fit(model, data(), config=config, losses=lambda m, b: 0 * m(b[0]).sum(1))
    noise = torch.randn(12, generator=torch.Generator().manual_seed(config.seed + 1_000_003))
    assert torch.allclose(flat(model) - before, -0.1 * noise / 30, atol=1e-6)
