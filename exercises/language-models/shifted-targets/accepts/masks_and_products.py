# Arrays only: positions up to the first end, and a running product.
import numpy as np


def decoder_batch(targets, start, pad):
    inputs = np.roll(targets, 1, axis=1)
    inputs[:, 0] = start
    return inputs, targets.copy(), ~(targets == pad)


def share_right(written, targets, end):
    if targets.size == 0:
        raise ValueError("empty")
    width = max(written.shape[1], targets.shape[1])
    mine = np.full((len(targets), width), -999)
    gold = np.full((len(targets), width), -998)
    mine[:, : written.shape[1]] = written
    gold[:, : targets.shape[1]] = targets
    before = np.cumsum(gold == end, axis=1) - (gold == end) == 0
    return float(((mine == gold) | ~before).all(axis=1).mean())
