# rejected_by: report_of_the_example
# says: wrong about both others
# Takes one half for the control, as if it had to be chance.
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
    if len(number) > len(bits):
        raise ValueError("every word type needs a bit")
    return np.array([bits[number[word.lower()]] for word in words])


def report(states, labels, words, bits, train, penalty):
    if train.all() or not train.any():
        raise ValueError("there must be words to fit and words to score")
    found = []
    for target in (labels, control_labels(words, bits)):
        weights = fit(states[train], target[train], penalty)
        found.append(float(np.mean(predict(states[~train], weights) == target[~train])))
    return found[0], 0.5, found[0] - 0.5
