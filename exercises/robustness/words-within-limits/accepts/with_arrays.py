# numpy for both; the worst case as the smallest sum over places, the words as an array of text.
from itertools import pairwise

import numpy as np


def margin(words, target, weights):
    names = list(words) + [f"{a} {b}" for a, b in pairwise(words)]
    return float((2 * target - 1) * np.sum([weights.get(str(name), 0.0) for name in names]))


def worst_case(words, target, weights, allowed, limit):
    if limit < 0:
        raise ValueError("limit is negative")
    sign = 2 * target - 1
    here = np.array([sign * weights.get(word, 0.0) for word in words])
    lowest = np.array(
        [min(sign * weights.get(new, 0.0) for new in [w, *allowed.get(w, [])]) for w in words]
    )
    changes = np.sort(lowest - here)[:limit]
    return here.sum() + changes.sum()


def greedy(words, target, weights, allowed, limit):
    if limit < 0:
        raise ValueError("limit is negative")
    now = list(words)
    importance = [
        margin(words, target, weights) - margin(words[:i] + words[i + 1 :], target, weights)
        for i in range(len(words))
    ]
    made = 0
    for i in np.argsort(-np.array(importance), kind="stable"):
        present = margin(now, target, weights)
        options = allowed.get(words[i], [])
        if present < 0 or made >= limit:
            break
        if options:
            tried = [[*now[:i], new, *now[i + 1 :]] for new in options]
            margins = [margin(text, target, weights) for text in tried]
            if min(margins) < present:
                now[i] = options[int(np.argmin(margins))]
                made += 1
    return np.array(now)
