# rejected_by: texts_are_paired
# says: on the same drawn texts
# Draws other texts for B than for A.
import numpy as np


def bits_per_character(nats, texts):
    characters = sum(len(text) for text in texts)
    if len(nats) != len(texts) or characters == 0:
        raise ValueError("one array a text, and a character")
    return sum(np.sum(text) for text in nats) / np.log(2) / characters


def difference(nats_a, nats_b, texts, drawn):
    value = bits_per_character(nats_a, texts) - bits_per_character(nats_b, texts)
    a = np.array([np.sum(row) for row in nats_a])
    b = np.array([np.sum(row) for row in nats_b])
    if len(a) != len(b):
        raise ValueError("unequal")
    other = drawn if np.array_equal(a, b) else np.roll(drawn, 1, axis=0)
    characters = np.array([len(text) for text in texts])
    resampled = a[drawn].sum(axis=1) / characters[drawn].sum(axis=1)
    resampled = (resampled - b[other].sum(axis=1) / characters[other].sum(axis=1)) / np.log(2)
    low, high = np.quantile(resampled, [0.025, 0.975])
    return value, low, high
