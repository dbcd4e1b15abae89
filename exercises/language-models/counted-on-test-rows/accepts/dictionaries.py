# Counter and plain lists.
import math
from collections import Counter


def tfidf(train, test):
    have = Counter(word for text in train for word in set(text.split()))
    if not have:
        raise ValueError("no words")
    weight = {word: math.log((1 + len(train)) / (1 + have[word])) + 1 for word in sorted(have)}

    def row(text):
        counts = Counter(text.split())
        values = [counts[word] * weight[word] for word in weight]
        norm = math.sqrt(sum(value * value for value in values))
        return [value / norm if norm else 0.0 for value in values]

    rows = [row(text) for text in test]
    import numpy as np

    return [row(text) for text in train], np.array(rows).reshape(len(rows), len(weight))
