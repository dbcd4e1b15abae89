# rejected_by: worked_example
# says: position 0 reads `start`
# Inputs are the labels: the decoder copies.
import numpy as np


def decoder_batch(targets, start, pad):
    """What the decoder reads, what it predicts there, and where that counts; all (B, T)."""
    first = np.full((len(targets), 1), start)
    inputs = np.concatenate([targets[:, :0], targets], axis=1)
    return inputs, targets, targets != pad


def share_right(written, targets, end):
    """Share of names that are right up to and including their first `end`."""
    if len(targets) == 0:
        raise ValueError("there are no names; a share needs at least one")
    right = 0
    for mine, gold in zip(written.tolist(), targets.tolist(), strict=True):
        upto = gold[: gold.index(end) + 1]
        right += mine[: len(upto)] == upto
    return right / len(targets)
