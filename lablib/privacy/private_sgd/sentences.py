"""Review sentences for private fine-tuning of an encoder: the head, LoRA, or all blocks.

The sentences and their classes are those of the card `movie-reviews`. What stays frozen is computed
once. All seeds train on the same sentences, so an interval over seeds speaks of noise, coins and
initial weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from lablib.models._setup import seeded
from lablib.models.adapters import add_lora
from lablib.models.pretrained import batch_tokens, load_encoder
from lablib.models.sentence_classifier import (
    Encoding,
    call,
    lower,
    sentence_vectors,
    upper_classifier,
)
from lablib.privacy.private_sgd.clipping import Batch

Method = Literal["head", "lora", "full"]
METHODS: tuple[Method, ...] = ("head", "lora", "full")
ORDER = 2014  # seeds the one order of the sentences


@dataclass(frozen=True, eq=False)
class Sentences:
    """Encoded sentences, the first `tests` of them for testing.

    Attributes
    ----------
    states : inputs of the upper `blocks` blocks.
    vectors : the frozen encoder's mean vectors, `(N, 1, D)`.
    classes : `(N,)`, 1 is positive.
    """

    states: Encoding
    vectors: Encoding
    classes: Tensor
    tests: int
    blocks: int
    backbone: PreTrainedModel

    def part(self, method: Method, *, test: bool) -> Batch:
        """Inputs, mask and classes of the test or the training part, as `method` takes them."""
        rows = slice(None, self.tests) if test else slice(self.tests, None)
        kept = self.vectors if method == "head" else self.states
        return kept.inputs[rows], kept.mask[rows], self.classes[rows]

    def classifier(self, method: Method, *, rank: int, seed: int) -> nn.Module:
        """A new classifier, of which only what `method` trains requires a gradient.

        Parameters
        ----------
        method
            `"head"`: the linear scores; `"lora"`: also thin matrices beside query and value;
            `"full"`: all weights of the upper blocks, word embeddings excepted.
        rank
            Of LoRA.
        seed
            Of the new weights.
        """
        if method == "head":
            return upper_classifier(self.backbone, classes=2, blocks=0, seed=seed)
        model = upper_classifier(self.backbone, classes=2, blocks=self.blocks, seed=seed)
        if method == "lora":
            with seeded(seed):
                return add_lora(model, rank=rank, targets=("query", "value"))
        model.bert.embeddings.requires_grad_(False)
        return model


def load_sentences(
    *, encoder: str = "minilm", blocks: int, longest: int, count: int | None, tests: int
) -> Sentences:
    """Read, choose and encode.

    Parameters
    ----------
    encoder
        A card of weights, a folder, or a model of the hub.
    blocks
        Upper blocks that may be trained.
    longest
        Tokens; longer sentences are left out.
    count
        Sentences in all (None: all there are).
    tests
        How many of them are for testing.
    """
    from lablib.data import load

    data = load("movie-reviews")
    tokenizer, backbone = load_encoder(encoder)
    if not isinstance(backbone, PreTrainedModel):
        raise ValueError(f"encoder={encoder!r} is no transformers encoder; pass e.g. 'minilm'")
    order = np.random.default_rng(ORDER).permutation(len(data)).tolist()
    wanted = len(order) if count is None else count
    rows = _short(tokenizer, data.texts, order, longest=longest, wanted=wanted)
    if len(rows) <= tests:
        raise ValueError(f"tests={tests} leaves nothing to train on: {len(rows)} sentences fit")
    ids, mask = batch_tokens(tokenizer, [data.texts[row] for row in rows], max_length=longest)
    states = lower(backbone, ids, mask, blocks=blocks)
    upper = upper_classifier(backbone, classes=2, blocks=blocks)
    means = sentence_vectors(upper, states)[:, None]
    vectors = Encoding(means, torch.ones(len(means), 1, dtype=mask.dtype))
    classes = torch.from_numpy(data.target[rows])
    return Sentences(states, vectors, classes, tests, blocks, backbone)


def _short(
    tokenizer: object, texts: tuple[str, ...], order: list[int], *, longest: int, wanted: int
) -> list[int]:
    kept: list[int] = []
    for start in range(0, len(order), 500):
        part = order[start : start + 500]
        coded = tokenizer([texts[row] for row in part])["input_ids"]  # type: ignore[operator]
        kept += [row for row, ids in zip(part, coded, strict=True) if len(ids) <= longest]
        if len(kept) >= wanted:
            break
    return kept[:wanted]


def sentence_losses(model: nn.Module, batch: Batch) -> Tensor:
    """Cross-entropy of each sentence, in nats, `(B,)`."""
    inputs, mask, target = batch
    logits = call(model, inputs, mask).logits
    return nn.functional.cross_entropy(logits, target, reduction="none")


@torch.no_grad()
def accuracy(model: nn.Module, test: Batch, *, batch_size: int = 128) -> float:
    """Share of sentences that get their class.

    Parameters
    ----------
    model
        A classifier of `Sentences`, on any device.
    test
        Inputs, mask and classes.
    batch_size
        Sentences computed at once.
    """
    model.train(False)
    device = next(model.parameters()).device
    right = 0
    for rows in torch.split(torch.arange(len(test[0])), batch_size):
        inputs, mask, target = (part[rows].to(device) for part in test)
        right += int((call(model, inputs, mask).logits.argmax(1) == target).sum())
    return right / len(test[0])
