"""Movie-review sentences, encoded once and cut into one test part and disjoint training sets.

With a number of labels, each seed trains on sentences that no other seed sees; with `labels=None`
all seeds train on the same ones. All are scored on the same test part. So an interval over seeds
speaks of other initial weights and orders, in the first case of other training sentences too, and
always of these test sentences only; the interval over test rows is another one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedModel

from lablib.models.pretrained import batch_tokens, load_encoder
from lablib.models.sentence_classifier import (
    Encoding,
    SentenceClassifier,
    lower,
    sentence_vectors,
    upper_classifier,
)

ORDER = 2014  # seeds the one order of the sentences that everything is cut from


@dataclass(frozen=True, eq=False)
class Reviews:
    """Encoded sentences: the first `tests` are the test part, all others can be trained on.

    `encoding` holds what stays frozen below the trained `blocks`, `classes` (N,) 0 or 1 (positive).
    """

    texts: tuple[str, ...]
    encoding: Encoding
    classes: Tensor
    tests: int
    blocks: int
    tokenizer: Any
    backbone: Any
    longest: int

    @property
    def test(self) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs, mask and classes of the test part."""
        return self.take(torch.arange(self.tests))

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Inputs, mask and classes of rows `(n,)`."""
        return self.encoding.inputs[rows], self.encoding.mask[rows], self.classes[rows]

    def training_rows(self, place: int, labels: int | None) -> Tensor:
        """Rows of the training set number `place`, from 0; all there are if `labels` is None.

        Raises
        ------
        ValueError
            If the sentences do not suffice for that many disjoint sets.
        """
        if labels is None:
            return torch.arange(self.tests, len(self.classes))
        start = self.tests + place * labels
        if start + labels > len(self.classes):
            raise ValueError(
                f"labels={labels}: set {place} would end at row {start + labels}, and there are "
                f"{len(self.classes)}; use fewer labels or seeds, or more texts"
            )
        return torch.arange(start, start + labels)

    def classifier(
        self, *, seed: int, dense: bool = False, dropout: float = 0.0
    ) -> SentenceClassifier:
        """A new classifier over the last blocks.

        Parameters
        ----------
        seed, dense, dropout
            As for `upper_classifier`.
        """
        return upper_classifier(
            self.backbone, classes=2, blocks=self.blocks, dense=dense, dropout=dropout, seed=seed
        )

    def encode(self, texts: Sequence[str]) -> Encoding:
        """Encode other texts, such as changed ones, up to the trained blocks."""
        ids, mask = batch_tokens(self.tokenizer, texts, max_length=self.longest)
        gap = (0, self.encoding.mask.shape[1] - mask.shape[1]) if self.blocks else (0, 0)
        encoded = lower(self.backbone, ids, mask, blocks=self.blocks)
        if not any(gap):
            return encoded
        wide = (0, 0, *gap) if encoded.inputs.is_floating_point() else gap
        pad = torch.nn.functional.pad
        return Encoding(pad(encoded.inputs, wide), pad(encoded.mask, gap))


@lru_cache(maxsize=2)
def load_reviews(
    *, encoder: str, blocks: int, longest: int, count: int | None, tests: int
) -> Reviews:
    """Load sentences of at most `longest` tokens and encode them; kept for the next caller.

    Parameters
    ----------
    encoder
        As for `lablib.models.pretrained.load_encoder`.
    blocks
        Blocks that will be trained; what lies below is computed here.
    longest
        Tokens; longer sentences are left out, none is cut.
    count
        How many sentences to keep, test part included; None keeps all.
    tests
        Sentences of the test part.
    """
    from lablib.data import load

    if blocks == 0 and count is not None:  # a few sentences: from states that others use too
        below = load_reviews(encoder=encoder, blocks=1, longest=longest, count=count, tests=tests)
        vectors = sentence_vectors(below.classifier(seed=0), below.encoding)
        ones = torch.ones(len(vectors), 1, dtype=torch.int64)
        return replace(below, encoding=Encoding(vectors[:, None], ones), blocks=0)
    data = load("movie-reviews")
    tokenizer, backbone = _encoder(encoder)
    order = np.random.default_rng(ORDER).permutation(len(data))
    # A sentence has at least as many tokens as words: most long ones need no tokenizer to be found.
    short = [row for row in order if len(data.texts[row].split()) <= longest - 2]
    wanted = len(short) if count is None else count
    rows = _fitting(tokenizer, data.texts, short, longest=longest, wanted=wanted)
    texts = tuple(data.texts[row] for row in rows)
    ids, mask = batch_tokens(tokenizer, texts, max_length=longest)
    return Reviews(
        texts=texts,
        encoding=lower(backbone, ids, mask, blocks=blocks),
        classes=torch.from_numpy(data.target[rows]),
        tests=tests,
        blocks=blocks,
        tokenizer=tokenizer,
        backbone=backbone,
        longest=longest,
    )


def _fitting(
    tokenizer: Any, texts: Sequence[str], rows: Sequence[int], *, longest: int, wanted: int
) -> list[int]:
    """The first `wanted` of `rows` whose texts have at most `longest` tokens."""
    kept: list[int] = []
    for start in range(0, len(rows), 500):
        part = rows[start : start + 500]
        coded = tokenizer([texts[row] for row in part])["input_ids"]
        kept += [row for row, ids in zip(part, coded, strict=True) if len(ids) <= longest]
        if len(kept) >= wanted:
            break
    return kept[:wanted]


def hashes(encoder: str) -> dict[str, str]:
    """Card name to the hash of what was read: the ratings, and the weights if they have a card."""
    from lablib.data import card, cards

    found = {"movie-reviews": card("movie-reviews").file_sha256}
    if encoder in {known.name for known in cards()}:
        files = card(encoder).files
        found[encoder] = next(h for name, h in files.items() if name.endswith(".safetensors"))
    return found


def _encoder(name: str) -> tuple[Any, PreTrainedModel]:
    tokenizer, backbone = load_encoder(name)
    if not isinstance(backbone, PreTrainedModel):
        raise ValueError(f"encoder={name!r} is no transformers encoder; pass e.g. 'minilm'")
    return tokenizer, backbone
