# One example after the other.
import numpy as np


def clipped_sum(gradients, max_grad_norm):
    """Sum over examples, each shortened to at most max_grad_norm over all layers together."""
    if not max_grad_norm > 0:
        raise ValueError("max_grad_norm must be above 0")
    summed = [np.zeros(part.shape[1:]) for part in gradients]
    for i in range(len(gradients[0])):
        norm = np.sqrt(sum(np.sum(part[i] ** 2) for part in gradients))
        factor = min(1.0, max_grad_norm / norm) if norm > 0 else 1.0
        for place, part in enumerate(gradients):
            summed[place] += factor * part[i]
    return summed


def release(gradients, max_grad_norm, noise_multiplier, expected, noise):
    """The noisy sum, divided by the expected size of a batch; one array a layer."""
    if not expected > 0 or noise_multiplier < 0:
        raise ValueError("expected must be above 0 and noise_multiplier not negative")
    spread = noise_multiplier * max_grad_norm
    summed = clipped_sum(gradients, max_grad_norm)
    return [(part + spread * z) / expected for part, z in zip(summed, noise, strict=True)]
