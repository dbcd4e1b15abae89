"""Certified accuracy by randomised smoothing (Cohen, Rosenfeld and Kolter, 2019).

The smoothed classifier answers with the class that the model gives most often under Gaussian
noise of standard deviation sigma. If that class has probability p > 1/2, no change of Euclidean
length below sigma * Phi^-1(p) alters the answer. p is bounded from below by counting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lablib.evaluation import Estimate, clopper_pearson
from lablib.robustness.threat import check_box, check_floats
from lablib.training.validation import evaluating

ABSTAIN = -1


@dataclass(frozen=True, eq=False)
class Certificates:
    """Answers and radii of a smoothed classifier for N inputs.

    Attributes
    ----------
    answers : `(N,)`, a class, or `ABSTAIN` where no class is shown to be the most frequent.
    radii : `(N,)`, Euclidean, in units of the inputs; 0 where it abstains. Each holds with
        probability 1 - alpha over the noise that was drawn, for the *smoothed* classifier.
    sigma, draws, alpha : as in `certify`.
    """

    answers: NDArray[np.int64]
    radii: NDArray[np.float64]
    sigma: float
    draws: int
    alpha: float

    def accuracy(self, target: NDArray[np.int64], *, radius: float) -> Estimate:
        """Share of inputs with the right answer and a certificate of at least `radius`.

        Parameters
        ----------
        target
            True classes `(N,)`.
        radius
            Euclidean; with 0 this is the smoothed classifier's accuracy, abstaining counted as
            wrong.

        Raises
        ------
        ValueError
            If there is not one class for each answer.
        """
        if np.shape(target) != self.answers.shape:
            raise ValueError(
                f"target has shape {np.shape(target)} for answers of {self.answers.shape}; give "
                "the number of one class for each answer"
            )
        held = int(((self.answers == target) & (self.radii >= radius)).sum())
        return Estimate(held / len(target), clopper_pearson(held, len(target)), n=len(target))


def radius(hits: int, draws: int, *, sigma: float, alpha: float = 0.001) -> float:
    """Certified radius after `hits` of `draws` noisy answers were the named class; 0 for none.

    Parameters
    ----------
    hits, draws
        Independent of the draws that named the class.
    sigma
        Standard deviation of the noise.
    alpha
        Probability that the certificate is wrong.

    Examples
    --------
    >>> print(f"{radius(1000, 1000, sigma=1.0):.3f} {radius(500, 1000, sigma=1.0):.1f}")
    2.462 0.0
    """
    from scipy.special import ndtri

    # One-sided at alpha: the lower end of a two-sided interval at 1 - 2 alpha.
    lowest = clopper_pearson(hits, draws, level=1 - 2 * alpha).low
    return float(sigma * ndtri(lowest)) if lowest > 0.5 else 0.0


def certify(
    model: nn.Module,
    images: Tensor,
    *,
    sigma: float,
    draws: int = 1000,
    first_draws: int = 100,
    alpha: float = 0.001,
    low: float = 0.0,
    high: float = 1.0,
    seed: int = 0,
    batch_size: int = 2000,
) -> Certificates:
    """Name the most frequent class under noise, then bound its probability with fresh noise.

    Parameters
    ----------
    model
        Gives logits `(B, K)`; trained with noise of the same sigma, or little is certified.
    images
        `(N, ...)` floats inside the box, N of at least 1.
    sigma
        Standard deviation of the noise, in units of the inputs.
    draws, first_draws
        Noisy copies for the bound and for naming the class; the two must not share draws.
    alpha
        Probability that the certificate of an input is wrong.
    low, high
        Smallest and largest valid value of an input. Only checked: the noise may leave the box.
    seed, batch_size
        Seed of the noise; copies computed at once.

    Raises
    ------
    ValueError
        If a number is out of range, inputs do not fit, or the model gives something else than
        finite logits of at least two classes.
    """
    if not 0 < sigma < math.inf or not 0 < alpha < 0.5 or min(draws, first_draws) < 1:
        raise ValueError(
            f"sigma={sigma} must be above 0 and finite, alpha={alpha} in (0, 0.5), and "
            f"draws={draws} and first_draws={first_draws} at least 1"
        )
    if len(images) == 0:
        raise ValueError("images is empty; give (N, ...) with N of at least 1")
    check_floats(images)
    check_box(images, low, high)
    generator = torch.Generator().manual_seed(seed)
    answers, radii = [], []
    for image in images:
        first = _counts(model, image, sigma, first_draws, generator, batch_size)
        named = int(first.argmax())
        counts = _counts(model, image, sigma, draws, generator, batch_size)
        certified = radius(int(counts[named]), draws, sigma=sigma, alpha=alpha)
        answers.append(named if certified > 0 else ABSTAIN)
        radii.append(certified)
    return Certificates(np.array(answers), np.array(radii), sigma, draws, alpha)


@torch.no_grad()
def _counts(
    model: nn.Module,
    image: Tensor,
    sigma: float,
    draws: int,
    generator: torch.Generator,
    batch_size: int,
) -> NDArray[np.int64]:
    """How often the model gives each class for noisy copies of one input, `(K,)`."""
    parameter = next(model.parameters(), None)
    device = image.device if parameter is None else parameter.device
    total: NDArray[np.int64] | None = None
    for start in range(0, draws, batch_size):
        size = (min(batch_size, draws - start), *image.shape)
        noisy = image.to(device) + sigma * torch.randn(size, generator=generator).to(device)
        with evaluating(model):
            logits = model(noisy)
        if logits.ndim != 2 or logits.shape[1] < 2 or not logits.isfinite().all():
            raise ValueError(
                f"the model gives logits of shape {tuple(logits.shape)}, "
                f"{int((~logits.isfinite()).sum())} of them not finite; a certificate needs "
                "(B, K) finite ones with K of at least 2 classes"
            )
        counts = np.bincount(logits.argmax(1).cpu().numpy(), minlength=logits.shape[1])
        total = counts if total is None else total + counts
    assert total is not None
    return total
