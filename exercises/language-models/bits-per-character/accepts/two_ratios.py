# Two ratios a resample; the difference of their totals.
import numpy as np


def bits_per_character(nats, texts):
    characters = sum(len(text) for text in texts)
    if len(nats) != len(texts) or characters == 0:
        raise ValueError("one array a text, and a character")
    return sum(np.sum(text) for text in nats) / np.log(2) / characters


def difference(nats_a, nats_b, texts, drawn):
    value = bits_per_character(nats_a, texts) - bits_per_character(nats_b, texts)
    draws = []
    for rows in drawn:
        chosen = [texts[i] for i in rows]
        a = bits_per_character([nats_a[i] for i in rows], chosen)
        draws.append(a - bits_per_character([nats_b[i] for i in rows], chosen))
    return [value, *np.percentile(draws, [2.5, 97.5])]
