# Rows as lists, compared as tuples cut behind the first end.
import numpy as np


def decoder_batch(targets, start, pad):
    inputs = [[start, *row[:-1]] for row in targets.tolist()]
    counted = [[bool(token != pad) for token in row] for row in targets.tolist()]
    return [np.array(inputs), targets, np.array(counted)]


def finished(row, end):
    places = np.flatnonzero(np.asarray(row) == end)
    return tuple(row[: places[0] + 1]) if len(places) else None


def share_right(written, targets, end):
    pairs = list(zip(written.tolist(), targets.tolist(), strict=True))
    if not pairs:
        raise ValueError("no names")
    hits = [finished(mine, end) == finished(gold, end) for mine, gold in pairs]
    return sum(hits) / len(hits)
