import numpy as np


def control_labels(words, bits):
    """One random label a word type, in order of first appearance, for each of the N words."""
    # BEGIN SOLUTION
    number = {}
    for word in words:
        number.setdefault(word.lower(), len(number))
    if len(number) > len(bits):
        raise ValueError("every word type needs a bit")
    return np.array([bits[number[word.lower()]] for word in words])
    # END SOLUTION


def report(states, labels, words, bits, train, penalty):
    """Accuracy on unseen words of the property and of the control, and their difference."""
    # BEGIN SOLUTION
    if train.all() or not train.any():
        raise ValueError("there must be words to fit and words to score")
    gram = states[train].T @ states[train] + penalty * np.eye(states.shape[1])
    found = []
    for target in (labels, control_labels(words, bits)):
        weights = np.linalg.solve(gram, states[train].T @ (2.0 * target[train] - 1))
        found.append(float(np.mean((states[~train] @ weights > 0) == target[~train])))
    return found[0], found[1], found[0] - found[1]
    # END SOLUTION
