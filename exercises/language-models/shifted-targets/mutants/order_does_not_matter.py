# rejected_by: after_the_end
# says: another order
# Counts names that stand anywhere in the batch.
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
    gold = [row[: row.index(end) + 1] for row in targets.tolist()]
    right = sum(any(mine[: len(g)] == g for g in gold) for mine in written.tolist())
    return right / len(targets)
