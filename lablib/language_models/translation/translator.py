"""A small translator of names: trained, asked to write, and scored token by token.

The encoder-decoder of `lablib.models`, with words to read and characters to write. Its two controls
are trained by the same lines: on shuffled pairs, and as a decoder with nothing to read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from lablib.data.pair import PairData
from lablib.language_models.translation.name_pairs import (
    END,
    PAD,
    START,
    Vocabulary,
    source_tensor,
    target_tensor,
    vocabulary,
    words,
)
from lablib.models.decoder import Decoder, initialise
from lablib.models.encoder_decoder import EncoderDecoder
from lablib.models.generation import translate
from lablib.training import TrainingConfig, fit
from lablib.training.losses import IGNORED, scored, sequence_to_sequence_loss, trimmed

CONTEXT = 32  # most tokens of a name, on either side


@dataclass(frozen=True)
class Shape:
    """Size of the network and its training, the same for the translator and its controls.

    `rare`: a token seen less often in training is UNKNOWN.
    """

    width: int = 64
    heads: int = 4
    layers: int = 1
    dropout: float = 0.0
    epochs: int = 4
    batch_size: int = 16
    learning_rate: float = 3e-3
    warmup_steps: int = 20
    rare: int = 2
    device: str = "auto"

    def training(self, seed: int) -> TrainingConfig:
        """What `fit` needs."""
        return TrainingConfig(
            epochs=self.epochs,
            batch_size=self.batch_size,
            learning_rate=self.learning_rate,
            warmup_steps=self.warmup_steps,
            schedule="cosine",
            clip_norm=1.0,
            device=self.device,  # type: ignore[arg-type]
            seed=seed,
        )


@dataclass(frozen=True)
class TokenScores:
    """How the tokens of N names are predicted when all before them are given (teacher forcing).

    Attributes
    ----------
    nats : (N, T) minus the log-probability of each token, 0 at padding.
    right : (N, T) whether the token is the likeliest, False at padding.
    counted : (N, T) False at padding.
    """

    nats: Tensor
    right: Tensor
    counted: Tensor


@dataclass(frozen=True)
class Translator:
    """A trained model with the vocabularies of both sides."""

    model: EncoderDecoder
    source: Vocabulary
    target: Vocabulary

    @property
    def device(self) -> torch.device:
        """Where the model is."""
        return self.model.target_embedding.weight.device

    def read(self, names: Sequence[str]) -> Tensor:
        """Names to translate, as (N, S) on the model's device."""
        return source_tensor(names, self.source).to(self.device)

    def translate(self, names: Sequence[str]) -> list[str]:
        """The Chinese name of each English one, the likeliest character each time (greedy)."""
        written = translate(
            self.model, self.read(names), start=START, stop=END, max_new_tokens=CONTEXT - 1
        )
        return [self.target.decode(row) for row in written.tolist()]

    @torch.no_grad()
    def scores(self, pairs: PairData) -> TokenScores:
        """Score the true Chinese names of `pairs`, token by token."""
        source, target = self.read(pairs.sources), target_tensor(pairs.targets, self.target)
        target = target.to(self.device)
        return token_scores(self.model(source, target[:, :-1], source != PAD), target[:, 1:])


@dataclass(frozen=True)
class Writer:
    """A decoder alone: it has learnt Chinese names and reads no English."""

    model: Decoder
    target: Vocabulary

    @torch.no_grad()
    def scores(self, pairs: PairData) -> TokenScores:
        """Score the true Chinese names, without a look at the English ones."""
        target = target_tensor(pairs.targets, self.target).to(self.model.embedding.weight.device)
        return token_scores(self.model(target[:, :-1]), target[:, 1:])


def train_translator(pairs: PairData, shape: Shape, *, seed: int) -> Translator:
    """Fit an encoder-decoder to `pairs`.

    Parameters
    ----------
    pairs
        N training pairs; the vocabularies come from them too.
    shape
        Size and training.
    seed
        Of the initial weights and the order of examples.
    """
    source = vocabulary((words(name) for name in pairs.sources), rare=shape.rare)
    target = vocabulary(pairs.targets, rare=shape.rare)
    model = EncoderDecoder(
        len(source),
        len(target),
        context=CONTEXT,
        width=shape.width,
        heads=shape.heads,
        layers=shape.layers,
        dropout=shape.dropout,
        seed=seed,
    )
    _wide_start(model, shape.width, seed)
    examples = (source_tensor(pairs.sources, source), target_tensor(pairs.targets, target))
    fit(model, examples, loss=translation_loss, config=shape.training(seed))
    return Translator(model, source, target)


def with_examples(
    pairs: PairData, shape: Shape, *, seed: int
) -> tuple[EncoderDecoder, Tensor, Tensor]:
    """Return a network fitted to `pairs`, and the pairs as it reads them.

    Parameters
    ----------
    pairs, shape, seed
        As for `train_translator`.

    Returns
    -------
    model, source, target
        Source `(N, S)`; target `(N, T + 1)`, from START to END.
    """
    found = train_translator(pairs, shape, seed=seed)
    target = target_tensor(pairs.targets, found.target).to(found.device)
    return found.model, found.read(pairs.sources), target


def train_writer(pairs: PairData, shape: Shape, *, seed: int) -> Writer:
    """Fit a decoder to the Chinese names of `pairs` alone.

    Parameters
    ----------
    pairs, shape, seed
        As for `train_translator`; English names are not looked at.
    """
    target = vocabulary(pairs.targets, rare=shape.rare)
    model = Decoder(
        len(target),
        context=CONTEXT,
        width=shape.width,
        heads=shape.heads,
        layers=shape.layers,
        dropout=shape.dropout,
        seed=seed,
    )
    _wide_start(model, shape.width, seed)
    examples = (target_tensor(pairs.targets, target),)
    fit(model, examples, loss=writing_loss, config=shape.training(seed))
    return Writer(model, target)


def translation_loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Return the mean nats a target token; padding that a whole batch has is cut off first."""
    source, target = batch
    (source, _), (target, _) = trimmed(source, source != PAD), trimmed(target, target != PAD)
    return sequence_to_sequence_loss(model, (source, target), padding=PAD)


def writing_loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Return the mean nats a token of a decoder without a source."""
    (target,) = batch
    target, _ = trimmed(target, target != PAD)
    labels = target[:, 1:]
    return scored(model(target[:, :-1]), labels.masked_fill(labels == PAD, IGNORED))


def token_scores(logits: Tensor, labels: Tensor) -> TokenScores:
    """Score labels (N, T) under logits (N, T, V); PAD is not scored."""
    counted = labels != PAD
    nats = -logits.log_softmax(-1).gather(-1, labels[:, :, None])[:, :, 0]  # (N, T)
    right = (logits.argmax(-1) == labels) & counted
    return TokenScores(nats.masked_fill(~counted, 0.0).cpu(), right.cpu(), counted.cpu())


def _wide_start(model: nn.Module, width: int, seed: int) -> None:
    """Larger first weights than GPT-2's 0.02: a few hundred steps are too few to grow them."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        initialise(model, deviation=width**-0.5)
