# Right, and it writes into what it was given, which are copies.
import numpy as np
from scipy.special import stdtrit


def block(states, mix, weight):
    return states + np.tanh(mix @ states @ weight)


def patched_end(x, layers, source, layer, position):
    if layer < 0 or layer > len(layers):
        raise ValueError(f"no state {layer}")
    number = 0
    while True:
        if number == layer:
            x[position] = source[position]
        if number == len(layers):
            print("end", x[-1])
            return x[-1]
        x = block(x, layers[number][0], layers[number][1])
        number += 1


def beyond(clean, corrupted, patched, unrelated, level):
    clean -= corrupted
    if len(clean) <= 1 or (clean == 0).any():
        raise ValueError("two different pairs, please")
    patched -= unrelated
    patched /= clean
    n = len(patched)
    mean = sum(patched) / n
    spread = (sum((p - mean) ** 2 for p in patched) / (n - 1) / n) ** 0.5
    t = stdtrit(n - 1, 0.5 + level / 2)
    return mean, mean - t * spread, mean + t * spread
