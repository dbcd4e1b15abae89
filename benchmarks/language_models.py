"""A character model from scratch: lablib against GPT-2 of transformers under its Trainer.

4 layers, 4 heads, width 128, context 64, batches of 12 windows, on the encyclopaedia's extracts,
in fp32 on one thread. The Trainer takes 2,000 steps as documented, at its default settings and the
learning rate 1e-3 (its default of 5e-5, made for fine-tuning, ends far higher); dropout is off in
both. lablib trains its `Decoder` and must end at a validation loss no higher. Goal: at most 0.6 of
the Trainer's processor time. Two things save time, and the table names their shares: a step costs
less (a smaller stack of Python, weights that are not transposed, fewer copies), and fewer steps
do (initial weights that suit the width, a higher rate with warm-up and a cosine). GPT-2 would need
fewer too with other initial weights; as documented, it has those of a model six times as wide.

Then the same `Decoder` in a bare loop written by hand: goal, `fit` at most 3 % slower.

    python benchmarks/language_models.py [--seeds 3] [--share 1.0] [result.json]

`--share 0.05` takes a twentieth of all steps: to see that it runs, not to compare.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from _language import line, median, one_thread, quiet, timed
from torch import Tensor, nn
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    PrinterCallback,
    Trainer,
    TrainingArguments,
)

from lablib.data import load
from lablib.models.decoder import Decoder
from lablib.training import TrainingConfig, fit
from lablib.training.batches import Batches
from lablib.training.language import split_nats
from lablib.training.losses import next_token_loss
from lablib.training.optimizer import parameter_groups
from lablib.training.windows import token_windows

CONTEXT, BATCH, STEPS = 64, 12, 2_000
OURS = {"steps": 1_200, "learning_rate": 4e-3, "warmup_steps": 50, "weight_decay": 0.1}
HELD_OUT = 100_000  # characters of the validation texts that are scored
GOAL, LOOP_GOAL = 0.6, 1.03
LOOP_STEPS, LOOP_ROUNDS = 100, 9


def characters() -> tuple[Tensor, Tensor, int]:
    """Training and validation text as numbers, and how many there are; rare characters are one."""
    split = load("encyclopaedia").split(seed=0)
    train, validation = ("\n".join(part.texts) for part in (split.train, split.validation))
    known = sorted(c for c, count in Counter(train).items() if count >= 100)
    number = {character: place for place, character in enumerate(known, start=1)}
    coded = [
        torch.tensor([number.get(character, 0) for character in text])
        for text in (train, validation[: HELD_OUT + 1])
    ]
    return coded[0], coded[1], len(known) + 1


def train_gpt2(
    tokens: Tensor, vocabulary: int, *, seed: int, steps: int, folder: str
) -> tuple[Any, Any]:
    """GPT-2 and a trainer that has not started."""
    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=vocabulary, n_positions=CONTEXT, n_embd=128, n_layer=4, n_head=4,
        embd_pdrop=0.0, attn_pdrop=0.0, resid_pdrop=0.0, bos_token_id=None, eos_token_id=None,
    )  # fmt: skip
    model = GPT2LMHeadModel(config)
    blocks = token_windows(tokens, context=CONTEXT)[:, :-1]  # it shifts the labels itself
    rows = [{"input_ids": block, "labels": block} for block in blocks]
    arguments = TrainingArguments(
        output_dir=folder, max_steps=steps, per_device_train_batch_size=BATCH,
        learning_rate=1e-3, seed=seed, use_cpu=True, report_to="none", disable_tqdm=True,
    )  # fmt: skip
    trainer = Trainer(model=model, args=arguments, train_dataset=rows)
    trainer.remove_callback(PrinterCallback)
    return model, trainer


def train_lablib(tokens: Tensor, vocabulary: int, *, seed: int, share: float) -> Decoder:
    model = Decoder(vocabulary, context=CONTEXT, width=128, heads=4, layers=4, seed=seed)
    config = TrainingConfig(
        max_steps=max(int(OURS["steps"] * share), 1), batch_size=BATCH, seed=seed,
        learning_rate=OURS["learning_rate"], warmup_steps=int(OURS["warmup_steps"] * share),
        weight_decay=OURS["weight_decay"], clip_norm=1.0, schedule="cosine", device="cpu",
    )  # fmt: skip
    fit(model, (token_windows(tokens, context=CONTEXT),), loss=next_token_loss, config=config)
    return model


def against_the_trainer(seeds: int, share: float, folder: str) -> dict[str, Any]:
    """Train both once a seed, in alternating order."""
    train, validation, vocabulary = characters()
    result: dict[str, Any] = {"steps": STEPS, "seeds": seeds, **OURS, "goal": GOAL}
    for name in ("trainer", "lablib"):
        result[name] = {"cpu": [], "wall": [], "loss": []}
    for seed in range(seeds):
        models: dict[str, nn.Module] = {}
        models["trainer"], trainer = train_gpt2(
            train, vocabulary, seed=seed, steps=max(int(STEPS * share), 1), folder=folder
        )

        def ours(models: dict[str, nn.Module] = models, seed: int = seed) -> None:
            models["lablib"] = train_lablib(train, vocabulary, seed=seed, share=share)

        work: dict[str, Callable[[], object]] = {"trainer": trainer.train, "lablib": ours}
        for name in sorted(work, reverse=bool(seed % 2)):
            cpu, wall = timed(work[name])
            loss = split_nats(models[name], validation, context=CONTEXT, stride=CONTEXT // 2)
            for kind, value in (("cpu", cpu), ("wall", wall), ("loss", float(loss.mean()))):
                result[name][kind].append(value)
            row = f"  seed {seed} {name:8} {cpu:7.1f} CPU s  loss {float(loss.mean()):.4f}"
            print(row, flush=True)
    result["ratio"] = [
        ours / theirs
        for ours, theirs in zip(result["lablib"]["cpu"], result["trainer"]["cpu"], strict=True)
    ]
    result["reached"] = [
        ours <= theirs
        for ours, theirs in zip(result["lablib"]["loss"], result["trainer"]["loss"], strict=True)
    ]
    return result


def bare(model: nn.Module, windows: Tensor, *, steps: int) -> None:
    """Train as one would without a library: no check, no history, no schedule."""
    optimizer = torch.optim.AdamW(parameter_groups(model, 0.01), lr=1e-3, fused=True)
    order = Batches(examples=len(windows), batch_size=BATCH, seed=0).order(0)
    model.train()
    for rows in torch.split(order, BATCH)[:steps]:
        loss = next_token_loss(model, (windows.index_select(0, rows),))
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        optimizer.zero_grad()


def against_a_bare_loop(share: float) -> dict[str, Any]:
    """Train the same `Decoder` on the same batches in both; the weights must be the same."""
    tokens, _, vocabulary = characters()
    windows = token_windows(tokens, context=CONTEXT)
    steps = max(int(LOOP_STEPS * share), 1)
    config = TrainingConfig(
        max_steps=steps, batch_size=BATCH, learning_rate=1e-3, weight_decay=0.01, device="cpu"
    )
    models: dict[str, nn.Module] = {}

    def library(model: nn.Module) -> None:
        fit(model, (windows,), loss=next_token_loss, config=config)

    loops: dict[str, Callable[[nn.Module], None]] = {
        "bare": lambda model: bare(model, windows, steps=steps),
        "fit": library,
    }
    cpu: dict[str, list[float]] = {name: [] for name in loops}
    for number in range(LOOP_ROUNDS + 1):
        for name in sorted(loops, reverse=bool(number % 2)):
            model = Decoder(vocabulary, context=CONTEXT, width=128, heads=4, layers=4, seed=0)
            models[name] = model
            seconds, _ = timed(lambda name=name, model=model: loops[name](model))
            if number:  # the first round warms up
                cpu[name].append(seconds)
        same = zip(*(model.parameters() for model in models.values()), strict=True)
        if not all(torch.equal(one, other) for one, other in same):
            raise AssertionError("the two loops must train the same weights")
    ratios = [ours / theirs for ours, theirs in zip(cpu["fit"], cpu["bare"], strict=True)]
    return {"cpu": cpu, "ratio": ratios, "steps": steps, "goal": LOOP_GOAL}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("result", nargs="?", type=Path)
    options = parser.parse_args()
    one_thread()
    with quiet(), tempfile.TemporaryDirectory() as folder:
        scratch = against_the_trainer(options.seeds, options.share, folder)
        loops = against_a_bare_loop(options.share)
    for name in ("trainer", "lablib"):
        print(line(f"{name}: processor time", scratch[name]["cpu"], unit="s"))
        print(line(f"{name}: validation loss", scratch[name]["loss"], unit="nats"))
    print(line("lablib / trainer, processor time", scratch["ratio"]))
    print(f"goal: at most {GOAL}, at a loss no higher: {scratch['reached']}")
    steps = OURS["steps"] / STEPS
    a_step = [ratio / steps for ratio in scratch["ratio"]]
    print(line(f"  of that, {steps:.2f} of the steps, and a step", a_step))
    print(line("fit / bare loop, processor time", loops["ratio"]))
    print(f"goal: at most {LOOP_GOAL}; median {median(loops['ratio'])[0]:.3f}")
    if options.result:
        content = {"scratch": scratch, "loops": loops, "torch": torch.__version__}
        options.result.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
