"""Linear probes with control tasks: does a layer *hold* a property, or can a probe learn anything?

Hewitt and Liang (2019): beside the property, the same probe learns random labels, one drawn for
each word type. It can only remember words to do so. Selectivity is the accuracy on the property
minus that on the control; a probe that does both equally well says nothing about the layer.
The probe is least squares on labels -1 and 1 with a ridge penalty: exact, and without a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Probe:
    """Linear scores; `weight` has shape (D, tasks), `mean` (D,), `offset` (tasks,)."""

    weight: Floats
    mean: Floats
    offset: Floats

    def predict(self, states: ArrayLike) -> Ints:
        """Labels 0 or 1, `(N, tasks)`, for states `(N, D)`."""
        scores = (np.asarray(states, dtype=np.float64) - self.mean) @ self.weight + self.offset
        return np.asarray(scores > 0, dtype=np.int64)


def fit_probe(states: ArrayLike, labels: ArrayLike, *, penalty: float) -> Probe:
    """Fit one probe a task, all on the same states.

    Parameters
    ----------
    states
        `(N, D)`, training words only.
    labels
        0 or 1, `(N,)` or `(N, tasks)`.
    penalty
        Ridge penalty on the squared weights, in units of the mean squared state times N: the same
        number means the same strength for layers of any scale. Larger: fewer words remembered.

    Raises
    ------
    ValueError
        If shapes do not fit, or `penalty` is not positive.
    """
    x = np.asarray(states, dtype=np.float64)
    y = np.asarray(labels, dtype=np.float64).reshape(len(x), -1) * 2 - 1
    if x.ndim != 2 or not len(x) or penalty <= 0:
        raise ValueError(
            f"states has shape {x.shape} and penalty is {penalty}; give rows (N, D) and a "
            "positive penalty"
        )
    mean, offset = x.mean(0), y.mean(0)
    centred = x - mean
    gram = centred.T @ centred
    ridge = penalty * np.trace(gram) / len(gram) + 1e-12
    weight = np.linalg.solve(gram + ridge * np.eye(len(gram)), centred.T @ (y - offset))
    return Probe(weight, mean, offset)


def control_labels(words: Sequence[str], *, seed: int) -> Ints:
    """A random label 0 or 1 for each word type, given to all of its tokens `(N,)`.

    Parameters
    ----------
    words
        N words; upper and lower case are one type.
    seed
        Of the labels.

    >>> found = control_labels(["a", "b", "A", "b"], seed=0)
    >>> bool(found[0] == found[2]), bool(found[1] == found[3])
    (True, True)
    """
    types = sorted({word.lower() for word in words})
    drawn = np.random.default_rng(seed).permutation(len(types)) % 2  # as many ones as zeros
    of_type = dict(zip(types, drawn.tolist(), strict=True))
    return np.array([of_type[word.lower()] for word in words], dtype=np.int64)


def lookup(
    train_words: Sequence[str], labels: ArrayLike, words: Sequence[str], *, default: int
) -> Ints:
    """The baseline without any state: the commonest training label of each word type, `(N,)`.

    Parameters
    ----------
    train_words, labels
        Training words and their labels, 0 or 1; a draw takes `default`.
    words
        Words to label.
    default
        For words that were never seen.

    >>> lookup(["Rome", "the", "Rome"], [1, 0, 1], ["rome", "Paris"], default=0).tolist()
    [1, 0]
    """
    votes: dict[str, int] = {}
    for word, label in zip(train_words, np.asarray(labels).tolist(), strict=True):
        votes[word.lower()] = votes.get(word.lower(), 0) + (1 if label else -1)
    found = [votes.get(word.lower(), 0) for word in words]
    return np.array([default if vote == 0 else int(vote > 0) for vote in found], dtype=np.int64)


@dataclass(frozen=True)
class ProbeScores:
    """Accuracy of property and control on the words to score, and on the training words.

    `right` says for each word to score whether the property was predicted rightly.
    """

    real: float
    control: float
    train_real: float
    train_control: float
    right: NDArray[np.bool_]

    @property
    def selectivity(self) -> float:
        """Accuracy on the property minus that on the control; 0: nothing but remembered words."""
        return self.real - self.control


def probe(
    states: ArrayLike, labels: ArrayLike, control: ArrayLike, train: ArrayLike, *, penalty: float
) -> ProbeScores:
    """Fit on the training words and score property and control on the others.

    Parameters
    ----------
    states
        `(N, D)`, one layer.
    labels, control
        0 or 1, `(N,)` each.
    train
        Booleans `(N,)`: which words the probe may see.
    penalty
        As for `fit_probe`.
    """
    x, seen = np.asarray(states), np.asarray(train, dtype=bool)
    both = np.stack([np.asarray(labels), np.asarray(control)], axis=1)
    fitted = fit_probe(x[seen], both[seen], penalty=penalty)
    right = fitted.predict(x[~seen]) == both[~seen]
    test, own = right.mean(0), (fitted.predict(x[seen]) == both[seen]).mean(0)
    return ProbeScores(
        float(test[0]), float(test[1]), float(own[0]), float(own[1]), np.asarray(right[:, 0])
    )
