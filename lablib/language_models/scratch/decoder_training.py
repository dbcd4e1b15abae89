"""The settings of the from-scratch experiment, and one model of it trained."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lablib.models.decoder import Decoder, initialise
from lablib.training import TrainingConfig, fit
from lablib.training.config import Precision
from lablib.training.device import seeded
from lablib.training.losses import next_token_loss
from lablib.training.windows import token_windows


@dataclass(frozen=True)
class Config:
    """Settings; every seed draws initial weights and the order of batches, the split stays.

    `deviation` is that of the initial weights, `stride` that of the whole-split loss in tokens,
    `other_strides` are tried on the first seed. `curve` are shares of the training text that
    n-grams are given. The control trains the first seed's model in the same way on shuffled tokens.
    `patience` keeps the best epoch by validation loss; `None` keeps the last weights.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    split_seed: int = 0
    sizes: tuple[float, float, float] = (0.94, 0.03, 0.03)
    vocabulary: int = 1024
    context: int = 64
    width: int = 64
    heads: int = 2
    layers: int = 2
    dropout: float = 0.0
    deviation: float = 0.05
    steps: int = 700
    batch_size: int = 4
    learning_rate: float = 0.004
    warmup_steps: int = 100
    weight_decay: float = 0.01
    patience: int | None = None
    precision: Precision = "fp32"
    compile: bool = False
    stride: int = 64
    other_strides: tuple[int, ...] = (16,)
    orders: tuple[int, ...] = (3, 4, 5)
    ks: tuple[float, ...] = (0.001, 0.003, 0.01, 0.03)
    curve: tuple[float, ...] = (1 / 64, 1 / 16, 1 / 4, 1.0)
    samples: int = 24
    prompt_tokens: int = 8
    new_tokens: int = 56
    n_resamples: int = 1000


def new_model(vocabulary: int, config: Config, *, seed: int) -> Decoder:
    """A decoder with normal initial weights of the configured standard deviation.

    Parameters
    ----------
    vocabulary
        V, the number of tokens.
    seed
        Of the initial weights.
    """
    model = Decoder(
        vocabulary,
        context=config.context,
        width=config.width,
        heads=config.heads,
        layers=config.layers,
        dropout=config.dropout,
    )
    with seeded(torch.device("cpu"), seed):
        initialise(model, deviation=config.deviation)
    return model


def training_config(config: Config, *, seed: int, progress: bool = False) -> TrainingConfig:
    """How each seed is trained: AdamW with warm-up and cosine, clipped gradients.

    Parameters
    ----------
    seed
        Of the order of batches.
    progress
        Show a bar.
    """
    return TrainingConfig(
        max_steps=config.steps,
        batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        schedule="cosine",
        warmup_steps=min(config.warmup_steps, config.steps - 1),
        weight_decay=config.weight_decay,
        clip_norm=1.0,
        patience=config.patience,
        precision=config.precision,
        compile=config.compile,
        seed=seed,
        progress=progress,
    )


def train(
    vocabulary: int,
    tokens: Tensor,
    config: Config,
    *,
    seed: int,
    validation: Tensor | None = None,
    model: Decoder | None = None,
    progress: bool = False,
) -> Decoder:
    """Train one model on windows that start every quarter of a context.

    Parameters
    ----------
    vocabulary
        V, the number of tokens.
    tokens
        `(N,)`, int64.
    seed
        Of initial weights and batches.
    validation
        Tokens to choose the epoch by, if `config.patience` is set.
    model
        Trained in place; `None` makes a new one.
    """
    windows = token_windows(tokens, context=config.context, stride=max(1, config.context // 4))
    held = None
    if config.patience is not None and validation is not None:
        held = (token_windows(validation, context=config.context),)
    model = new_model(vocabulary, config, seed=seed) if model is None else model
    fit(
        model,
        (windows,),
        loss=next_token_loss,
        config=training_config(config, seed=seed, progress=progress),
        validation=held,
    )
    return model
