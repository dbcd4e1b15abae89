"""Articles as a stream of scores: a linear score of words, learned from rated sentences.

The articles have no dates (see the card news-sentences), so every stream here is drawn by lot. That
is what makes false alarms countable; it is also why nothing is claimed about real news.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lablib.data import load

Floats = NDArray[np.float64]
PARTS = (0.3, 0.4, 0.3)  # shares of articles: to learn the score, to set the alarm, to measure


@dataclass(frozen=True, eq=False)
class Articles:
    """Sentences of M articles with their ratings.

    Attributes
    ----------
    texts : N sentences, article after article.
    ratings : mean rating of each (N,), -4 to 4.
    article : number from 0 to M - 1 of each sentence's article (N,).
    """

    texts: tuple[str, ...]
    ratings: Floats
    article: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.article.max()) + 1

    def means(self, values: Floats) -> Floats:
        """Mean over the sentences of each article, (M,), of `values` (N,)."""
        total = np.bincount(self.article, values, minlength=len(self))
        return np.asarray(total / np.bincount(self.article, minlength=len(self)))

    def take(self, chosen: NDArray[np.int64]) -> Articles:
        """The articles with these numbers, in this order."""
        rows = [np.flatnonzero(self.article == number) for number in chosen]
        places = np.concatenate(rows)
        again = np.repeat(np.arange(len(chosen)), [len(row) for row in rows])
        return Articles(tuple(self.texts[i] for i in places), self.ratings[places], again)


def articles() -> Articles:
    """All articles of the card news-sentences, in the order of the file."""
    data = load("news-sentences")
    _, number = np.unique(data.table["article"].to_numpy(np.int64), return_inverse=True)
    return Articles(data.texts, data.table["rating"].to_numpy(np.float64), number.astype(np.int64))


def parted(everything: Articles, *, seed: int) -> tuple[Articles, Articles, Articles]:
    """Articles to learn from, to set the alarm with, and to measure on; none in two parts.

    Parameters
    ----------
    everything : Articles
        M articles.
    seed : int
        Of their order.
    """
    order = np.random.default_rng(seed).permutation(len(everything))
    cuts = np.cumsum([round(share * len(order)) for share in PARTS[:-1]])
    learn, setting, held = (everything.take(part) for part in np.split(order, cuts))
    return learn, setting, held


class WordScore:
    """Ridge regression of the ratings on words and pairs of words, weighted by rarity.

    Parameters
    ----------
    learn : Articles
        To learn from.
    penalty : float
        Of the regression; larger is smoother.
    """

    def __init__(self, learn: Articles, *, penalty: float = 3.0) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import Ridge
        from sklearn.pipeline import make_pipeline

        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        self.pipeline = make_pipeline(words, Ridge(alpha=penalty))
        self.pipeline.fit(learn.texts, learn.ratings)

    def __call__(self, texts: tuple[str, ...]) -> Floats:
        """Score of each sentence (N,), in units of the ratings."""
        return np.asarray(self.pipeline.predict(texts), dtype=np.float64)
