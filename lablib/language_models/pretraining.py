"""Small pre-training on the encyclopaedia, and what it is worth for its topics.

Two objectives learn for the same number of steps on the same windows; then networks are fine-tuned
on a few labelled extracts and compared with the same network from random weights and with TF-IDF
counts of the same words. Pre-training texts, labelled texts and test texts are disjoint.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm

from lablib import record
from lablib.data import load
from lablib.data.text import TextData
from lablib.data.tokenization import train_bpe
from lablib.evaluation import across_seeds, shuffled_labels
from lablib.language_models.labels import objectives
from lablib.language_models.labels.fine_tuning import Ints, tfidf_regression
from lablib.language_models.labels.objectives import Learned, Shape
from lablib.training import TrainingConfig, fit
from lablib.training.losses import classification_loss
from lablib.training.windows import token_windows

NAME = "language-models/pretraining"
WITHOUT_TOPIC = "Uncategorized"
PAD, MASK = 0, 3  # as `lablib.data.tokenization.SPECIAL` numbers them
END = 2


@dataclass(frozen=True)
class Config:
    """Settings.

    `fine_tuned` names the objectives whose network is fine-tuned, on `label_counts` labels.
    Each seed draws labelled and test extracts of its own; the pre-training run is one for all.
    `pretraining_texts` None takes all that no seed needs. With `patience`, `validation_texts` of
    them are held back, and a run stops after so many passes without a lower loss on those.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    data: str = "encyclopaedia"
    pretraining_texts: int | None = 2000
    validation_texts: int = 0
    vocabulary: int = 512
    context: int = 48
    width: int = 64
    heads: int = 2
    layers: int = 2
    dropout: float = 0.0
    steps: int = 160
    patience: int | None = None
    batch_size: int = 32
    learning_rate: float = 4e-3
    fine_tuned: tuple[str, ...] = ("causal",)
    label_counts: tuple[int, ...] = (100,)
    test_texts: int = 200
    fine_tuning_steps: int = 30
    fine_tuning_rate: float = 2e-3
    precision: str = "fp32"


CONFIGS = {
    "quick": Config(),
    "full": Config(
        pretraining_texts=None, validation_texts=300, vocabulary=4096, context=128, width=256,
        heads=4, layers=4, dropout=0.1, steps=2000, patience=5, batch_size=128,
        learning_rate=1e-3, fine_tuned=("causal", "masked"),
        label_counts=(50, 100, 200, 400), test_texts=300, fine_tuning_steps=200,
        fine_tuning_rate=5e-4,
    ),
}  # fmt: skip

CARD = {
    "intended_use": (
        "Teaching: to watch two objectives of pre-training learn, and to measure what a few "
        "seconds of pre-training are worth for a task with few labels."
    ),
    "not_for": (
        "Sorting or writing articles; judging masked language models, which need far more text "
        "and time than this."
    ),
    "affected": (
        "People described in the encyclopaedia, if such a model were used to file or find "
        "articles: subjects with few articles get poor representations and more errors."
    ),
    "limits": (
        "Summaries of ten thousand well-known English articles, chosen by an unnamed project; "
        "topics as that project assigned them. One pre-training run: intervals cover labelled "
        "texts, test texts and fine-tuning, not the run itself."
    ),
}


@dataclass(frozen=True)
class Material:
    """Windows to learn from, windows held out, and topic extracts cut to the context."""

    windows: Tensor  # (M, T + 1)
    validation: Tensor | None
    held_out: Tensor
    ids: Tensor  # (N, T)
    mask: Tensor
    texts: tuple[str, ...]  # what the ids decode to: other models read the same words
    read: int  # texts behind `windows`
    target: Ints
    classes: int


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> record.Record:
    """Pre-train with both objectives, fine-tune, and return the record."""
    data = load(config.data)
    recorder = record.start(
        NAME, scale=scale, config=config, seeds=config.seeds,
        data={config.data: data.card.file_sha256 if data.card else ""},
    )  # fmt: skip
    material = prepare(data, config)
    shape = Shape(
        config.vocabulary, config.context, config.width, config.heads, config.layers, config.dropout
    )  # fmt: skip
    learned = {}
    for objective in tqdm(objectives.OBJECTIVES, disable=not progress, desc="pre-training"):
        learned[objective] = objectives.pretrain(
            objective, material.windows, shape=shape, mask_token=MASK, config=_schedule(config),
            validation=material.validation,
        )  # fmt: skip
    _losses(recorder, learned, material, config)
    scores: dict[str, list[float]] = {}
    for count in config.label_counts:
        for place, seed in enumerate(tqdm(config.seeds, disable=not progress, desc=f"{count}")):
            for name, value in _one_seed(learned, shape, material, count, place, seed, config):
                scores.setdefault(f"{name}.at-{count}", []).append(value)
    _record(recorder, scores, config)
    recorder.metric("case.texts", material.read)
    last = config.label_counts[-1]
    return recorder.finish(
        baseline=f"majority.at-{last}.accuracy", control=f"shuffled.at-{last}.accuracy"
    )


def prepare(data: TextData, config: Config) -> Material:
    """Cut the texts in pre-training and topic texts, train the tokenizer, build the windows."""
    need = len(config.seeds) * (max(config.label_counts) + config.test_texts)
    order = np.random.default_rng(0).permutation(len(data))
    with_topic = np.array([data.classes[data.target[i]] != WITHOUT_TOPIC for i in order])
    topical = order[with_topic][:need]
    rest = order[~np.isin(order, topical)]
    wanted = config.pretraining_texts or len(rest) - config.validation_texts
    if len(topical) < need or len(rest) < wanted + config.validation_texts or wanted < 1:
        raise ValueError(
            f"{len(config.seeds)} seeds need {need} extracts with a topic besides "
            f"pretraining_texts={config.pretraining_texts}, and there are {len(data)}; lower one"
        )
    unlabelled = [data.texts[i] for i in rest[:wanted]]
    stop_on = [data.texts[i] for i in rest[wanted:][: config.validation_texts]]
    tokenizer = train_bpe(unlabelled, vocabulary_size=config.vocabulary)

    def row(texts: list[str]) -> Tensor:
        coded = tokenizer.encode_batch(texts)
        return torch.tensor([token for one in coded for token in [*one.ids, END]])

    cut = 8 * config.context  # characters: enough for the first T tokens
    tokenizer.enable_truncation(config.context)
    tokenizer.enable_padding(pad_id=PAD, length=config.context)
    coded = tokenizer.encode_batch([data.texts[i][:cut] for i in topical])
    tokenizer.no_truncation()
    tokenizer.no_padding()
    ids = torch.tensor([one.ids for one in coded])
    return Material(
        windows=token_windows(row(unlabelled), context=config.context),
        validation=token_windows(row(stop_on), context=config.context) if stop_on else None,
        held_out=token_windows(row([data.texts[i] for i in topical[:100]]), context=config.context),
        ids=ids,
        mask=(ids != PAD).long(),
        texts=tuple(tokenizer.decode_batch(ids.tolist())),
        target=data.target[topical],
        classes=len(data.classes),
        read=wanted,
    )


def _schedule(config: Config) -> TrainingConfig:
    return TrainingConfig(
        max_steps=config.steps,
        batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        schedule="cosine",
        warmup_steps=config.steps // 20,
        clip_norm=1.0,
        patience=config.patience,
        precision=config.precision,  # type: ignore[arg-type]
    )


def _losses(
    recorder: record.Recorder, learned: dict[str, Learned], material: Material, config: Config
) -> None:
    """Held-out losses against the unigram's, and the course of training in at most 20 points."""
    floor = objectives.unigram_loss(
        material.windows, material.held_out, vocabulary=config.vocabulary
    )
    recorder.estimate("unigram.loss", floor)
    rows = []
    for objective, result in learned.items():
        found = objectives.held_out_loss(
            objective, result.network, material.held_out, mask_token=MASK, seed=0
        )
        recorder.estimate(f"{objective}.loss", found)
        recorder.metric(f"{objective}.below-unigram", floor.value - found.value, unit="nats")
        done = len(result.losses)
        width = max(1, done // 20)
        for end in range(width, done + 1, width):
            mean = float(np.mean(result.losses[end - width : end]))
            rows.append({"objective": objective, "step": end, "loss": mean})
    recorder.table("learning", rows)


def _one_seed(
    learned: dict[str, Learned],
    shape: Shape,
    material: Material,
    count: int,
    place: int,
    seed: int,
    config: Config,
) -> list[tuple[str, float]]:
    """Accuracy of every model of one seed with `count` labels."""
    size = max(config.label_counts) + config.test_texts
    rows = np.arange(place * size, (place + 1) * size)
    labelled, test = rows[config.test_texts :][:count], rows[: config.test_texts]
    labels, truth = material.target[labelled], material.target[test]
    makers: dict[str, Callable[[], NDArray[np.int64]]] = {}

    def tuned(objective: str, start: nn.Module, classes: Ints) -> NDArray[np.int64]:
        return _fine_tune(objective, start, material, labelled, classes, test, seed, config)

    for objective in config.fine_tuned:
        start = learned[objective].network
        fresh = objectives.network(objective, shape, seed=1000 + seed)
        makers[f"{objective}-pretrained"] = partial(tuned, objective, start, labels)
        makers[f"{objective}-scratch"] = partial(tuned, objective, fresh, labels)
    if count == config.label_counts[-1]:
        first, mixed = config.fine_tuned[0], shuffled_labels(labels, seed=seed)
        makers["shuffled"] = partial(tuned, first, learned[first].network, mixed)
    counts = tfidf_regression([material.texts[i] for i in labelled], labels)
    makers["tfidf"] = lambda: counts.predict([material.texts[i] for i in test])
    makers["majority"] = lambda: np.full(len(test), np.bincount(labels).argmax())
    return [(name, float((make() == truth).mean())) for name, make in makers.items()]


def _fine_tune(
    objective: str,
    start: nn.Module,
    material: Material,
    labelled: Ints,
    labels: Ints,
    test: Ints,
    seed: int,
    config: Config,
) -> NDArray[np.int64]:
    """Train a copy of `start` and a new linear layer, all of it, and classify the test texts."""
    model = objectives.classifier(
        objective, copy.deepcopy(start), classes=material.classes, seed=seed
    )
    schedule = TrainingConfig(
        max_steps=config.fine_tuning_steps,
        batch_size=20,
        learning_rate=config.fine_tuning_rate,
        schedule="cosine",
        warmup_steps=config.fine_tuning_steps // 10,
        clip_norm=1.0,
        seed=seed,
    )
    rows = torch.as_tensor(labelled)
    examples = (material.ids[rows], material.mask[rows], torch.as_tensor(labels))
    fit(model, examples, loss=classification_loss, config=schedule)
    device = next(model.parameters()).device
    with torch.no_grad():
        tested = torch.as_tensor(test)
        scores = model(material.ids[tested].to(device), material.mask[tested].to(device))
    return np.asarray(scores.argmax(1).cpu().numpy(), dtype=np.int64)


def _record(recorder: record.Recorder, scores: dict[str, list[float]], config: Config) -> None:
    """Every model's accuracy, and pre-trained minus scratch and minus TF-IDF within each seed."""
    for name, values in scores.items():
        recorder.estimate(f"{name}.accuracy", across_seeds(values))
    for objective in config.fine_tuned:
        for count in config.label_counts:
            ours = np.array(scores[f"{objective}-pretrained.at-{count}"])
            for other in (f"{objective}-scratch", "tfidf"):
                gap = across_seeds(ours - np.array(scores[f"{other}.at-{count}"]))
                short = other.removeprefix(f"{objective}-")
                recorder.estimate(f"{objective}-over-{short}.at-{count}", gap)


ACCEPTANCE: dict[str, dict[str, tuple[float, float]]] = {
    "quick": {
        "causal.below-unigram": (0.4, 1.0),
        "masked.below-unigram": (0.05, 0.4),
        "causal-pretrained.at-100.accuracy": (0.29, 0.44),
        "causal-scratch.at-100.accuracy": (0.22, 0.37),
        "causal-over-scratch.at-100": (0.02, 0.12),
        "causal-over-scratch.at-100.low": (0.0, 0.08),
        "causal-over-tfidf.at-100": (-0.22, -0.06),
        "causal-over-tfidf.at-100.high": (-0.2, 0.0),
        "shuffled.at-100.accuracy": (0.05, 0.26),
        "majority.at-100.accuracy": (0.14, 0.26),
    },
    "full": {
        "causal.below-unigram": (1.5, 4.0),
        "masked.below-unigram": (1.0, 5.0),
        "shuffled.at-400.accuracy": (0.05, 0.26),
        "majority.at-400.accuracy": (0.14, 0.26),
    },
}
