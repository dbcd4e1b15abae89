"""Words of tweets with their states in every layer of an encoder, trained and untrained.

The property is whether a word belongs to a named entity, as people marked it. A word's state is
the mean over its pieces. About as many other words as entity words are kept, so that 0.5 is chance.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lablib.data import TaggedData, load
from lablib.explainability.transformer.states import blocks_of, recorded


@dataclass(frozen=True)
class TaggedWords:
    """N words: text, whether in an entity, which tweet; and where their pieces stand."""

    words: tuple[str, ...]
    entity: NDArray[np.int64]
    tweet: NDArray[np.int64]
    ids: Tensor
    mask: Tensor
    pieces: tuple[tuple[int, int, int], ...]  # row, first piece, last piece + 1
    sha256: str

    def train_part(self, *, seed: int, share: float = 2 / 3) -> NDArray[np.bool_]:
        """Which words are for training, `(N,)`: whole tweets, at random.

        Parameters
        ----------
        seed, share
            Of the drawing; share of tweets.
        """
        tweets = np.unique(self.tweet)
        order = np.random.default_rng(seed).permutation(tweets)
        return np.isin(self.tweet, order[: round(share * len(tweets))])


def tagged_words(
    tokenizer: Any, *, tweets: int | None, max_length: int = 48, seed: int = 0
) -> TaggedWords:
    """Words of tweets that hold an entity: all entity words, and as many others.

    Parameters
    ----------
    tokenizer
        A fast tokenizer of transformers.
    tweets
        How many tweets; None takes all that hold an entity.
    max_length
        Most pieces of a tweet.
    seed
        Of the tweets and of the other words.
    """
    data = load("tweet-entities")
    assert isinstance(data, TaggedData)
    assert data.card is not None
    rng = np.random.default_rng(seed)
    first = {sentence: row for row, sentence in reversed(list(enumerate(data.sentences)))}
    rows = [row for row in sorted(first.values()) if any(tag != "O" for tag in data.tags[row])]
    chosen = data.take(rng.permutation(rows)[:tweets])
    coded = tokenizer(
        [list(words) for words in chosen.sentences], is_split_into_words=True, padding=True,
        truncation=True, max_length=max_length, return_tensors="pt",
    )  # fmt: skip
    found: list[tuple[str, int, int, tuple[int, int, int]]] = []
    for row, (words, tags) in enumerate(zip(chosen.sentences, chosen.tags, strict=True)):
        spans = _spans(coded.word_ids(row))
        found += [
            (words[word], int(tags[word] != "O"), row, (row, *span))
            for word, span in spans.items()
            if any(sign.isalnum() for sign in words[word])
        ]
    entity = np.array([one[1] for one in found])
    inside, outside = np.flatnonzero(entity == 1), np.flatnonzero(entity == 0)
    keep = np.sort(np.concatenate([inside, rng.permutation(outside)[: len(inside)]]))
    kept = [found[index] for index in keep]
    return TaggedWords(
        tuple(one[0] for one in kept), entity[keep], np.array([one[2] for one in kept]),
        coded["input_ids"], coded["attention_mask"], tuple(one[3] for one in kept),
        data.card.file_sha256,
    )  # fmt: skip


def _spans(word_ids: Sequence[int | None]) -> dict[int, tuple[int, int]]:
    """First and last + 1 piece of every word."""
    found: dict[int, tuple[int, int]] = {}
    for place, word in enumerate(word_ids):
        if word is not None:
            found[word] = (found.get(word, (place, place))[0], place + 1)
    return found


@torch.no_grad()
def word_states(
    encoder: nn.Module, words: TaggedWords, *, batch_size: int = 32
) -> NDArray[np.float32]:
    """States of the words after each number of blocks, `(L + 1, N, D)`.

    Parameters
    ----------
    encoder
        A BERT of transformers.
    words
        From `tagged_words`.
    batch_size
        Tweets computed at once, sorted by length.
    """
    device = next(encoder.parameters()).device
    lengths = words.mask.sum(1)
    of_row: dict[int, Tensor] = {}
    for rows in torch.split(lengths.argsort(), batch_size):
        longest = int(lengths[rows].max())
        with recorded(blocks_of(encoder)) as states:
            encoder(words.ids[rows, :longest].to(device), words.mask[rows, :longest].to(device))
        stacked = torch.stack(states, dim=1).cpu()  # (B, L + 1, T, D)
        of_row.update(zip(rows.tolist(), stacked, strict=True))
    means = [of_row[row][:, start:stop].mean(1) for row, start, stop in words.pieces]
    return np.asarray(torch.stack(means, dim=1))


def untrained(encoder: nn.Module, *, seed: int) -> nn.Module:
    """The same architecture with random weights, as before any training.

    Parameters
    ----------
    encoder
        A model of transformers.
    seed
        Of the weights.
    """
    config: Any = copy.deepcopy(encoder.config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return type(encoder)(config).eval()
