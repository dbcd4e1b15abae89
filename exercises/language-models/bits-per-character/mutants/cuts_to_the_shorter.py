# rejected_by: every_text_needs_its_nats
# says: not a cut
# Drops what has no partner.
import numpy as np


def bits_per_character(nats, texts):
    n = min(len(nats), len(texts))
    nats, texts = nats[:n], texts[:n]
    characters = sum(len(text) for text in texts)
    if characters == 0:
        raise ValueError("one array a text, and a character")
    return sum(np.sum(text) for text in nats) / np.log(2) / characters


def difference(nats_a, nats_b, texts, drawn):
    value = bits_per_character(nats_a, texts) - bits_per_character(nats_b, texts)
    gap = np.array([np.sum(a) - np.sum(b) for a, b in zip(nats_a, nats_b, strict=True)])
    characters = np.array([len(text) for text in texts])
    resampled = gap[drawn].sum(axis=1) / np.log(2) / characters[drawn].sum(axis=1)
    low, high = np.quantile(resampled, [0.025, 0.975])
    return value, low, high
