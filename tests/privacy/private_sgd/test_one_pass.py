"""Every kind of layer in one pass, against one backward pass an example."""

import pytest
import torch
from torch import Tensor, nn

from lablib.privacy.private_sgd.clipping import by_loop, by_vmap
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
            (torch.arange(4)[None], torch.ones(3)),
            lambda m, b: (m(b[0]).expand(3, -1) * b[1][:, None]).sum(1),
            max_grad_norm=1.0,
        )


def test_a_frozen_layer_of_an_unknown_kind_is_no_obstacle():
    model = nn.Sequential(nn.Flatten(1, 2), nn.Conv1d(16, 2, 3), nn.Flatten(), nn.Linear(12, 2))
    model[1].requires_grad_(False)
    with OnePass(model) as clip:
        assert set(clip(pictures(), losses, max_grad_norm=1.0).total) == {"3.weight", "3.bias"}
