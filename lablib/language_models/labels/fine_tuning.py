"""Ways to turn a few labelled texts into a classifier, on the same rows.

Fine-tuning an encoder, the same with random initial weights, a small network from random weights,
logistic regression on frozen features, and logistic regression on TF-IDF counts. Nothing is
fitted on test rows: vocabulary, frequencies, means and deviations are those of the labelled rows.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel

from lablib.models.encoder import Encoder, SequenceClassifier
from lablib.models.pretrained import batch_tokens, load_encoder, quiet
from lablib.models.sentence_classifier import (
    Encoding,
    SentenceClassifier,
    call,
    lower,
    upper_classifier,
)
from lablib.training import TrainingConfig, fit
from lablib.training.device import choose_device
from lablib.training.losses import classification_loss, trimmed

Ints = NDArray[np.int64]

TFIDF_C, FEATURES_C = 10.0, 0.01
"""Inverse strength of the two logistic regressions' penalty, fixed before the experiment."""


@dataclass(frozen=True)
class Recipe:
    """How an encoder is fine-tuned: the same for every number of labels, and for both starts.

    Attributes
    ----------
    blocks : trained blocks, counted from the top; the ones below stay as they are.
    learning_rate : peak rate; it rises over the first tenth of the steps and falls to 0.
    epochs, min_steps : passes over the labels, but never fewer optimiser steps than this.
    batch_size : texts behind a step.
    dropout : in the trained blocks and before the scores.
    precision : "fp32" or "bf16".
    """

    blocks: int
    learning_rate: float
    epochs: int
    min_steps: int
    batch_size: int = 16
    dropout: float = 0.1
    precision: str = "fp32"

    def steps(self, labels: int) -> int:
        """Optimiser steps for so many labelled texts.

        >>> Recipe(blocks=1, learning_rate=1e-3, epochs=3, min_steps=20).steps(160)
        30
        """
        return max(self.min_steps, self.epochs * -(-labels // self.batch_size))


@dataclass(frozen=True)
class Start:
    """An encoder to start from, and what its frozen blocks make of the texts (computed once)."""

    encoder: Any
    encoding: Encoding


def starts(
    name: str,
    texts: Sequence[str],
    *,
    layers: int | None,
    max_tokens: int,
    blocks: int,
    seed: int = 0,
    random: bool = True,
) -> tuple[Start, Start]:
    """Return the pre-trained start and the random one, which differ in their weights alone.

    Parameters
    ----------
    name, layers
        As for `lablib.models.pretrained.load_encoder`.
    texts
        N texts, cut to `max_tokens` tokens.
    blocks
        Blocks that will be trained; those below are run here and never again.
    seed
        Of the random weights.
    random
        Whether the random start is wanted; else the pre-trained one stands in its place.
    """
    tokenizer, encoder = _encoder(name, layers)
    ids, mask = batch_tokens(tokenizer, texts, max_length=max_tokens)
    models: list[Any] = [encoder]
    auto: Any = AutoModel
    if random:
        with quiet(), torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            models.append(auto.from_config(copy.deepcopy(encoder.config)).eval())
    made = [Start(model, lower(model, ids, mask, blocks=blocks)) for model in models]
    return made[0], made[-1]


@functools.lru_cache(maxsize=1)
def _encoder(name: str, layers: int | None) -> tuple[Any, nn.Module]:
    """Load an encoder once for experiments that follow each other; nobody here changes it."""
    return load_encoder(name, layers=layers)


def fine_tune(
    start: Start, rows: Ints, target: Ints, *, classes: int, recipe: Recipe, seed: int
) -> SentenceClassifier:
    """Train the upper blocks and a new linear layer on the labelled rows.

    Parameters
    ----------
    start
        From `starts`; not changed.
    rows
        (n,) numbers of the labelled texts.
    target
        (n,) their classes, 0 to K-1; a class may be missing.
    classes
        K.
    seed
        Decides the new layer, the order of the texts and dropout.
    """
    model: Any = upper_classifier(
        start.encoder, classes=classes, blocks=recipe.blocks, dropout=recipe.dropout, seed=seed
    )
    if start.encoding.inputs.is_floating_point():
        model.bert.embeddings.word_embeddings = nn.Identity()  # not used above cached states
    chosen, steps = torch.as_tensor(rows), recipe.steps(len(rows))
    config = TrainingConfig(
        max_steps=steps,
        batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        schedule="cosine",
        warmup_steps=steps // 10,
        clip_norm=1.0,
        precision=recipe.precision,  # type: ignore[arg-type]
        seed=seed,
    )
    examples = (
        start.encoding.inputs[chosen], start.encoding.mask[chosen], torch.as_tensor(target)
    )  # fmt: skip
    fit(model, examples, loss=_loss, config=config)
    trained: SentenceClassifier = model
    return trained


def _loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    inputs, mask, classes = batch
    longest = trimmed(mask, mask)[0].shape[1]
    logits = call(model, inputs[:, :longest], mask[:, :longest]).logits
    return functional.cross_entropy(logits, classes)


@torch.no_grad()
def predictions(model: nn.Module, encoding: Encoding, rows: Ints) -> Ints:
    """Return the most probable class (n,) of each text.

    Parameters
    ----------
    model
        From `fine_tune`.
    encoding
        Of the start it was trained from.
    rows
        (n,) numbers of the texts.
    """
    parts = _by_length(model, encoding, rows, lambda x, m: call(model, x, m).logits)
    return np.asarray(parts.argmax(1).numpy(), dtype=np.int64)


@torch.no_grad()
def features(start: Start, rows: Ints, *, blocks: int) -> NDArray[np.float32]:
    """Return what the encoder as it is says of each text: the mean of its last states, (n, D).

    Parameters
    ----------
    start
        From `starts`.
    rows
        (n,) numbers of the texts.
    blocks
        The same as for `starts`.
    """
    model: Any = upper_classifier(start.encoder, classes=1, blocks=blocks)
    model.classifier = nn.Identity()
    model.to(choose_device("auto"))
    out = _by_length(model, start.encoding, rows, lambda x, m: call(model, x, m).logits)
    return np.asarray(out.numpy(), dtype=np.float32)


def _by_length(model: nn.Module, encoding: Encoding, rows: Ints, compute: Any) -> Tensor:
    """Apply `compute` to the texts in batches of like length; the order of `rows` is kept."""
    model.eval()
    device = next(model.parameters()).device
    chosen = torch.as_tensor(rows)
    order = encoding.mask[chosen].sum(1).argsort()
    pieces = []
    for part in torch.split(chosen[order], 128):
        mask = encoding.mask[part]
        longest = int(mask.sum(1).max())
        inputs = encoding.inputs[part][:, :longest]
        pieces.append(compute(inputs.to(device), mask[:, :longest].to(device)).float().cpu())
    return torch.cat(pieces)[order.argsort()]


@dataclass(frozen=True)
class Small:
    """A small network, all of it trained from random weights: D, blocks, steps and peak rate."""

    width: int
    layers: int
    steps: int
    learning_rate: float = 4e-3


def tokens(
    name: str, texts: Sequence[str], *, layers: int | None, max_tokens: int
) -> tuple[Encoding, float]:
    """Return the token numbers that the encoder reads, and the share of texts that were cut.

    Parameters
    ----------
    name, layers, max_tokens
        As for `starts`.
    texts
        N texts.
    """
    tokenizer, _ = _encoder(name, layers)
    ids, mask = batch_tokens(tokenizer, texts, max_length=max_tokens + 1)
    longer = float((mask.sum(1) > max_tokens).float().mean())
    ids, mask = batch_tokens(tokenizer, texts, max_length=max_tokens)
    return Encoding(ids, mask), longer


def train_small(
    texts: Encoding, rows: Ints, target: Ints, test: Ints, *, classes: int, small: Small, seed: int
) -> Ints:
    """Train a small network on the labelled rows alone and return the classes of the test rows.

    It has an embedding for each token of the labelled rows; every other token is one and the same.

    Parameters
    ----------
    texts
        From `tokens`.
    rows
        (n,) numbers of the labelled texts.
    target
        (n,) their classes, 0 to K-1.
    test
        (m,) numbers of the texts to classify.
    classes
        K.
    small
        Sizes and steps.
    seed
        Decides the weights, the order of the texts and dropout.
    """
    seen = texts.inputs[rows][texts.mask[rows] == 1]
    known = torch.as_tensor(np.unique(seen.numpy()))  # sorted
    place = torch.searchsorted(known, texts.inputs).clamp(max=len(known) - 1)
    ids = torch.where(known[place] == texts.inputs, place, len(known))  # (N, T)
    body = Encoder(
        len(known) + 1, context=ids.shape[1], width=small.width, heads=2, layers=small.layers,
        dropout=0.1, seed=seed,
    )  # fmt: skip
    model = SequenceClassifier(body, classes=classes, seed=seed)
    config = TrainingConfig(
        max_steps=small.steps,
        batch_size=16,
        learning_rate=small.learning_rate,
        schedule="cosine",
        warmup_steps=small.steps // 10,
        clip_norm=1.0,
        seed=seed,
    )
    chosen = torch.as_tensor(rows)
    examples = (ids[chosen], texts.mask[chosen], torch.as_tensor(target))
    fit(model, examples, loss=classification_loss, config=config)
    device = next(model.parameters()).device
    with torch.no_grad():
        scores = model(ids[test].to(device), texts.mask[test].to(device))
    return np.asarray(scores.argmax(1).cpu().numpy(), dtype=np.int64)


def tfidf_regression(texts: Sequence[str], target: Ints, *, c: float = TFIDF_C) -> Pipeline:
    """Fit vocabulary, document frequencies and logistic regression on these n texts alone.

    Parameters
    ----------
    texts
        n labelled texts.
    target
        (n,) their classes.
    c
        Inverse strength of the penalty: larger fits closer.

    >>> model = tfidf_regression(["a bad tooth", "sore teeth", "eye drops"], np.array([0, 0, 1]))
    >>> model.predict(["the eye"]).tolist()
    [1]
    """
    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True), LogisticRegression(C=c, max_iter=1000)
    )
    model.fit(list(texts), target)
    return model


def feature_regression(x: NDArray[Any], target: Ints, *, c: float = FEATURES_C) -> Pipeline:
    """Fit logistic regression on frozen features, each scaled by the same n rows.

    Parameters
    ----------
    x
        (n, D), from `features`.
    target
        (n,) classes.
    c
        Inverse strength of the penalty: larger fits closer.
    """
    model = make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=1000))
    model.fit(x, target)
    return model
