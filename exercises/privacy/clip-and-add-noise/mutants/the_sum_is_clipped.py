# rejected_by: sum_of_the_example
# says: 5 long over both layers
# The sum is clipped, not each example.
import numpy as np


def clipped_sum(gradients, max_grad_norm):
    """Sum over examples, each shortened to at most max_grad_norm over all layers together."""
    if not max_grad_norm > 0:
        raise ValueError("max_grad_norm must be above 0")
    summed = [part.sum(axis=0) for part in gradients]
    norm = np.sqrt(sum((part**2).sum() for part in summed))
    return [part * max_grad_norm / max(norm, max_grad_norm) for part in summed]


def release(gradients, max_grad_norm, noise_multiplier, expected, noise):
    """The noisy sum, divided by the expected size of a batch; one array a layer."""
    if not expected > 0 or noise_multiplier < 0:
        raise ValueError("expected must be above 0 and noise_multiplier not negative")
    spread = noise_multiplier * max_grad_norm
    summed = clipped_sum(gradients, max_grad_norm)
    return [(part + spread * z) / expected for part, z in zip(summed, noise, strict=True)]
