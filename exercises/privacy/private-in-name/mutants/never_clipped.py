# rejected_by: step_of_the_example
# says: (3, 4) becomes (0.6, 0.8)
# Nobody is clipped.
import numpy as np


def private_gradient(gradients, max_grad_norm, noise_multiplier, expected, noise):
    """The released gradient (P,): each example clipped, noise on the sum, expected size below."""
    norms = np.linalg.norm(gradients, axis=1)
    factors = max_grad_norm / np.maximum(norms, max_grad_norm)
    return (gradients.sum(axis=0) + noise_multiplier * max_grad_norm * noise) / expected


def epsilon_lower_bound(without, present, cut, delta, level):
    """A lower bound for epsilon at confidence `level`; 0 where nothing is shown."""
    from scipy.stats import beta

    if len(without) == 0 or len(present) == 0:
        raise ValueError("each world needs a run")
    tail = (1 - level) / 2
    hits, false = int(np.sum(present > cut)), int(np.sum(without > cut))
    low = beta.ppf(tail, hits, len(present) - hits + 1) if hits else 0.0
    high = 1.0
    if false < len(without):
        high = beta.ppf(1 - tail, false + 1, len(without) - false)
    if low - delta <= high:
        return 0.0
    return float(np.log((low - delta) / high))
