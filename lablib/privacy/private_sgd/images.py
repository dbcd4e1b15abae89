"""Fixed wavelet features of digits: nothing is learned, so they cost no privacy.

Private training is noise for every weight, so few weights on good features beat many on pixels
(Tramèr and Boneh, 2021). The features are a scattering transform (Bruna and Mallat, 2013): moduli
of oriented wavelets at two scales, averaged locally, and the same once more on the fine moduli.
Each picture is then standardised by itself, in groups of channels; no other picture is looked at.
"""

from __future__ import annotations

import math
from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

SIDE, PADDED, KEPT = 28, 32, 7
_WIDTH = 0.8  # of the finest wavelet, in pixels; the average has twice this at scale 1


@torch.no_grad()
def scattering(
    images: Tensor, *, orientations: int = 8, order: int = 2, batch_size: int = 100
) -> Tensor:
    """Return features `(N, 49 * channels)`; each group of channels has mean 0 and variance 1.

    Channels are 1 average, 2L moduli at two scales, and with `order=2` also L^2 second moduli.

    Parameters
    ----------
    images
        `(N, 1, 28, 28)`, grey, 0 to 1.
    orientations
        L, at least 1.
    order
        1 or 2: how often moduli are taken.
    batch_size
        Pictures computed at once.

    Raises
    ------
    ValueError
        If the pictures have another size, or an option is out of range.

    Examples
    --------
    >>> scattering(torch.rand(2, 1, 28, 28), orientations=4, order=1).shape
    torch.Size([2, 441])
    """
    if images.shape[1:] != (1, SIDE, SIDE) or orientations < 1 or order not in (1, 2):
        raise ValueError(
            f"images {tuple(images.shape)}, orientations={orientations}, order={order}: pictures "
            f"must be (N, 1, {SIDE}, {SIDE}), orientations at least 1 and order 1 or 2"
        )
    parts = [_channels(part, orientations, order) for part in torch.split(images[:, 0], batch_size)]
    maps = torch.cat(parts)  # (N, channels, 7, 7)
    sizes = [1, orientations, orientations] + [orientations] * (orientations if order == 2 else 0)
    groups = [
        functional.layer_norm(part, part.shape[1:]) for part in torch.split(maps, sizes, dim=1)
    ]
    return torch.cat(groups, dim=1).flatten(1)


def _channels(images: Tensor, orientations: int, order: int) -> Tensor:
    margin = (PADDED - SIDE) // 2
    padded = functional.pad(images[:, None], (margin,) * 4, mode="reflect")
    fine, coarse = _wavelets(orientations)
    fine, coarse = fine.to(images.device), coarse.to(images.device)
    wide, narrow = (_average(step).to(images.device) for step in (1, 2))
    spectrum = torch.fft.fft2(padded)  # (B, 1, 32, 32)
    first = torch.fft.ifft2(spectrum * fine).abs()  # (B, L, 32, 32)
    found = [
        wide @ padded @ wide.T,
        wide @ first @ wide.T,
        narrow @ _halved(spectrum * coarse) @ narrow.T,
    ]
    if order == 2:
        again = torch.fft.fft2(first)[:, :, None] * coarse  # (B, L, L, 32, 32)
        found.append((narrow @ _halved(again) @ narrow.T).flatten(1, 2))
    return torch.cat(found, dim=1)


def _halved(spectrum: Tensor) -> Tensor:
    """Modulus of a picture given by its spectrum, at every other pixel."""
    half = PADDED // 2
    folded = spectrum.reshape(*spectrum.shape[:-2], 2, half, 2, half).mean((-4, -2))
    picture: Tensor = torch.fft.ifft2(folded).abs()
    return picture


@cache
def _wavelets(orientations: int) -> tuple[Tensor, Tensor]:
    """Spectra of Morlet wavelets at both scales, each `(L, 32, 32)`."""
    return tuple(  # type: ignore[return-value]
        torch.stack([_morlet(scale, math.pi * k / orientations, 4 / orientations)
                     for k in range(orientations)])
        for scale in (0, 1)
    )  # fmt: skip


def _morlet(scale: int, angle: float, slant: float) -> Tensor:
    """Spectrum of a wave under a bell, minus as much of the bell as makes its mean 0."""
    width, wave = _WIDTH * 2**scale, 0.75 * math.pi / 2**scale
    grid = torch.arange(PADDED, dtype=torch.float64)
    signed = (grid + PADDED / 2) % PADDED - PADDED / 2
    y, x = torch.meshgrid(signed, signed, indexing="ij")
    along = x * math.cos(angle) + y * math.sin(angle)
    across = y * math.cos(angle) - x * math.sin(angle)
    bell = torch.exp(-(along**2 + (slant * across) ** 2) / (2 * width**2))
    waves = bell * torch.exp(1j * wave * along)
    wavelet = waves - bell * waves.sum() / bell.sum()
    spectrum: Tensor = torch.fft.fft2(wavelet / bell.sum())
    return spectrum.to(torch.complex64)


@cache
def _average(step: int) -> Tensor:
    """Rows `(7, 32 / step)` of a bell-shaped mean around 7 places 4 pixels apart."""
    places = torch.arange(KEPT) * 4 + 4 + 0.5 * ((PADDED - SIDE) // 2 - 1)
    grid = torch.arange(0, PADDED, step)
    bell = torch.exp(-((grid - places[:, None]) ** 2) / (2 * (2 * _WIDTH) ** 2))
    return bell / bell.sum(1, keepdim=True)


def linear(features: int, *, classes: int = 10) -> nn.Linear:
    """A linear classifier that starts at zero, so that every seed starts at the same place."""
    layer = nn.Linear(features, classes)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def small_cnn(*, seed: int = 0) -> nn.Sequential:
    """Two convolutions with tanh (Papernot et al., 2021) for 28 x 28 pictures; 26,010 weights.

    Parameters
    ----------
    seed
        Of the initial weights.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return nn.Sequential(
            nn.Conv2d(1, 16, 8, 2, padding=3),
            nn.Tanh(),
            nn.MaxPool2d(2, 1),
            nn.Conv2d(16, 32, 4, 2),
            nn.Tanh(),
            nn.MaxPool2d(2, 1),
            nn.Flatten(),
            nn.Linear(32 * 4 * 4, 32),
            nn.Tanh(),
            nn.Linear(32, 10),
        )
