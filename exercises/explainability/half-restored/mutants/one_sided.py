# rejected_by: share_of_the_example
# says: ends of the example
# Leaves all of the error on one side.
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
    more = (patched - unrelated) / whole
    mean = more.mean()
    reach = stdtrit(count - 1, level) * more.std(ddof=1) / np.sqrt(count)
    return mean, mean - reach, mean + reach
