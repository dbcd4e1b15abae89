# rejected_by: worked_share
# says: right as a whole
# The share of tokens instead of names.
import numpy as np


def decoder_batch(targets, start, pad):
    """What the decoder reads, what it predicts there, and where that counts; all (B, T)."""
    first = np.full((len(targets), 1), start)
    inputs = np.concatenate([first, targets[:, :-1]], axis=1)
    return inputs, targets, targets != pad


def share_right(written, targets, end):
    """Share of names that are right up to and including their first `end`."""
    if len(targets) == 0:
        raise ValueError("there are no names; a share needs at least one")
    length = min(written.shape[1], targets.shape[1])
    return float(np.mean(written[:, :length] == targets[:, :length]))
