# rejected_by: impossible_settings_are_errors
# says: error in your line
# A multiplier of 0 is refused.
import numpy as np


def clipped_sum(gradients, max_grad_norm):
    """Sum over examples, each shortened to at most max_grad_norm over all layers together."""
    if not max_grad_norm > 0:
        raise ValueError("max_grad_norm must be above 0")
    squares = sum((part**2).sum(axis=tuple(range(1, part.ndim))) for part in gradients)
    factors = max_grad_norm / np.maximum(np.sqrt(squares), max_grad_norm)
    return [np.tensordot(factors, part, axes=1) for part in gradients]


def release(gradients, max_grad_norm, noise_multiplier, expected, noise):
    """The noisy sum, divided by the expected size of a batch; one array a layer."""
    if not expected > 0 or noise_multiplier <= 0:
        raise ValueError("expected must be above 0 and noise_multiplier not negative")
    spread = noise_multiplier * max_grad_norm
    summed = clipped_sum(gradients, max_grad_norm)
    return [(part + spread * z) / expected for part, z in zip(summed, noise, strict=True)]
