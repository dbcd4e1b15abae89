# rejected_by: share_is_a_share
# says: refused with a ValueError
# Takes a share of nothing, and of more than all.
import numpy as np


def hide_tokens(tokens, eligible, draw, fate, noise, mask_token, share):
    chosen = eligible & (draw < share)
    labels = np.where(chosen, tokens, -100)
    seen = np.where(chosen & (fate < 0.9), noise, tokens)
    return np.where(chosen & (fate < 0.8), mask_token, seen), labels
