"""Pairs of names as numbers: words to read, characters to write, and the tensors of both.

A token seen fewer than `rare` times in training becomes UNKNOWN, on both sides. So the model meets
UNKNOWN while it learns, and may answer with it: it shows where it does not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from lablib.data.pair import PairData

PAD, START, END, UNKNOWN = range(4)
SHOWN = "□"  # how UNKNOWN is written


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of one side, numbered from 4; below are padding, start, end and unknown.

    >>> both = Vocabulary(("脸", "狗"))
    >>> both.encode(["狗", "?"])
    [5, 3, 2]
    >>> both.decode([5, 3, 2, 0])
    '狗□'
    """

    tokens: tuple[str, ...]
    numbers: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        numbers = {token: place + 4 for place, token in enumerate(self.tokens)}
        object.__setattr__(self, "numbers", numbers)

    def __len__(self) -> int:
        return len(self.tokens) + 4

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Numbers of `tokens`, and END after them."""
        return [self.numbers.get(token, UNKNOWN) for token in tokens] + [END]

    def decode(self, numbers: Iterable[int]) -> str:
        """The tokens up to the first END, joined; START and padding are left out."""
        out: list[str] = []
        for number in numbers:
            if number == END:
                break
            if number not in (PAD, START):
                out.append(SHOWN if number == UNKNOWN else self.tokens[number - 4])
        return "".join(out)


def words(name: str) -> list[str]:
    """The words of an English name, in small letters.

    >>> words("Woman: medium-dark skin tone")
    ['woman:', 'medium-dark', 'skin', 'tone']
    """
    return name.lower().split()


def vocabulary(texts: Iterable[Sequence[str]], *, rare: int = 1) -> Vocabulary:
    """The tokens that occur at least `rare` times in `texts`, sorted."""
    counts = Counter(token for text in texts for token in text)
    return Vocabulary(tuple(sorted(token for token, n in counts.items() if n >= rare)))


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """Rows of numbers as one tensor (N, longest), PAD behind the short ones.

    >>> padded([[5, 2], [7]]).tolist()
    [[5, 2], [7, 0]]
    """
    out = torch.full((len(rows), max(map(len, rows), default=0)), PAD)
    for place, row in enumerate(rows):
        out[place, : len(row)] = torch.tensor(row, dtype=torch.int64)
    return out


def source_tensor(names: Sequence[str], source: Vocabulary) -> Tensor:
    """(N, S): the words of each English name, END, padding."""
    return padded([source.encode(words(name)) for name in names])


def target_tensor(names: Sequence[str], target: Vocabulary) -> Tensor:
    """(N, T + 1): START, the characters of each Chinese name, END, padding."""
    return padded([[START, *target.encode(name)] for name in names])


def short_names(pairs: PairData, *, longest: int, fewest_words: int = 1) -> PairData:
    """The pairs with at most `longest` Chinese characters and at least so many English words.

    Parameters
    ----------
    pairs
        N pairs.
    longest, fewest_words
        Both ends are included.
    """
    kept = [
        place
        for place, (source, target) in enumerate(zip(pairs.sources, pairs.targets, strict=True))
        if len(target) <= longest and len(words(source)) >= fewest_words
    ]
    return pairs.take(kept)


def shuffled_targets(pairs: PairData, *, seed: int) -> PairData:
    """The same names on both sides, but each English name gets the Chinese name of another."""
    order = np.random.default_rng(seed).permutation(len(pairs))
    targets = tuple(pairs.targets[place] for place in order)
    return PairData(pairs.name, pairs.sources, targets, groups=pairs.groups, card=pairs.card)


def all_words_seen(names: Sequence[str], training: Sequence[str]) -> np.ndarray:
    """Whether every word of a name occurs in a training name, (N,)."""
    seen = {word for name in training for word in words(name)}
    return np.array([all(word in seen for word in words(name)) for name in names])
