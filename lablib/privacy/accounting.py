"""Epsilon with everything that it rests on, by the accountants of Opacus.

A randomised training M is (epsilon, delta)-differentially private if, for all neighbouring data
sets D, D' and all sets S of outputs, P[M(D) in S] <= e^epsilon P[M(D') in S] + delta (Dwork et al.,
2006). It bounds a ratio of probabilities, not a distance between data sets. A number without its
accountant, delta, sampling rate, steps, noise and neighbouring relation says nothing.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Literal, get_args

from lablib.privacy import _opacus

Accountant = Literal["prv", "rdp"]
NEIGHBOURS = "one example added or removed"
LARGEST = 5 * 10**6  # places of the grid on which PRV adds up losses: a few seconds
LEAST = 0.01  # no search for less noise than this: it is none


@dataclass(frozen=True)
class Guarantee:
    """What is claimed of one training with the Poisson-subsampled Gaussian mechanism.

    Attributes
    ----------
    epsilon : 0 reveals nothing (no training does), infinity promises nothing.
    delta : slack of the bound; should lie well below 1 / N.
    accountant : how `steps` releases were added up.
    sampling_rate : probability with which each example is in a batch, independently of the others.
    steps : noisy gradients that were released.
    noise_multiplier : standard deviation of the noise over the clipping norm.
    neighbours : what differs between the two data sets.
    """

    epsilon: float
    delta: float
    accountant: str
    sampling_rate: float
    steps: int
    noise_multiplier: float
    neighbours: str = NEIGHBOURS

    def __str__(self) -> str:
        return (
            f"epsilon = {self.epsilon:.2f} at delta = {self.delta:g} ({self.accountant.upper()} "
            f"accountant; Poisson sampling at rate {self.sampling_rate:g}, {self.steps} steps, "
            f"noise multiplier {self.noise_multiplier:g}; neighbours: {self.neighbours})"
        )


def account(
    *,
    noise_multiplier: float,
    sampling_rate: float,
    steps: int,
    delta: float = 1e-5,
    accountant: Accountant = "prv",
) -> Guarantee:
    """Add up the privacy loss of a training that samples by Poisson and clips each example.

    Parameters
    ----------
    noise_multiplier
        Standard deviation of the noise divided by the clipping norm, finite; 0 gives no guarantee.
    sampling_rate
        Above 0, at most 1.
    steps
        At least 1.
    delta
        Between 0 and 1.
    accountant
        `"prv"`, the tightest upper bound (Gopi et al., 2021), or `"rdp"` (Mironov et al., 2019),
        looser. The CLT approximation that Opacus calls `gdp` is no upper bound, so it is not here.

    Raises
    ------
    ValueError
        If a setting is out of range, or the noise is so little that epsilon is in the hundreds or
        more and `"prv"` cannot add it up.

    Examples
    --------
    >>> claim = account(noise_multiplier=1.1, sampling_rate=0.01, steps=500)
    >>> print(f"{claim.epsilon:.2f} by {claim.accountant}, {claim.neighbours}")
    1.09 by prv, one example added or removed
    """
    _check(noise_multiplier, sampling_rate, steps, delta, accountant)
    epsilon = math.inf
    if noise_multiplier > 0:
        history = noise_multiplier, sampling_rate, steps
        if accountant == "prv" and _is_too_much(history, delta):
            raise ValueError(
                f"noise_multiplier={noise_multiplier} is so little for {steps} steps at rate "
                f"{sampling_rate} that the PRV accountant cannot add up epsilon; raise it, or pass "
                "accountant='rdp' to see how large"
            )
        epsilon = _epsilon(accountant, history, delta)
    return Guarantee(epsilon, delta, accountant, sampling_rate, steps, noise_multiplier)


def _epsilon(accountant: Accountant, history: tuple[float, float, int], delta: float) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = _opacus.load("accountants").create_accountant(mechanism=accountant)
        book.history = [history]
        return float(book.get_epsilon(delta=delta))


def _is_too_much(history: tuple[float, float, int], delta: float) -> bool:
    """Whether the grid of PRV, as wide as epsilon is large, has more than `LARGEST` places."""
    mesh = 0.01 / math.sqrt(history[2] * math.log(12_000 / delta) / 2)  # as Opacus chooses it
    return not 2 * _epsilon("rdp", history, delta) / mesh <= LARGEST


def noise_for(
    epsilon: float,
    *,
    sampling_rate: float,
    steps: int,
    delta: float = 1e-5,
    accountant: Accountant = "prv",
    tolerance: float = 0.005,
) -> Guarantee:
    """Find the least noise that keeps `epsilon`, to `tolerance` of itself, and its guarantee.

    Parameters
    ----------
    epsilon
        Above 0; the guarantee found does not exceed it.
    sampling_rate, steps, delta, accountant
        As for `account`.
    tolerance
        Relative distance between the noise found and one that would be too little.

    Raises
    ------
    ValueError
        If a setting is out of range, or no noise multiplier up to 10,000 keeps `epsilon`.
    """
    if not 0 < epsilon < math.inf:
        raise ValueError(f"epsilon={epsilon} must be above 0 and finite, such as 3.0")

    def claim(noise: float) -> Guarantee:
        if accountant == "prv" and _is_too_much((noise, sampling_rate, steps), delta):
            return Guarantee(math.inf, delta, accountant, sampling_rate, steps, noise)
        return account(
            noise_multiplier=noise,
            sampling_rate=sampling_rate,
            steps=steps,
            delta=delta,
            accountant=accountant,
        )

    _check(1.0, sampling_rate, steps, delta, accountant)
    low, high = 0.3, 1.0
    while claim(high).epsilon > epsilon:
        low, high = high, 2 * high
        if high > 1e4:
            raise ValueError(f"epsilon={epsilon} needs more noise than any training survives")
    while low > LEAST and claim(low).epsilon <= epsilon:
        low, high = low / 2, low
    while high / low > 1 + tolerance:
        middle = math.sqrt(low * high)
        low, high = (low, middle) if claim(middle).epsilon <= epsilon else (middle, high)
    return claim(round(high, 4) if claim(round(high, 4)).epsilon <= epsilon else high)


def most_found(claim: Guarantee, *, accused: float) -> float:
    """Largest share of training examples that any attack can find under `claim`.

    The definition, with "the attack accuses" for S, in both directions: what is in the training
    may be accused at most e^epsilon times as often as what is not, and be spared no more than that
    (Kairouz, Oh and Viswanath, 2015).

    Parameters
    ----------
    claim
        Epsilon and delta.
    accused
        Share of the examples outside of the training that the attack accuses, between 0 and 1.

    Returns
    -------
    float
        At least `accused`, which needs no model; 1 promises nothing.

    Examples
    --------
    >>> claim = account(noise_multiplier=1.1, sampling_rate=0.01, steps=500)
    >>> round(most_found(claim, accused=0.01), 3)
    0.03
    """
    if not 0 <= accused <= 1:
        raise ValueError(f"accused={accused} must lie between 0 and 1: it is a share")
    if math.isinf(claim.epsilon):
        return 1.0
    above = math.exp(claim.epsilon) * accused + claim.delta
    below = 1 - math.exp(-claim.epsilon) * (1 - claim.delta - accused)
    return min(above, below, 1.0)


def _check(noise: float, rate: float, steps: int, delta: float, accountant: str) -> None:
    rules = (
        (
            0 <= noise < math.inf,
            f"noise_multiplier={noise} must be finite and must not be negative; 0 is no noise",
        ),
        (0 < rate <= 1, f"sampling_rate={rate} must be above 0 and at most 1"),
        (steps >= 1, f"steps={steps} must be at least 1"),
        (0 < delta < 1, f"delta={delta} must lie between 0 and 1, well below 1 / N"),
        (
            accountant in get_args(Accountant),
            f"accountant={accountant!r} must be one of {', '.join(get_args(Accountant))}",
        ),
    )
    for holds, message in rules:
        if not holds:
            raise ValueError(message)
