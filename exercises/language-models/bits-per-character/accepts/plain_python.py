# Lists, math and fsum; no array but the quantiles.
import math

import numpy as np


def bits_per_character(nats, texts):
    if len(nats) != len(texts):
        raise ValueError("unequal")
    length = len("".join(texts))
    if not length:
        raise ValueError("no character")
    return math.fsum(math.log2(math.e) * value for row in nats for value in row.tolist()) / length


def difference(nats_a, nats_b, texts, drawn):
    value = bits_per_character(nats_a, texts) - bits_per_character(nats_b, texts)
    bits = [
        (math.fsum(a) - math.fsum(b)) / math.log(2) for a, b in zip(nats_a, nats_b, strict=True)
    ]
    draws = [sum(bits[i] for i in rows) / sum(len(texts[i]) for i in rows) for rows in drawn]
    return value, np.quantile(draws, 0.025), np.quantile(draws, 0.975)
