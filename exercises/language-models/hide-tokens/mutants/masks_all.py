# rejected_by: worked_example
# says: masked, replaced or kept
# Every chosen token becomes the mask token.
import numpy as np


def hide_tokens(tokens, eligible, draw, fate, noise, mask_token, share):
    if not 0 < share <= 1:
        raise ValueError("share must be above 0 and at most 1")
    chosen = eligible & (draw < share)
    labels = np.where(chosen, tokens, -100)
    seen = np.where(chosen, mask_token, tokens)
    return seen, labels
