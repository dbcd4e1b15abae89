"""The ways to adapt a classifier that the page compares, each from one call.

LoRA, AdaLoRA, prefix and prompt tuning are PEFT's; the bottleneck adapter is `lablib`'s, because
PEFT has none for encoders. `full` trains every weight of the classifier it is given.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from lablib.models._setup import seeded
from lablib.models.adapters import add_bottlenecks, add_lora
from lablib.models.pretrained import quiet
from lablib.models.sentence_classifier import call
from lablib.training.losses import trimmed
from lablib.training.rank_budget import moving_ranks

METHODS = ("full", "lora", "adalora", "bottleneck", "prefix", "prompt")
CONTROL = "rank-0"


@dataclass(frozen=True)
class Sizes:
    """How much each method adds.

    `rank` and `alpha` are those of LoRA, on the layers named in `targets`; AdaLoRA starts each
    layer at 3/2 of the rank and ends at `rank` on average. `bottleneck` is the width of an
    adapter, `virtual_tokens` the length of a prefix or prompt.
    """

    rank: int = 4
    alpha: float = 8.0
    targets: tuple[str, ...] = ("query", "value")
    bottleneck: int = 8
    virtual_tokens: int = 8


def adapt(method: str, classifier: nn.Module, *, sizes: Sizes, steps: int, seed: int) -> nn.Module:
    """Return `classifier` (changed in place, or wrapped) with only the method's weights trainable.

    Parameters
    ----------
    method
        One of `METHODS`, or `"rank-0"`: LoRA of rank 0 with a frozen head, which trains nothing.
    classifier
        From `upper_classifier`.
    sizes
        How much is added.
    steps
        Optimiser steps that will follow; AdaLoRA plans its ranks by them.
    seed
        Of the new weights.

    Raises
    ------
    ValueError
        If the method is unknown.
    """
    with seeded(seed), quiet():
        if method == "full":
            return classifier
        if method == "bottleneck":
            return add_bottlenecks(classifier, size=sizes.bottleneck)
        if method == CONTROL:
            return add_lora(classifier, rank=0, targets=sizes.targets, also_train=())
        from peft import get_peft_model

        return get_peft_model(classifier, _settings(method, sizes, steps))  # type: ignore[no-any-return]


def _settings(method: str, sizes: Sizes, steps: int) -> Any:
    """PEFT's configuration of a method."""
    import peft

    task: dict[str, Any] = {"task_type": "SEQ_CLS"}
    lora: dict[str, Any] = {"lora_alpha": sizes.alpha, "target_modules": list(sizes.targets)}
    if method == "lora":
        return peft.LoraConfig(r=sizes.rank, **lora, **task)
    if method == "adalora":
        return peft.AdaLoraConfig(
            init_r=sizes.rank * 3 // 2,
            target_r=sizes.rank,
            total_step=steps,
            tinit=max(1, steps // 10),
            tfinal=max(1, steps // 3),
            deltaT=1,
            **lora,
            **task,
        )
    if method == "prefix":
        return peft.PrefixTuningConfig(num_virtual_tokens=sizes.virtual_tokens, **task)
    if method == "prompt":
        return peft.PromptTuningConfig(num_virtual_tokens=sizes.virtual_tokens, **task)
    raise ValueError(f"method={method!r} is not one of {', '.join((*METHODS, CONTROL))}")


def training_context(method: str, model: nn.Module) -> AbstractContextManager[None]:
    """What must be around `fit` while a method trains: AdaLoRA moves its ranks, others nothing."""
    return moving_ranks(model) if method == "adalora" else nullcontext()


def method_loss(model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    """Return the mean cross-entropy, and for AdaLoRA its penalty of not orthogonal factors.

    Parameters
    ----------
    model
        From `adapt`.
    batch
        Inputs, mask and classes; see `lablib.models.sentence_classifier.Encoding`.
    """
    inputs, mask, classes = batch
    inputs, mask = trimmed(inputs, mask)
    loss: Tensor = call(model, inputs, mask, labels=classes).loss
    return loss


@torch.no_grad()
def class_scores(model: nn.Module, inputs: Tensor, mask: Tensor, *, batch_size: int = 64) -> Tensor:
    """Return the logits `(N, K)` of a trained classifier, on the processor, dropout off.

    Parameters
    ----------
    model
        From `adapt`.
    inputs, mask
        N texts.
    batch_size
        Texts computed at once, of similar length.
    """
    model.eval()
    device = next(model.parameters()).device
    order = mask.sum(1).argsort()
    parts = []
    for rows in torch.split(order, batch_size):
        part = trimmed(inputs[rows], mask[rows])
        parts.append(call(model, *(tensor.to(device) for tensor in part)).logits.cpu())
    return torch.cat(parts)[order.argsort()]
