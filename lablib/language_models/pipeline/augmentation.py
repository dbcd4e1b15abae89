"""Does augmentation help a classifier with few labels? Each way against the texts as they are.

The control repeats every text unchanged as often as the others vary it: a linear model then sees
each example five times, which only weakens its penalty. A gain that the control has too is no gain
of augmentation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from lablib.data import TextData
from lablib.data.augmentation import (
    Operation,
    augment,
    delete_words,
    replace_synonyms,
    swap_words,
)

Texts = Sequence[str]


def operations(synonyms: Mapping[str, Sequence[str]]) -> dict[str, Operation]:
    """The ways to change a text that are compared."""
    return {
        "synonyms": partial(replace_synonyms, synonyms=synonyms, share=0.2),
        "deletion": partial(delete_words, share=0.1),
        "swap": partial(swap_words, share=0.1),
    }


def compare(
    data: TextData, ways: Mapping[str, Operation], *, labels: int, copies: int, seed: int
) -> dict[str, float]:
    """Accuracy on the test part after training on `labels` texts: plain, repeated and augmented.

    Parameters
    ----------
    data : texts with classes.
    ways : name -> operation on a text.
    labels : number of training texts, drawn from the training part.
    copies : versions of each training text, also for the unchanged repetition.
    seed : seed of the split, the draw and the operations.
    """
    parts = data.split(seed=seed)
    few = parts.train.take(_drawn(len(parts.train), labels, seed))
    test = (parts.test.texts, parts.test.target)
    scores = {
        "plain": _fit(few.texts, few.target).score(*test),
        "repeat": _fit(few.texts * (copies + 1), np.tile(few.target, copies + 1)).score(*test),
    }
    for name, way in ways.items():
        more = augment(few.texts, few.target, operation=way, copies=copies, seed=seed)
        scores[name] = _fit(more.texts, more.target).score(*test)
    return {name: float(value) for name, value in scores.items()}


def augmented_before_the_split(
    data: TextData, way: Operation, *, labels: int, copies: int, seed: int
) -> tuple[float, float]:
    """The fault: accuracy on a fifth held out after augmenting, and of that model on new texts.

    Parameters
    ----------
    data, labels, copies, seed : as for `compare`.
    way : operation on a text.
    """
    parts = data.split(seed=seed)
    few = parts.train.take(_drawn(len(parts.train), labels, seed))
    more = augment(few.texts, few.target, operation=way, copies=copies, seed=seed)
    rows = np.random.Generator(np.random.PCG64([seed, 2])).permutation(len(more.texts))
    held, kept = rows[: len(rows) // 5], rows[len(rows) // 5 :]
    model = _fit([more.texts[i] for i in kept], more.target[kept])
    inside = model.score([more.texts[i] for i in held], more.target[held])
    return float(inside), float(model.score(parts.test.texts, parts.test.target))


def _drawn(n: int, labels: int, seed: int) -> NDArray[np.int64]:
    return np.random.Generator(np.random.PCG64([seed, 3])).permutation(n)[:labels]


def _fit(texts: Texts, target: NDArray[np.int64]) -> Pipeline:
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegression(C=10.0, solver="liblinear"),
    )
    return model.fit(texts, target)
