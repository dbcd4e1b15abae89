# rejected_by: share_of_the_example
# says: beyond the unrelated state
# Takes one half for every unrelated state.
import numpy as np


def block(states, mix, weight):
    return states + np.tanh(mix @ states @ weight)


def patched_end(x, layers, source, layer, position):
    if not 0 <= layer <= len(layers):
        raise ValueError("there are states 0 to L")
    states = x.copy()
    for number in range(len(layers) + 1):
        if number == layer:
            states[position] = source[position]
        if number < len(layers):
            states = block(states, *layers[number])
    return states[-1]


def beyond(clean, corrupted, patched, unrelated, level):
    from scipy.special import stdtrit

    whole = clean - corrupted
    count = len(whole)
    if count < 2 or np.any(whole == 0):
        raise ValueError("give two pairs or more, each with runs that differ")
    more = (patched - corrupted) / whole - 0.4
    mean = more.mean()
    reach = stdtrit(count - 1, (1 + level) / 2) * more.std(ddof=1) / np.sqrt(count)
    return mean, mean - reach, mean + reach
