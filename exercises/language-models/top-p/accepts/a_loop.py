# Adds tokens one by one until the sum is reached.
import math


def next_token(logits, temperature, top_p):
    logits = [float(value) for value in logits]
    if temperature < 0 or top_p <= 0 or top_p > 1:
        raise ValueError("out of range")
    if temperature == 0:
        best = logits.index(max(logits))
        return [1.0 if i == best else 0.0 for i in range(len(logits))]
    shares = [math.exp((value - max(logits)) / temperature) for value in logits]
    p = [share / sum(shares) for share in shares]
    kept, total = [0.0] * len(p), 0.0
    for i in sorted(range(len(p)), key=lambda i: (-p[i], i)):
        if total >= top_p:
            break
        kept[i] = p[i]
        total += p[i]
    return [value / total for value in kept]
