# rejected_by: control_of_the_example
# says: wherever it stands
# Draws a label for every token, as the sketch does.
import numpy as np


def fit(states, labels, penalty):
    gram = states.T @ states + penalty * np.eye(states.shape[1])
    return np.linalg.solve(gram, states.T @ (2.0 * labels - 1))


def predict(states, weights):
    return (states @ weights > 0).astype(int)


def control_labels(words, bits):
    return np.array([bits[place % len(bits)] for place, _ in enumerate(words)])


def report(states, labels, words, bits, train, penalty):
    if train.all() or not train.any():
        raise ValueError("there must be words to fit and words to score")
    found = []
    for target in (labels, control_labels(words, bits)):
        weights = fit(states[train], target[train], penalty)
        found.append(float(np.mean(predict(states[~train], weights) == target[~train])))
    return found[0], found[1], found[0] - found[1]
