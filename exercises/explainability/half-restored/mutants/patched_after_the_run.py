# rejected_by: patch_of_the_example
# says: passes both layers
# Runs first and patches the last state, as the sketch does.
import numpy as np


def block(states, mix, weight):
    return states + np.tanh(mix @ states @ weight)


def patched_end(x, layers, source, layer, position):
    if not 0 <= layer <= len(layers):
        raise ValueError("there are states 0 to L")
    states = x.copy()
    for mix, weight in layers:
        states = block(states, mix, weight)
    states[position] = source[position]
    return states[-1]


def beyond(clean, corrupted, patched, unrelated, level):
    from scipy.special import stdtrit

    whole = clean - corrupted
    count = len(whole)
    if count < 2 or np.any(whole == 0):
        raise ValueError("give two pairs or more, each with runs that differ")
    more = (patched - unrelated) / whole
    mean = more.mean()
    reach = stdtrit(count - 1, (1 + level) / 2) * more.std(ddof=1) / np.sqrt(count)
    return mean, mean - reach, mean + reach
