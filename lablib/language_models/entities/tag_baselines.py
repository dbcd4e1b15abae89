"""What a fine-tuned encoder has to beat: silence, a dictionary, and a linear model with features.

Each function returns a tagger: sentences of words in, IOB2 tags out. The features are those that
shared-task systems used before neural networks (Tjong Kim Sang and De Meulder, 2003): the word,
its ends, its shape, and the same of its neighbours.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from lablib.data.conll import to_iob2
from lablib.data.tagged import TaggedData
from lablib.evaluation.entities import entities

Sentence = Sequence[str]
TagFunction = Callable[[Sequence[Sentence]], list[tuple[str, ...]]]


def outside(sentences: Sequence[Sentence]) -> list[tuple[str, ...]]:
    """Say O to every word."""
    return [("O",) * len(words) for words in sentences]


def surface(words: Sentence) -> tuple[str, ...]:
    """How a dictionary stores an entity: its words in small letters."""
    return tuple(word.lower() for word in words)


def known_entities(train: TaggedData) -> dict[tuple[str, ...], str]:
    """Every entity of the training sentences, in small letters, with its most frequent type."""
    seen: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for words, tags in zip(train.sentences, train.tags, strict=True):
        for kind, start, end in entities(tags):
            seen[surface(words[start:end])][kind] += 1
    return {name: counts.most_common(1)[0][0] for name, counts in seen.items()}


def dictionary(train: TaggedData) -> TagFunction:
    """Look every stretch of words up among the training entities; the longest match wins."""
    known = known_entities(train)
    longest = max((len(name) for name in known), default=0)

    def tag_one(words: Sentence) -> tuple[str, ...]:
        low, tags, place = surface(words), ["O"] * len(words), 0
        while place < len(low):
            ends = range(min(place + longest, len(low)), place, -1)
            end = next((end for end in ends if low[place:end] in known), None)
            if end is None:
                place += 1
                continue
            kind = known[low[place:end]]
            tags[place:end] = [f"B-{kind}", *[f"I-{kind}"] * (end - place - 1)]
            place = end
        return tuple(tags)

    return lambda sentences: [tag_one(words) for words in sentences]


def word_shape(word: str) -> str:
    """Letters and digits by kind, runs cut to two: "iPhone5s" is "xXxxdx".

    >>> word_shape("iPhone5s"), word_shape("NASA"), word_shape("@you")
    ('xXxxdx', 'XX', '@xx')
    """
    shape = "".join(
        "X" if c.isupper() else "x" if c.islower() else "d" if c.isdigit() else c for c in word
    )
    return re.sub(r"(.)\1+", r"\1\1", shape)


def features(words: Sentence, place: int) -> dict[str, bool]:
    """What the linear model sees of one word: itself, its ends and shape, two neighbours a side."""
    word = words[place].lower()
    seen = [f"word={word}", f"shape={word_shape(words[place])}", f"start={word[:3]}"]
    seen += [f"end={word[-3:]}", f"end={word[-2:]}"]
    for step in (-2, -1, 1, 2):
        other = place + step
        if 0 <= other < len(words):
            seen.append(f"{step}:word={words[other].lower()}")
            seen.append(f"{step}:shape={word_shape(words[other])}")
        else:
            seen.append(f"{step}:edge")
    return dict.fromkeys(seen, True)


def linear(train: TaggedData, *, C: float = 10.0, rare: int = 2) -> TagFunction:
    """Logistic regression over `features`, one decision a word.

    Parameters
    ----------
    train
        Tagged sentences.
    C
        Inverse strength of the quadratic penalty.
    rare
        Features of fewer training words than this are left out.
    """
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = [features(words, i) for words in train.sentences for i in range(len(words))]
    target = [tag for tags in train.tags for tag in tags]
    if len(set(target)) == 1:
        return lambda sentences: [(target[0],) * len(words) for words in sentences]
    vectorizer = DictVectorizer(dtype=np.float32)
    matrix = vectorizer.fit_transform(rows)
    kept = np.flatnonzero(np.asarray(matrix.sum(axis=0)).ravel() >= rare)
    model = LogisticRegression(C=C, max_iter=200, tol=1e-3).fit(matrix[:, kept], target)

    def tag_one(words: Sentence) -> tuple[str, ...]:
        seen = vectorizer.transform([features(words, i) for i in range(len(words))])
        return tuple(model.predict(seen[:, kept]).tolist())

    return lambda sentences: [tag_one(words) for words in sentences]


def shuffled_tags(train: TaggedData, *, seed: int) -> TaggedData:
    """The same sentences under the tags of other sentences: no tag belongs to its word any more.

    Sentences are put in random order, their tags laid end to end, and this band is cut anew to the
    lengths of the sentences. So entities keep their number, types and lengths (one that a cut
    divides becomes two), and only the words under them are wrong.

    >>> data = TaggedData("demo", (("a", "b"), ("c",)), (("B-x", "I-x"), ("O",)), ("x",))
    >>> shuffled_tags(data, seed=3).tags
    (('O', 'B-x'), ('B-x',))
    """
    order = np.random.default_rng(seed).permutation(len(train))
    band = [tag for row in order for tag in train.tags[row]]
    ends = np.cumsum([len(words) for words in train.sentences])
    pieces = [
        band[end - len(words) : end] for end, words in zip(ends, train.sentences, strict=True)
    ]
    return replace(train, tags=tuple(to_iob2(piece) for piece in pieces))
