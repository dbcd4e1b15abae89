# Starts from the patched state where the layers below do not matter; scipy.stats for the interval.
import numpy as np
from scipy import stats


def block(states, mix, weight):
    return states + np.tanh(mix @ states @ weight)


def patched_end(x, layers, source, layer, position):
    if layer not in range(len(layers) + 1):
        raise ValueError("no such state")
    for mix, weight in layers[:layer]:
        x = block(x, mix, weight)
    rows = np.arange(len(x)) == position % len(x)
    x = np.where(rows[:, None], source, x)
    for mix, weight in layers[layer:]:
        x = block(x, mix, weight)
    return x[-1].tolist()


def beyond(clean, corrupted, patched, unrelated, level):
    if len(clean) < 2 or not np.all(clean != corrupted):
        raise ValueError("nothing to restore")
    d = (patched - corrupted) / (clean - corrupted) - (unrelated - corrupted) / (clean - corrupted)
    reach = stats.t.ppf((1 + level) / 2, len(d) - 1) * stats.sem(d)
    return [d.mean(), d.mean() - reach, d.mean() + reach]
