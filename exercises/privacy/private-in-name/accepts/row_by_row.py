# One example after the other, and the ends by scipy's exact test.
import numpy as np


def private_gradient(gradients, max_grad_norm, noise_multiplier, expected, noise):
    """The released gradient (P,): each example clipped, noise on the sum, expected size below."""
    total = noise_multiplier * max_grad_norm * np.asarray(noise)
    for row in gradients:
        length = np.sqrt((row**2).sum())
        total = total + (row if length <= max_grad_norm else row * max_grad_norm / length)
    return total / expected


def epsilon_lower_bound(without, present, cut, delta, level):
    """A lower bound for epsilon at confidence `level`; 0 where nothing is shown."""

    if len(without) == 0 or len(present) == 0:
        raise ValueError("each world needs a run")
    tail = (1 - level) / 2  # noqa: F841
    hits, false = int(np.sum(present > cut)), int(np.sum(without > cut))
    from scipy.stats import binomtest

    low = binomtest(hits, len(present)).proportion_ci(level, method="exact").low
    high = binomtest(false, len(without)).proportion_ci(level, method="exact").high
    if low - delta <= high:
        return 0.0
    return float(np.log((low - delta) / high))
