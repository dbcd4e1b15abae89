"""Fine-tuning an encoder to tag words: one linear layer on top of its vectors, all of it trained.

Devlin et al., "BERT" (2019), section 5.3: a word's tag is predicted at its first piece. Left out
on purpose: a layer that scores pairs of neighbouring tags, so a tag may follow that cannot.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lablib.data.tagged import TaggedData
from lablib.models.pretrained import token_classifier
from lablib.training import TrainingConfig, fit
from lablib.training.losses import IGNORED, logits_of, tagging_loss, trimmed

Sentence = Sequence[str]
TagFunction = Callable[[Sequence[Sentence]], list[tuple[str, ...]]]


def align_tags(
    word_of_piece: Sequence[int | None], tags: Sequence[str], number: Mapping[str, int]
) -> list[int]:
    """One label a piece: the tag's number at the first piece of each word, -100 elsewhere.

    Parameters
    ----------
    word_of_piece
        Position of each piece's word in the sentence; None at special pieces and padding.
    tags
        One tag a word.
    number
        Tag to its number, 0 to K-1.

    >>> align_tags([None, 0, 1, 1, None], ["O", "B-x"], {"O": 0, "B-x": 1})
    [-100, 0, 1, -100, -100]
    """
    labels, before = [], None
    for word in word_of_piece:
        first = word is not None and word != before
        labels.append(number[tags[word]] if first and word is not None else IGNORED)
        before = word
    return labels


@dataclass(frozen=True)
class Pieces:
    """Sentences as word pieces.

    Attributes
    ----------
    ids, mask : (N, T), T at most `max_length`; mask 0 at padding.
    words : one list a sentence, the word's position for each of the T pieces, or None.
    """

    ids: Tensor
    mask: Tensor
    words: list[list[int | None]]


def cut(tokenizer: Any, sentences: Sequence[Sentence], *, max_length: int) -> Pieces:
    """Cut words into pieces and remember which word each piece belongs to.

    Parameters
    ----------
    tokenizer
        A fast tokenizer of transformers.
    sentences
        N sentences, each a sequence of words.
    max_length
        Most pieces of a sentence, special ones included; further words are cut off.

    Raises
    ------
    ValueError
        If the tokenizer cannot say which word a piece came from.
    """
    if not getattr(tokenizer, "is_fast", False):
        raise ValueError(
            f"{type(tokenizer).__name__} does not tell which word a piece came from; use a model "
            "with a fast tokenizer (a tokenizer.json in its folder)"
        )
    coded = tokenizer(
        [list(words) for words in sentences],
        is_split_into_words=True,
        padding=True,
        truncation=True,
        max_length=max_length,
        return_tensors="pt",
    )
    words = [coded.word_ids(row) for row in range(len(sentences))]
    return Pieces(coded["input_ids"], coded["attention_mask"], words)


@dataclass(frozen=True)
class Tagger:
    """A trained model with its tokenizer and tag names; call `tag` on sentences of words."""

    tokenizer: Any
    model: nn.Module
    names: tuple[str, ...]
    max_length: int

    @torch.no_grad()
    def tag(self, sentences: Sequence[Sentence], *, batch_size: int = 64) -> list[tuple[str, ...]]:
        """The likeliest tag of every word; O for words beyond `max_length` pieces.

        Parameters
        ----------
        sentences
            N sentences of words.
        batch_size
            Sentences computed at once; it does not change the tags.
        """
        device = next(self.model.parameters()).device
        pieces = cut(self.tokenizer, sentences, max_length=self.max_length)
        tagged = []
        for start in range(0, len(sentences), batch_size):
            rows = slice(start, start + batch_size)
            ids, mask = trimmed(pieces.ids[rows].to(device), pieces.mask[rows].to(device))
            best = logits_of(self.model(ids, mask)).argmax(-1).tolist()  # (B, T)
            for words, numbers, sentence in zip(
                pieces.words[rows], best, sentences[rows], strict=True
            ):
                tagged.append(self._of_words(words, numbers, len(sentence)))
        return tagged

    def _of_words(
        self, words: Sequence[int | None], numbers: Sequence[int], length: int
    ) -> tuple[str, ...]:
        tags, before = ["O"] * length, None
        for word, number in zip(words, numbers, strict=False):  # trailing padding was trimmed
            if word is not None and word != before:
                tags[word] = self.names[number]
            before = word
        return tuple(tags)


def fine_tune(
    train: TaggedData,
    *,
    model: str | Path,
    config: TrainingConfig,
    layers: int | None = None,
    max_length: int = 64,
    train_embeddings: bool = True,
    seed: int = 0,
) -> Tagger:
    """Train `model` on tagged sentences and return the tagger.

    Parameters
    ----------
    train
        N sentences with IOB2 tags; a tag that does not occur in `train.types` is refused.
    model, layers
        As for `lablib.models.pretrained.token_classifier`.
    config
        How to train.
    max_length
        Most pieces of a sentence.
    train_embeddings
        Whether the tables of pieces and positions are trained too: most of a small encoder.
    seed
        Of the new linear layer.
    """
    names = tag_names(train.types)
    tokenizer, network = token_classifier(model, labels=names, layers=layers, seed=seed)
    if not train_embeddings:
        for name, parameter in network.named_parameters():
            parameter.requires_grad_("embeddings." not in name)
    pieces = cut(tokenizer, train.sentences, max_length=max_length)
    _start_at_shares(network, names, train.tags)
    number = {name: place for place, name in enumerate(names)}
    labels = [
        align_tags(words, tags, number)
        for words, tags in zip(pieces.words, train.tags, strict=True)
    ]
    examples = (pieces.ids, pieces.mask, torch.tensor(labels))  # (N, T) each
    lengths = pieces.mask.sum(1)  # (N,): tweets of like length share a batch, for less padding
    result = fit(network, examples, loss=tagging_loss, config=config, lengths=lengths)
    return Tagger(tokenizer, result.model, names, max_length)


@torch.no_grad()
def _start_at_shares(network: Any, names: Sequence[str], tags: Sequence[Sequence[str]]) -> None:
    """Let the new layer begin with the shares of the tags instead of equal ones.

    Nineteen words of twenty are O. Without this, much of a short training goes into learning just
    that (Lin et al., "Focal Loss for Dense Object Detection", 2017, section 3.3).
    """
    bias = getattr(getattr(network, "classifier", None), "bias", None)
    if bias is not None:
        counts = Counter(tag for sentence in tags for tag in sentence)
        shares = torch.tensor([counts[name] + 1.0 for name in names])  # no share is 0
        bias.copy_((shares / shares.sum()).log())


def tag_names(types: Sequence[str]) -> tuple[str, ...]:
    """The K = 1 + 2 * types tags of IOB2: O first, then B and I of each type.

    >>> tag_names(["person"])
    ('O', 'B-person', 'I-person')
    """
    return ("O", *(f"{prefix}-{kind}" for kind in types for prefix in "BI"))
