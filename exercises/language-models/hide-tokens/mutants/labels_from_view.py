# rejected_by: worked_example
# says: labels are the chosen tokens
# Takes the labels from what the model sees.
import numpy as np


def hide_tokens(tokens, eligible, draw, fate, noise, mask_token, share):
    if not 0 < share <= 1:
        raise ValueError("share must be above 0 and at most 1")
    chosen = eligible & (draw < share)
    seen = np.where(chosen & (fate < 0.9), noise, tokens)
    seen = np.where(chosen & (fate < 0.8), mask_token, seen)
    labels = np.where(chosen, seen, -100)
    return seen, labels
