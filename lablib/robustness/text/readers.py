"""A reader of sentiment that is a sum over words, and trainings that should make it robust.

Logistic regression on counts of words. Its score is a bias and a weight for each word, 0 for a
word never seen: so an attack can be checked against the exact worst case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from lablib.robustness.text.substitutions import WORD


@dataclass(frozen=True, eq=False)
class Reader:
    """A score for each text: `bias` plus the sum of the weights of its words.

    Examples
    --------
    >>> Reader(-0.5, {"fine": 2.0})(["Fine, fine.", "unknown"]).tolist()
    [3.5, -0.5]
    """

    bias: float
    weights: Mapping[str, float]

    def weight(self, word: str) -> float:
        """What one word adds; 0 for a word never seen."""
        return self.weights.get(word.lower(), 0.0)

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Scores (n,), above 0 for class 1."""
        get = self.weights.get
        return np.array(
            [self.bias + sum(get(w, 0.0) for w in WORD.findall(t.lower())) for t in texts]
        )

    def right(self, texts: Sequence[str], target: ArrayLike) -> NDArray[np.bool_]:
        """Whether each answer (n,) is right."""
        right: NDArray[np.bool_] = (self(texts) > 0) == (np.asarray(target) == 1)
        return right


def taught(texts: Sequence[str], target: ArrayLike, *, penalty: float = 2.0) -> Reader:
    """Train a reader.

    Parameters
    ----------
    texts, target : n texts and their classes, 0 or 1.
    penalty : of squared weights against the sum of losses; it belongs to n texts, so repeating
        every text weakens it unless it is raised as well.
    """
    words = CountVectorizer(token_pattern=WORD.pattern)
    model = LogisticRegression(C=1 / penalty, solver="liblinear", random_state=0)
    model.fit(words.fit_transform(texts), target)
    names = words.get_feature_names_out().tolist()
    weights = dict(zip(names, model.coef_[0].tolist(), strict=True))
    return Reader(float(model.intercept_[0]), weights)
