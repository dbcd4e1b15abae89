"""Every kind of layer in one pass, against one backward pass an example."""

import math

import pytest
import torch
from torch import Tensor, nn

from lablib.privacy.private_sgd.clipping import by_loop, by_vmap, class_losses
from lablib.privacy.private_sgd.one_pass import OnePass


class Pooled(nn.Module):
    """Tokens through an embedding, layers and a mean."""

    def __init__(self, *layers: nn.Module, width: int = 6, padding: int | None = 0) -> None:
        super().__init__()
        self.table = nn.Embedding(9, width, padding_idx=padding)
        self.layers = nn.Sequential(*layers)

    def forward(self, ids: Tensor) -> Tensor:
        return self.layers(self.table(ids)).mean(1)


def losses(model, batch):
    inputs, weights = batch
    return (model(inputs).flatten(1).tanh() * weights[:, None]).sum(1)


def tokens(size=5, length=7):
    draw = torch.Generator().manual_seed(3)
    return torch.randint(0, 9, (size, length), generator=draw), torch.linspace(-3, 5, size)


def pictures(size=5, channels=2):
    draw = torch.Generator().manual_seed(3)
    return torch.randn(size, channels, 8, 8, generator=draw), torch.linspace(-3, 5, size)


NETWORKS = {
    "tokens": (lambda: Pooled(nn.Linear(6, 4), nn.Tanh(), nn.Linear(4, 3)), tokens),
    "no padding": (lambda: Pooled(nn.Linear(6, 2), padding=None), tokens),
    "long and thin": (lambda: Pooled(nn.Linear(6, 2, bias=False)), lambda: tokens(length=30)),
    "wide": (lambda: Pooled(nn.Linear(64, 48), nn.Linear(48, 2), width=64), tokens),
    "layer norm": (lambda: Pooled(nn.LayerNorm(6), nn.Linear(6, 3)), tokens),
    "convolution": (
        lambda: nn.Sequential(nn.Conv2d(2, 4, 3, stride=2, padding=1), nn.Tanh(), nn.Flatten()),
        pictures,
    ),
    "dilated": (lambda: nn.Sequential(nn.Conv2d(2, 3, 3, dilation=2, bias=False)), pictures),
    "group norm": (
        lambda: nn.Sequential(nn.Conv2d(2, 4, 3), nn.GroupNorm(2, 4), nn.Tanh()),
        pictures,
    ),
    "one position": (
        lambda: nn.Sequential(nn.Flatten(), nn.Linear(128, 3), nn.LayerNorm(3)),
        pictures,
    ),
}


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("max_grad_norm", [0.7, 1e6])
def test_every_kind_of_layer(kind, max_grad_norm):
    make, draw = NETWORKS[kind]
    torch.manual_seed(0)
    model, batch = make().double(), draw()
    batch = tuple(part.double() if part.is_floating_point() else part for part in batch)
    expected = by_loop(model, batch, losses, max_grad_norm=max_grad_norm)
    with OnePass(model) as clip:
        found = clip(batch, losses, max_grad_norm=max_grad_norm)
    assert list(found.total) == list(expected.total)  # in the same order, so that they zip
    assert torch.allclose(found.norms, expected.norms, atol=1e-12)
    for name, value in found.total.items():
        assert torch.allclose(value, expected.total[name], atol=1e-12), name


def test_a_part_of_a_layer_may_be_frozen():
    model = nn.Sequential(nn.Flatten(), nn.Linear(128, 3), nn.LayerNorm(3))
    model[1].weight.requires_grad_(False)
    model[2].bias.requires_grad_(False)
    batch = pictures()
    expected = by_vmap(model, batch, losses, max_grad_norm=0.5)
    with OnePass(model) as clip:
        found = clip(batch, losses, max_grad_norm=0.5)
    assert set(found.total) == {"1.bias", "2.weight"}
    for name, value in found.total.items():
        assert torch.allclose(value, expected.total[name], atol=1e-6)


def test_hooks_go_with_the_with():
    model = nn.Sequential(nn.Flatten(), nn.Linear(128, 3))
    with OnePass(model) as clip:
        clip(pictures(), losses, max_grad_norm=1.0)
        assert model[1]._forward_hooks
    assert not model[1]._forward_hooks
    assert not clip.seen


def test_evaluation_between_two_steps_does_no_harm():
    model, batch = nn.Sequential(nn.Flatten(), nn.Linear(128, 3)), pictures()
    with OnePass(model) as clip:
        first = clip(batch, losses, max_grad_norm=1.0)
        model(batch[0])
        with torch.no_grad():
            model(batch[0])
        second = clip(batch, losses, max_grad_norm=1.0)
    assert torch.equal(first.total["1.weight"], second.total["1.weight"])


def test_what_it_cannot_do_is_said():
    with pytest.raises(ValueError, match="kind Conv1d cannot be clipped in one pass"):
        OnePass(nn.Conv1d(1, 1, 3))
    layer = nn.Linear(4, 4)
    twice = nn.Sequential(layer, nn.Tanh(), layer)
    with OnePass(twice) as clip, pytest.raises(ValueError, match="called twice"):
        clip((torch.zeros(2, 4), torch.ones(2)), losses, max_grad_norm=1.0)
    with (
        OnePass(nn.Conv2d(2, 2, 3, groups=2)) as clip,
        pytest.raises(ValueError, match="with groups"),
    ):
        clip(pictures(), losses, max_grad_norm=1.0)
    shared = Pooled(nn.Linear(6, 2))
    with OnePass(shared) as clip, pytest.raises(ValueError, match="sees 1 rows for 3 examples"):
        clip(
            (torch.arange(4).expand(3, -1), torch.ones(3)),
            lambda m, b: (m(b[0][:1]).expand(3, -1) * b[1][:, None]).sum(1),
            max_grad_norm=1.0,
        )


def test_a_frozen_layer_of_an_unknown_kind_is_no_obstacle():
    model = nn.Sequential(nn.Flatten(1, 2), nn.Conv1d(16, 2, 3), nn.Flatten(), nn.Linear(12, 2))
    model[1].requires_grad_(False)
    with OnePass(model) as clip:
        assert set(clip(pictures(), losses, max_grad_norm=1.0).total) == {"3.weight", "3.bias"}


class Tied(nn.Module):
    """The table that reads tokens is the one that scores them."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(9, 4)
        self.scores = nn.Linear(4, 9, bias=False)
        self.scores.weight = self.table.weight

    def forward(self, ids: Tensor) -> Tensor:
        return self.scores(self.table(ids).mean(1))


def test_a_parameter_of_two_layers_is_refused_and_by_vmap_is_right():
    with pytest.raises(ValueError, match=r"'table.weight' is shared by two layers.*use by_vmap"):
        OnePass(Tied())
    model, batch = Tied().double(), (tokens()[0], tokens()[1].double())
    expected = by_loop(model, batch, losses, max_grad_norm=0.5).total["table.weight"]
    found = by_vmap(model, batch, losses, max_grad_norm=0.5).total["table.weight"]
    assert torch.allclose(found, expected, atol=1e-12)


def test_a_trained_layer_that_is_skipped_is_named():
    model = nn.Sequential(nn.Flatten(), nn.Linear(128, 3))
    model.add_module("spare", nn.Linear(2, 2))
    skip = lambda m, b: losses(m[:2], b)  # noqa: E731
    with OnePass(model) as clip, pytest.raises(ValueError, match=r"'spare.bias', 'spare.weight'"):
        clip(pictures(), skip, max_grad_norm=1.0)


def test_a_mean_is_no_loss_for_each_example():
    mean = lambda m, b: losses(m, b).mean()  # noqa: E731
    model = nn.Sequential(nn.Flatten(), nn.Linear(128, 3))
    with OnePass(model) as clip, pytest.raises(ValueError, match=r"\(5,\), not a mean.*gave \(\)"):
        clip(pictures(), mean, max_grad_norm=1.0)


def normalised(kind, **options):
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(2, 4, 3), kind(4, **options), nn.Flatten(), nn.Linear(144, 3))


@pytest.mark.parametrize("kind", [nn.BatchNorm2d, nn.SyncBatchNorm])
@pytest.mark.parametrize("affine", [True, False])
def test_batch_normalisation_is_refused_even_if_it_is_frozen(kind, affine):
    model = normalised(kind, affine=affine)
    model[1].requires_grad_(False)
    with pytest.raises(ValueError, match="'1' of kind .*BatchNorm.* mixes examples, frozen or not"):
        OnePass(model)
    without = normalised(kind, affine=affine, track_running_stats=False).eval()
    without[1].requires_grad_(False)
    with pytest.raises(ValueError, match="use GroupNorm or LayerNorm"):
        OnePass(without)


def test_a_loud_example_moves_the_sum_by_the_norm_where_statistics_are_fixed():
    model, (inputs, weights) = normalised(nn.BatchNorm2d), pictures()
    model[1].requires_grad_(False)
    loud = inputs.clone()
    loud[-1] *= 1000

    def moved() -> float:
        with OnePass(model) as clip:
            few = clip((loud[:-1], weights[:-1]), losses, max_grad_norm=1.0).total
            more = clip((loud, weights), losses, max_grad_norm=1.0).total
        return math.hypot(*((more[name] - few[name]).norm().item() for name in few))

    model.eval()
    assert moved() <= 1 + 1e-5
    clip = OnePass(model)
    model.train()
    with pytest.raises(ValueError, match="mixes examples"):  # the mode changed after the hooks
        clip((loud, weights), losses, max_grad_norm=1.0)
    clip.close()


def test_running_statistics_of_single_pictures_are_refused_too():
    with pytest.raises(ValueError, match="InstanceNorm2d keeps running statistics"):
        OnePass(normalised(nn.InstanceNorm2d, track_running_stats=True))
    OnePass(normalised(nn.InstanceNorm2d)).close()


@pytest.mark.parametrize("bad", [math.nan, math.inf, 1e30])
def test_an_example_without_a_finite_gradient_is_left_out(bad):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(128, 3), nn.LayerNorm(3), nn.Linear(3, 2))
    inputs, target = pictures()[0], torch.tensor([0, 1, 0, 1, 0])
    inputs[2] = bad
    kept = torch.tensor([0, 1, 3, 4])
    expected = by_loop(model, (inputs[kept], target[kept]), class_losses, max_grad_norm=0.5)
    ways = [by_loop, by_vmap, lambda m, b, f, **k: OnePass(m)(b, f, **k)]
    for way in ways:
        found = way(model, (inputs, target), class_losses, max_grad_norm=0.5)
        assert not found.norms[2].isfinite() or bad == 1e30
        assert torch.allclose(found.norms[kept], expected.norms, atol=1e-6)
        for name, value in found.total.items():
            assert value.isfinite().all()
            if not found.norms[2].isfinite():
                assert torch.allclose(value, expected.total[name], atol=1e-6), name
