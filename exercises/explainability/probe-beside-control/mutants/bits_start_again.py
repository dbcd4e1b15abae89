# rejected_by: too_few_bits_are_an_error
# says: without a bit
# Uses the bits again where they end.
import numpy as np


def fit(states, labels, penalty):
    gram = states.T @ states + penalty * np.eye(states.shape[1])
    return np.linalg.solve(gram, states.T @ (2.0 * labels - 1))


def predict(states, weights):
    return (states @ weights > 0).astype(int)


def control_labels(words, bits):
    number = {}
    for word in words:
        number.setdefault(word.lower(), len(number))
    return np.array([bits[number[word.lower()] % len(bits)] for word in words])


def report(states, labels, words, bits, train, penalty):
    if train.all() or not train.any():
        raise ValueError("there must be words to fit and words to score")
    found = []
    for target in (labels, control_labels(words, bits)):
        weights = fit(states[train], target[train], penalty)
        found.append(float(np.mean(predict(states[~train], weights) == target[~train])))
    return found[0], found[1], found[0] - found[1]
