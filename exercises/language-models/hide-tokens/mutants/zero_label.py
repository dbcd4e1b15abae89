# rejected_by: worked_example
# says: -100 elsewhere
# Marks what is not predicted by 0, which is a token.
import numpy as np


def hide_tokens(tokens, eligible, draw, fate, noise, mask_token, share):
    if not 0 < share <= 1:
        raise ValueError("share must be above 0 and at most 1")
    chosen = eligible & (draw < share)
    labels = np.where(chosen, tokens, 0)
    seen = np.where(chosen & (fate < 0.9), noise, tokens)
    seen = np.where(chosen & (fate < 0.8), mask_token, seen)
    return seen, labels
