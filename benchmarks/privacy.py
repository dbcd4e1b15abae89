"""What a private step costs beside a plain one: one backward pass against Opacus's two modes.

Three models on one thread: a small convolutional network, an encoder with LoRA, and the same
encoder with all weights trained but its embeddings. Each step is forward, clipped gradients, noise
and SGD; steps of all modes alternate in one process, and first their clipped sums are compared.
Reported: processor time over that of a plain step, as the median over rounds with a bootstrap
interval. Never slower than the better mode of Opacus; goal: the encoder at most 1.25 times plain.

    python benchmarks/privacy.py [result.json]
"""

from __future__ import annotations

import copy
import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from lablib.evaluation import bootstrap
from lablib.models.adapters import add_lora
from lablib.models.pretrained import load_encoder
from lablib.models.sentence_classifier import upper_classifier
from lablib.privacy import _opacus
from lablib.privacy.private_sgd.clipping import Batch, Losses, by_opacus, class_losses, trained
from lablib.privacy.private_sgd.images import small_cnn
from lablib.privacy.private_sgd.one_pass import OnePass, by_one_pass
from lablib.privacy.private_sgd.sentences import sentence_losses
from lablib.privacy.private_sgd.training import noisy_mean

ROUNDS, GOAL, RATE, NOISE, NORM = 5, 1.25, 1e-3, 1.0, 1.0
TEXTS, TOKENS, PICTURES = 32, 64, 256

Step = Callable[[], object]


def models() -> dict[str, tuple[nn.Module, Batch, Losses]]:
    """Model, batch and losses by name."""
    draw = torch.Generator().manual_seed(0)
    pictures = (
        torch.rand(PICTURES, 1, 28, 28, generator=draw),
        torch.randint(0, 10, (PICTURES,), generator=draw),
    )
    texts = (
        torch.randint(1000, 20_000, (TEXTS, TOKENS), generator=draw),
        torch.ones(TEXTS, TOKENS, dtype=torch.int64),
        torch.randint(0, 2, (TEXTS,), generator=draw),
    )
    _, backbone = load_encoder("minilm")
    whole: Any = upper_classifier(backbone, classes=2, blocks=6)  # type: ignore[arg-type]
    lora = add_lora(copy.deepcopy(whole), rank=8, targets=("query", "value"))
    whole.bert.embeddings.requires_grad_(False)
    return {
        "small CNN": (small_cnn(), pictures, class_losses),
        "encoder, LoRA": (lora, texts, sentence_losses),
        "encoder, all but embeddings": (whole, texts, sentence_losses),
    }


def plain_step(model: nn.Module, batch: Batch, losses: Losses) -> Step:
    optimizer = torch.optim.SGD(trained(model).values(), lr=RATE)

    def step() -> None:
        optimizer.zero_grad()
        torch.autograd.backward(losses(model, batch).mean())
        optimizer.step()

    return step


def our_step(model: nn.Module, batch: Batch, losses: Losses) -> Step:
    parameters = trained(model)
    optimizer = torch.optim.SGD(parameters.values(), lr=RATE)
    clip = OnePass(model)

    def step() -> None:
        total = clip(batch, losses, max_grad_norm=NORM).total
        for name, p in parameters.items():
            p.grad = noisy_mean(total[name], NOISE * NORM, len(batch[0]))
        optimizer.step()

    return step


def opacus_step(model: nn.Module, batch: Batch, losses: Losses, *, ghost: bool) -> Step:
    samples, optimizers = _opacus.load("grad_sample"), _opacus.load("optimizers")
    options = {
        "noise_multiplier": NOISE,
        "max_grad_norm": NORM,
        "expected_batch_size": len(batch[0]),
    }
    plain = torch.optim.SGD(trained(model).values(), lr=RATE)
    if not ghost:
        module = samples.GradSampleModule(model, strict=False)
        optimizer = optimizers.DPOptimizer(plain, **options)

        def step() -> None:
            optimizer.zero_grad()
            torch.autograd.backward(losses(module, batch).mean())
            optimizer.step()

        return step
    kind = samples.GradSampleModuleFastGradientClipping
    module = kind(model, strict=False, max_grad_norm=NORM)
    optimizer = optimizers.DPOptimizerFastGradientClipping(plain, **options)
    tensor = _opacus.load("utils.fast_gradient_clipping_utils").DPTensorFastGradientClipping

    def ghost_step() -> None:
        optimizer.zero_grad()
        tensor(module, optimizer, losses(module, batch)).backward()
        optimizer.step()

    return ghost_step


def largest_difference(model: nn.Module, batch: Batch, losses: Losses) -> float:
    """Largest relative difference of a clipped sum to that of Opacus's hooks."""
    small = tuple(part[:16] for part in batch)
    ours = by_one_pass(model, small, losses, max_grad_norm=NORM).total
    theirs = by_opacus(model, small, losses, max_grad_norm=NORM).total
    scale = max(float(value.norm()) for value in theirs.values())
    return max(float((ours[name] - theirs[name]).norm()) for name in theirs) / scale


def rounds(steps: dict[str, Step]) -> dict[str, list[float]]:
    """Processor seconds of each step, in alternating order; the first round only warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in steps}
    for place in range(ROUNDS + 1):
        names = list(steps) if place % 2 else list(reversed(steps))
        for name in names:
            start = time.process_time()
            steps[name]()
            if place:
                seconds[name].append(time.process_time() - start)
    return seconds


def overhead(seconds: dict[str, list[float]], name: str, beside: str = "plain") -> dict[str, float]:
    """Median of the paired ratios to another step, with a bootstrap interval."""
    ratios = np.array(seconds[name]) / np.array(seconds[beside])
    found = bootstrap(np.median, ratios, seed=0, n_resamples=2000)
    return {
        "ratio": found.value,
        "low": found.interval.low,
        "high": found.interval.high,
        "seconds": float(np.median(seconds[name])),
    }


def measure() -> dict[str, Any]:
    report: dict[str, Any] = {"rounds": ROUNDS, "goal": GOAL, "models": {}}
    for name, (model, batch, losses) in models().items():
        model.train()
        difference = largest_difference(model, batch, losses)
        parts = {mode: copy.deepcopy(model) for mode in ("plain", "one pass", "hooks", "ghost")}
        steps = {
            "plain": plain_step(parts["plain"], batch, losses),
            "one pass": our_step(parts["one pass"], batch, losses),
            "hooks": opacus_step(parts["hooks"], batch, losses, ghost=False),
            "ghost": opacus_step(parts["ghost"], batch, losses, ghost=True),
        }
        seconds = rounds(steps)
        found = {mode: overhead(seconds, mode) for mode in steps if mode != "plain"}
        best = min(("hooks", "ghost"), key=lambda mode: found[mode]["ratio"])
        beside = overhead(seconds, "one pass", best)
        report["models"][name] = {
            "difference": difference,
            "over plain": found,
            "better mode of Opacus": best,
            "over that mode": beside,
            "never slower": beside["low"] <= 1.0,
        }
        print(f"{name}: sums differ by {difference:.1e}")
        for mode, entry in found.items():
            print(
                f"  {mode:9} {entry['ratio']:.2f} [{entry['low']:.2f}, {entry['high']:.2f}] plain"
            )
    whole = report["models"]["encoder, all but embeddings"]["over plain"]["one pass"]
    report["goal met"] = whole["ratio"] <= GOAL
    return report


def main() -> None:
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = measure()
    text = json.dumps(report, indent=1)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text + "\n", encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
