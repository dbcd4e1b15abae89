# The ridge as extra rows of a least-squares problem, and prints on the way.
import numpy as np


def fit(states, labels, penalty):
    rows = np.vstack([states, np.sqrt(penalty) * np.eye(states.shape[1])])
    target = np.concatenate([2.0 * labels - 1, np.zeros(states.shape[1])])
    return np.linalg.lstsq(rows, target, rcond=None)[0]


def predict(states, weights):
    return (states @ weights > 0).astype(int)


def control_labels(words, bits):
    seen, labels = {}, []
    for word in words:
        key = word.upper()
        if key not in seen:
            if len(seen) == len(bits):
                raise ValueError("no bit left")
            seen[key] = bits[len(seen)]
        labels.append(seen[key])
    return np.array(labels)


def report(states, labels, words, bits, train, penalty):
    def accuracy(target):
        return np.mean(
            predict(states[~train], fit(states[train], target[train], penalty)) == target[~train]
        )

    if len(set(train.tolist())) < 2:
        raise ValueError("train must hold both kinds of words")
    real, control = accuracy(labels), accuracy(control_labels(words, bits))
    print("real", real, "control", control)
    return [real, control, real - control]
