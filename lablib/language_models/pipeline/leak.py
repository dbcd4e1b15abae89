"""One classifier, two test sets: one split by lines, one by groups of copies.

The reviews hold most texts twice. Each seed first sets aside the groups of a fresh test part, so
that no copy of it is left; the other lines are split at random into training and a leaky test
part, as if nobody knew of the copies. The same fitted model is scored on both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

from lablib.data.splitting import stratified_rows

Rows = NDArray[np.int64]
SHARP, SMOOTH = 0.001, 0.5  # pseudo-counts of the two naive Bayes models


@dataclass(frozen=True)
class Texts:
    """N texts as counts of characters and character pairs.

    Attributes
    ----------
    counts : sparse (N, 2^18), 1 + log of each count; features by hashing, so that no text shapes
        another's.
    target : (N,) class of each.
    codes : (N,) equal numbers for equal texts.
    """

    counts: Any
    target: Rows
    codes: Rows


@dataclass(frozen=True)
class Scores:
    """Accuracies of one seed, by model: on the leaky and on the fresh test part.

    `seen` is the share of leaky test rows that have a copy in training, `unseen` the accuracy of
    the `linear` model on the others.
    """

    leaky: dict[str, float]
    fresh: dict[str, float]
    seen: float
    unseen: float


def represent(texts: Sequence[str], target: Rows) -> Texts:
    """Count characters and pairs of neighbours; equal texts are counted once."""
    distinct, codes = np.unique(np.array(texts, dtype=object), return_inverse=True)
    vectorizer = HashingVectorizer(
        analyzer="char", ngram_range=(1, 2), n_features=2**18, alternate_sign=False, norm=None,
        lowercase=False,
    )  # fmt: skip
    counts = vectorizer.transform(distinct)
    counts.data = 1 + np.log(counts.data)
    return Texts(counts=counts[codes], target=target, codes=codes.astype(np.int64))


def three_parts(target: Rows, groups: Rows, *, seed: int) -> tuple[Rows, Rows, Rows]:
    """Training rows, leaky test rows, fresh test rows: 60, 20 and 20 percent.

    No group is both in the fresh part and in another; between training and leaky part the lines
    are dealt at random, whatever their group.

    Parameters
    ----------
    target : (N,) class of each row.
    groups : (N,) label of each row's group of copies.
    seed : seed of the split and of the training.
    """
    first, second, fresh = stratified_rows(target, seed=seed, groups=groups, name="sentiment")
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    pool = rng.permutation(np.concatenate([first, second]))
    return pool[: len(first)], pool[len(first) :], fresh


def score(texts: Texts, groups: Rows, *, seed: int) -> Scores:
    """Fit every model once on the training rows and score it on both test parts.

    Parameters
    ----------
    texts : counts, classes and codes of N texts.
    groups : (N,) label of each row's group of copies.
    seed : seed of the split and of the training.
    """
    train, leaky, fresh = three_parts(texts.target, groups, seed=seed)
    weights = TfidfTransformer().fit(texts.counts[train])
    x_train, x_leaky, x_fresh = (weights.transform(texts.counts[r]) for r in (train, leaky, fresh))
    y = texts.target
    models = {
        "linear": LinearSVC(C=1.0, tol=1e-2, random_state=seed),
        "smooth": MultinomialNB(alpha=SMOOTH),
        "sharp": MultinomialNB(alpha=SHARP),
    }
    known = np.isin(texts.codes[leaky], texts.codes[train])
    on_leaky, on_fresh, unseen = {}, {}, float("nan")
    for name, model in models.items():
        model.fit(x_train, y[train])
        right = model.predict(x_leaky) == y[leaky]
        on_leaky[name] = float(right.mean())
        on_fresh[name] = float((model.predict(x_fresh) == y[fresh]).mean())
        if name == "linear":
            unseen = float(right[~known].mean()) if not known.all() else float("nan")
    usual = int(np.bincount(y[train]).argmax())
    memory = dict(zip(texts.codes[train].tolist(), y[train].tolist(), strict=True))
    for part, rows in ((on_leaky, leaky), (on_fresh, fresh)):
        answers = np.array([memory.get(code, usual) for code in texts.codes[rows].tolist()])
        part["lookup"] = float((answers == y[rows]).mean())
        part["majority"] = float((y[rows] == usual).mean())
    return Scores(on_leaky, on_fresh, seen=float(known.mean()), unseen=unseen)


def linear_on_fresh(texts: Texts, groups: Rows, *, seed: int) -> float:
    """Accuracy of the linear model alone on the fresh part: for comparing two cleanings.

    Parameters
    ----------
    texts : counts and classes of N texts.
    groups : (N,) label of each row's group of copies.
    seed : seed of the split and of the training.
    """
    train, _, fresh = three_parts(texts.target, groups, seed=seed)
    weights = TfidfTransformer().fit(texts.counts[train])
    model = LinearSVC(C=1.0, tol=1e-2, random_state=seed)
    model.fit(weights.transform(texts.counts[train]), texts.target[train])
    return float(model.score(weights.transform(texts.counts[fresh]), texts.target[fresh]))
