# All layers side by side in one matrix.
import numpy as np


def clipped_sum(gradients, max_grad_norm):
    """Sum over examples, each shortened to at most max_grad_norm over all layers together."""
    if not max_grad_norm > 0:
        raise ValueError("max_grad_norm must be above 0")
    sizes = [int(np.prod(part.shape[1:])) for part in gradients]
    rows = np.concatenate(
        [part.reshape(len(part), size) for part, size in zip(gradients, sizes, strict=True)], axis=1
    )
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    total = (rows * np.minimum(1, max_grad_norm / np.where(norms > 0, norms, max_grad_norm))).sum(
        axis=0
    )
    cuts = np.split(total, np.cumsum(sizes)[:-1])
    return [cut.reshape(part.shape[1:]) for cut, part in zip(cuts, gradients, strict=True)]


def release(gradients, max_grad_norm, noise_multiplier, expected, noise):
    """The noisy sum, divided by the expected size of a batch; one array a layer."""
    if not expected > 0 or noise_multiplier < 0:
        raise ValueError("expected must be above 0 and noise_multiplier not negative")
    spread = noise_multiplier * max_grad_norm
    summed = clipped_sum(gradients, max_grad_norm)
    return [(part + spread * z) / expected for part, z in zip(summed, noise, strict=True)]
