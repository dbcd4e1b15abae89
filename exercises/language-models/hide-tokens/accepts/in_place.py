# Copies, then assigns where it holds.
import numpy as np


def hide_tokens(tokens, eligible, draw, fate, noise, mask_token, share):
    if not 0 < share <= 1:
        raise ValueError("share is out of range")
    chosen = np.logical_and(eligible, draw < share)
    seen, labels = tokens.copy(), np.full(tokens.shape, -100)
    labels[chosen] = tokens[chosen]
    masked, noisy = chosen & (fate < 0.8), chosen & (fate >= 0.8) & (fate < 0.9)
    seen[masked] = mask_token
    seen[noisy] = noise[noisy]
    return [seen, labels]
