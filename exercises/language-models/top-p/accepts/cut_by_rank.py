# Finds how many to keep with a search in the cumulative sum; log-softmax.
import numpy as np


def next_token(logits, temperature, top_p):
    if not (temperature >= 0 and 0 < top_p <= 1):
        raise ValueError("out of range")
    if temperature == 0:
        answer = np.zeros(len(logits))
        answer[np.argmax(logits)] = 1
        return answer
    scaled = logits / temperature
    p = np.exp(scaled - np.logaddexp.reduce(scaled))
    order = np.lexsort((np.arange(len(p)), -p))
    count = np.searchsorted(np.cumsum(p[order]), top_p - 1e-12) + 1
    answer = np.zeros(len(p))
    answer[order[:count]] = p[order[:count]]
    return answer / np.sum(answer)
