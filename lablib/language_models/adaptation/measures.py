"""What tuning methods cost, and what controls must not change: the exact part of the comparison."""

from __future__ import annotations

import copy
from typing import Any

import torch

from lablib.language_models.adaptation.methods import (
    CONTROL,
    METHODS,
    Sizes,
    adapt,
    class_scores,
    method_loss,
)
from lablib.language_models.adaptation.reviews import Reviews
from lablib.models.adapters import LoRALinear, add_lora, trainable_share
from lablib.models.sentence_classifier import upper_classifier
from lablib.record import Recorder
from lablib.training import TrainingConfig, fit
from lablib.training.config import DeviceName
from lablib.training.device import choose_device
from lablib.training.footprint import footprint

MEGABYTE = 1e6
TIMED_STEPS = 3  # the step time is their median


def merging(recorder: Recorder, model: Any, reviews: Reviews) -> None:
    """Record the largest change of a test logit by merging a LoRA, and by having trained it.

    Parameters
    ----------
    recorder
        Gets `merged.change` and `trained.change`.
    model
        A LoRA that PEFT made and that was trained from the seed 0.
    reviews
        Whose test part is scored.
    """
    inputs, mask, _ = reviews.test
    unmerged = class_scores(model, inputs, mask)
    merged = class_scores(copy.deepcopy(model).merge_and_unload(), inputs, mask)
    recorder.metric("merged.change", float((merged - unmerged).abs().max()), n=reviews.tests)
    start = class_scores(reviews.classifier(seed=0), inputs, mask)
    recorder.metric("trained.change", float((unmerged - start).abs().max()), n=reviews.tests)


def held_at_zero(recorder: Recorder, reviews: Reviews, *, sizes: Sizes, device: DeviceName) -> None:
    """Train a LoRA whose B may not move, and try one of rank 0: logits must stay as they were.

    Parameters
    ----------
    recorder
        Gets `held-at-zero.change`, `rank-0.change` and `rank-0.trainable`.
    reviews
        Sentences to train on and to score.
    sizes
        Rank and targets of the LoRA.
    device
        As in `TrainingConfig`.
    """
    inputs, mask, classes = reviews.take(reviews.training_rows(0, 64))
    test = reviews.test[:2]
    model = reviews.classifier(seed=0)
    model.to(choose_device(device))  # type: ignore[arg-type]
    before = class_scores(model, *test)
    none = adapt(CONTROL, copy.deepcopy(model), sizes=sizes, steps=1, seed=0)
    change = (class_scores(none, *test) - before).abs().max()
    recorder.metric("rank-0.change", float(change), n=reviews.tests)
    recorder.metric("rank-0.trainable", trainable_share(none).trainable)
    held = add_lora(model, rank=sizes.rank, targets=sizes.targets, also_train=())
    for layer in held.modules():
        if isinstance(layer, LoRALinear):
            layer.up.requires_grad_(False)
    settings = TrainingConfig(epochs=2, batch_size=16, learning_rate=1e-2, device=device)
    fit(held, (inputs, mask, classes), loss=method_loss, config=settings)
    change = (class_scores(held, *test) - before).abs().max()
    recorder.metric("held-at-zero.change", float(change), n=reviews.tests)


def costs(
    recorder: Recorder,
    reviews: Reviews,
    *,
    sizes: Sizes,
    batch_shape: tuple[int, int],
    device: DeviceName,
) -> None:
    """Record trainable share, training memory and step time of each method on the whole encoder.

    Parameters
    ----------
    recorder
        Gets `<method>.trainable`, `.share`, `.memory` and `.step`, `lora.step-share` (of
        the time of full tuning) and `whole.parameters`.
    reviews
        Whose encoder is adapted.
    sizes
        How much each method adds.
    batch_shape
        Texts and tokens of the measured batch; its tokens are drawn at random.
    device
        Where to measure, as in `TrainingConfig`.
    """
    backbone = reviews.backbone
    depth, width = backbone.config.num_hidden_layers, backbone.config.vocab_size
    texts, tokens = batch_shape
    generator = torch.Generator().manual_seed(0)
    place = choose_device(device)
    batch = (
        torch.randint(1000, width, (texts, tokens), generator=generator).to(place),
        torch.ones(texts, tokens, dtype=torch.int64, device=place),
        torch.arange(texts, device=place) % 2,
    )
    rows = []
    for name in METHODS:
        whole = upper_classifier(backbone, classes=2, blocks=depth, seed=0)
        base = trainable_share(whole).total
        model = adapt(name, whole, sizes=sizes, steps=10, seed=0)
        trainable = trainable_share(model).trainable
        cost = footprint(model.to(place), batch, loss=method_loss, steps=TIMED_STEPS)
        recorder.metric(f"{name}.trainable", trainable)
        recorder.metric(f"{name}.share", trainable / base)
        recorder.metric(f"{name}.memory", cost.training / MEGABYTE, unit="MB")
        recorder.metric(f"{name}.step", cost.seconds, unit="s")
        rows.append({"method": name, "weights": cost.weights / MEGABYTE})
    timed = {name: recorder.metrics[f"{name}.step"].value for name in ("lora", "full")}
    recorder.metric("lora.step-share", timed["lora"] / timed["full"])
    head = 2 * backbone.config.hidden_size + 2
    recorder.metric("probe.trainable", head)
    recorder.metric("probe.share", head / base)
    recorder.metric("whole.parameters", base)
    recorder.table("cost", rows)
