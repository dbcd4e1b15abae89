# rejected_by: scored_on_unseen_words
# says: scored on the others only
# Scores the property on all words, the control on the others.
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
        rows = ~train if target is not labels else np.ones_like(train)
        found.append(float(np.mean(predict(states[rows], weights) == target[rows])))
    return found[0], found[1], found[0] - found[1]
