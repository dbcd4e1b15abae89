"""The wavelet features: what they ignore, what they see, and that no picture affects another."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.privacy.private_sgd import images
from lablib.privacy.private_sgd.images import _channels, linear, scattering, small_cnn


def stripes(angle, period=5.0):
    grid = torch.arange(28.0)
    y, x = torch.meshgrid(grid, grid, indexing="ij")
    along = x * torch.cos(torch.tensor(angle)) + y * torch.sin(torch.tensor(angle))
    return (0.5 + 0.5 * torch.cos(2 * torch.pi * along / period))[None, None]


@pytest.mark.parametrize(("order", "channels"), [(1, 9), (2, 25)])
def test_shapes(order, channels):
    found = scattering(torch.rand(3, 1, 28, 28), orientations=4, order=order, batch_size=2)
    assert found.shape == (3, channels * 49)
    assert found.isfinite().all()


def test_an_even_grey_has_no_moduli():
    maps = _channels(torch.full((1, 28, 28), 0.7), 4, 2)
    assert torch.allclose(maps[:, 0], torch.full((1, 7, 7), 0.7), atol=1e-5)
    assert maps[:, 1:].abs().max() < 1e-5


@pytest.mark.parametrize("k", range(4))
def test_stripes_excite_the_wavelet_across_them(k):
    angle = torch.pi * k / 4
    maps = _channels(stripes(angle)[:, 0], 4, 1)[0, :, 2:5, 2:5].mean((1, 2))
    assert maps[5:9].argmax() == k


def test_a_small_shift_changes_features_less_than_pixels():
    torch.manual_seed(0)
    picture = torch.zeros(1, 1, 28, 28)
    picture[..., 6:22, 12:15] = 1
    moved = picture.roll(1, dims=-1)

    def change(f):
        a, b = f(picture).flatten(), f(moved).flatten()
        return ((a - b).norm() / a.norm()).item()

    assert change(lambda x: _channels(x[:, 0], 8, 2)) < 0.5 * change(lambda x: x)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 99))
def test_pictures_do_not_affect_each_other(seed):
    draw = torch.Generator().manual_seed(seed)
    pictures = torch.rand(4, 1, 28, 28, generator=draw)
    alone = scattering(pictures[2:3], orientations=2)
    assert torch.allclose(scattering(pictures, orientations=2)[2:3], alone, atol=1e-5)


def test_each_group_of_channels_is_standardised():
    found = scattering(torch.rand(2, 1, 28, 28), orientations=4, order=1).unflatten(1, (9, 49))
    for group in (found[:, :1], found[:, 1:5], found[:, 5:]):
        assert torch.allclose(group.mean((1, 2)), torch.zeros(2), atol=1e-5)
        assert torch.allclose(group.var((1, 2), unbiased=False), torch.ones(2), atol=0.1)


@pytest.mark.parametrize(
    ("shape", "options"),
    [((1, 1, 8, 8), {}), ((1, 3, 28, 28), {}), ((1, 1, 28, 28), {"order": 3})],
)
def test_other_pictures_are_refused(shape, options):
    with pytest.raises(ValueError, match="pictures must be"):
        scattering(torch.zeros(shape), **options)


def test_models():
    assert not linear(5).weight.any()
    assert sum(p.numel() for p in small_cnn().parameters()) == 26_010
    first, second = small_cnn(seed=1), small_cnn(seed=1)
    assert torch.equal(first[0].weight, second[0].weight)
    assert small_cnn()(torch.zeros(2, 1, images.SIDE, images.SIDE)).shape == (2, 10)
