# One solve for both tasks; types numbered with numpy.
import numpy as np


def fit(states, labels, penalty):
    gram = states.T @ states + penalty * np.eye(states.shape[1])
    return np.linalg.solve(gram, states.T @ (2.0 * labels - 1))


def predict(states, weights):
    return (states @ weights > 0).astype(int)


def control_labels(words, bits):
    lower = [word.lower() for word in words]
    order = list(dict.fromkeys(lower))
    if len(bits) < len(order):
        raise ValueError("too few bits")
    return [int(bits[order.index(word)]) for word in lower]


def report(states, labels, words, bits, train, penalty):
    targets = np.stack([labels, control_labels(words, bits)], axis=1)
    if not 0 < train.sum() < len(train):
        raise ValueError("nothing to fit or to score")
    said = predict(states[~train], fit(states[train], targets[train], penalty))
    real, control = (said == targets[~train]).mean(axis=0)
    return real, control, real - control
