"""Remedies against overfitting: what each changes in an otherwise equal training.

Augmentation changes the data; weight decay, early stopping and adversarial steps change how the
loss is followed; dropout and low rank change what can be fitted; an ensemble averages luck away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lablib.evaluation import shuffled_labels
from lablib.language_models.adaptation.methods import class_scores, method_loss
from lablib.language_models.adaptation.reviews import Reviews
from lablib.models._setup import seeded
from lablib.models.adapters import add_lora
from lablib.training import TrainingConfig, fit
from lablib.training.losses import trimmed
from lablib.training.perturbation import adversarial_loss

Probabilities = NDArray[np.float64]

RECIPES = (
    "nothing",
    "augmentation",
    "weight-decay",
    "dropout",
    "early-stopping",
    "adversarial",
    "low-rank",
    "ensemble",
    "shuffled",
)


@dataclass(frozen=True)
class Strengths:
    """How strong each remedy is.

    `copies` variants of each text, with `share` of its words replaced; `weight_decay` as in AdamW
    (a fraction of the learning rate a step); `dropout` before the scores and inside the blocks;
    `patience` epochs on `held_out` of the labels; `eps` as a share of the mean length of an input;
    `rank` of the LoRA; `members` of the ensemble.
    """

    copies: int = 1
    share: float = 0.2
    weight_decay: float = 10.0
    dropout: float = 0.5
    patience: int = 2
    held_out: float = 0.2
    eps: float = 0.1
    rank: int = 2
    members: int = 3


@dataclass(frozen=True)
class Training:
    """The length of every training, and its learning rate; low rank may need another.

    Every training takes the steps of `epochs` passes over the labels, with variants or without.
    """

    epochs: int = 20
    batch_size: int = 50
    learning_rate: float = 2e-3
    low_rank_learning_rate: float = 2e-3
    device: Any = "auto"


@dataclass(frozen=True, eq=False)
class Outcome:
    """Probabilities of `positive` on the test sentences (N,) and on the training ones (n,)."""

    test: Probabilities
    train: Probabilities
    truth: NDArray[np.int64] = field(repr=False)  # (n,) labels that it was trained on


def apply_recipe(
    name: str,
    reviews: Reviews,
    rows: Tensor,
    *,
    strengths: Strengths,
    training: Training,
    seed: int,
) -> Outcome:
    """Train on `rows` with one remedy and score the test part.

    Parameters
    ----------
    name
        One of `RECIPES`; `"shuffled"` is no remedy but the control: nothing, on mixed labels.
    reviews, rows
        The sentences, and which of them are the training set.
    strengths, training
        How.
    seed
        Of initial weights, order, variants and mixing.

    Raises
    ------
    ValueError
        If the recipe is unknown.
    """
    if name not in RECIPES:
        raise ValueError(f"name={name!r} is not one of {', '.join(RECIPES)}")
    if name == "ensemble":
        return _ensemble(reviews, rows, strengths, training, seed)
    examples: tuple[Tensor, ...] = reviews.take(rows)
    if name == "shuffled":
        mixed = torch.from_numpy(shuffled_labels(examples[2].numpy(), seed=seed))
        examples = (*examples[:2], mixed)
    seen = examples
    validation: tuple[Tensor, ...] | None = None
    if name == "augmentation":
        seen = _with_variants(reviews, rows, examples, strengths, seed)
    if name == "early-stopping":
        cut = round(strengths.held_out * len(rows))
        validation = tuple(tensor[:cut] for tensor in examples)
        seen = tuple(tensor[cut:] for tensor in examples)
    model = _model(name, reviews, strengths, seed)
    loss = method_loss
    if name == "adversarial":
        loss = partial(nearby_loss, eps=strengths.eps * _length(model, examples[0]))
    config = TrainingConfig(
        max_steps=training.epochs * -(-len(rows) // training.batch_size),
        batch_size=training.batch_size,
        learning_rate=(
            training.low_rank_learning_rate if name == "low-rank" else training.learning_rate
        ),
        weight_decay=strengths.weight_decay if name == "weight-decay" else 0.0,
        patience=strengths.patience if name == "early-stopping" else None,
        seed=seed,
        device=training.device,
    )
    fit(model, seen, loss=loss, config=config, validation=validation)
    return Outcome(
        test=_positive(model, *reviews.test[:2]),
        train=_positive(model, *examples[:2]),
        truth=examples[2].numpy(),
    )


def nearby_loss(model: nn.Module, batch: tuple[Tensor, ...], *, eps: float) -> Tensor:
    """Return the loss at the inputs of a batch and at a worse point within `eps`, averaged.

    The inputs are word embeddings when all blocks are trained; else what the frozen part gives to
    the trained one: states of the block below, or with no block trained one vector a sentence.

    Parameters
    ----------
    model
        From `upper_classifier`.
    batch
        Inputs, mask and classes; token numbers are looked up in the model's own table first.
    eps
        Euclidean length of the step.
    """
    inputs, mask, classes = batch
    inputs, mask = trimmed(inputs, mask)
    if not inputs.is_floating_point():
        inputs = model.get_input_embeddings()(inputs)  # type: ignore[operator]
    return adversarial_loss(model, (inputs, mask, classes), loss=method_loss, eps=eps)


def _model(name: str, reviews: Reviews, strengths: Strengths, seed: int) -> nn.Module:
    """The classifier to train: with a dense layer of its own if no block is trained."""
    head_only = reviews.blocks == 0
    dropout = strengths.dropout if name == "dropout" else 0.0
    model: nn.Module = reviews.classifier(seed=seed, dense=head_only, dropout=dropout)
    if name == "low-rank":
        targets = ("dense",) if head_only else ("query", "value")
        with seeded(seed):
            model = add_lora(
                model, rank=strengths.rank, alpha=2.0 * strengths.rank, targets=targets
            )
    return model


def _with_variants(
    reviews: Reviews, rows: Tensor, examples: tuple[Tensor, ...], strengths: Strengths, seed: int
) -> tuple[Tensor, ...]:
    """The examples and variants of them with other words."""
    from lablib.data import load
    from lablib.data.augmentation import augment, replace_synonyms

    operation = partial(replace_synonyms, synonyms=load("synonyms"), share=strengths.share)
    made = augment(
        [reviews.texts[row] for row in rows],
        examples[2].numpy(),
        operation=operation,
        copies=strengths.copies,
        seed=seed,
    )
    encoded = reviews.encode(made.texts[len(rows) :])
    variants = (encoded.inputs, encoded.mask, torch.from_numpy(made.target[len(rows) :]))
    return tuple(torch.cat(pair) for pair in zip(examples, variants, strict=True))


def _ensemble(
    reviews: Reviews, rows: Tensor, strengths: Strengths, training: Training, seed: int
) -> Outcome:
    """Average the probabilities of trainings that differ by their seed alone."""
    parts = [
        apply_recipe(
            "nothing", reviews, rows, strengths=strengths, training=training, seed=seed + 1000 * k
        )
        for k in range(strengths.members)
    ]
    return Outcome(
        test=np.mean([part.test for part in parts], axis=0),
        train=np.mean([part.train for part in parts], axis=0),
        truth=parts[0].truth,
    )


def _length(model: nn.Module, inputs: Tensor) -> float:
    """Mean Euclidean length of an example's inputs: embeddings, or states from below."""
    if not inputs.is_floating_point():
        with torch.no_grad():
            inputs = model.get_input_embeddings()(inputs)  # type: ignore[operator]
    return float(inputs.flatten(1).norm(dim=1).mean())


def _positive(model: nn.Module, inputs: Tensor, mask: Tensor) -> Probabilities:
    scores = class_scores(model, inputs, mask).double()
    probabilities: Probabilities = scores.softmax(1)[:, 1].numpy()
    return probabilities
