import numpy as np


def bits_per_character(nats, texts):
    """Bits that the model spends on a character of the whole held-out text."""
    # BEGIN SOLUTION
    characters = sum(len(text) for text in texts)
    if len(nats) != len(texts) or characters == 0:
        raise ValueError("nats needs one array for each text, and the texts a character")
    return sum(np.sum(text) for text in nats) / np.log(2) / characters
    # END SOLUTION


def difference(nats_a, nats_b, texts, drawn):
    """Bits per character of A minus those of B: (value, low, high)."""
    # BEGIN SOLUTION
    value = bits_per_character(nats_a, texts) - bits_per_character(nats_b, texts)
    a, b = (np.array([np.sum(text) for text in nats]) for nats in (nats_a, nats_b))
    characters = np.array([len(text) for text in texts])
    resampled = (a - b)[drawn].sum(axis=1) / np.log(2) / characters[drawn].sum(axis=1)
    low, high = np.quantile(resampled, [0.025, 0.975])
    return value, low, high
    # END SOLUTION
