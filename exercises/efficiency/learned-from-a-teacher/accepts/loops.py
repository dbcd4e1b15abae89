# Right, example by example, with prints.
import math

import numpy as np


def log_softmax(logits):
    return np.array([[one - _total(row) for one in row] for row in logits])


def _total(row):
    top = max(row)
    return top + math.log(sum(math.exp(one - top) for one in row))


def distillation_loss(student, teacher, labels, temperature, share):
    if not (temperature > 0 and 0 <= share <= 1):
        raise ValueError("no")
    losses = []
    for mine, theirs, label in zip(student, teacher, labels, strict=True):
        q = log_softmax([mine / temperature])[0]
        p = log_softmax([theirs / temperature])[0]
        soft = sum(math.exp(a) * (a - b) for a, b in zip(p, q, strict=True))
        print(soft)
        hard = -log_softmax([mine])[0][label]
        losses.append(share * temperature**2 * soft + (1 - share) * hard)
    return np.mean(losses)
