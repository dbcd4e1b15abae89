"""One fine-tune in three ways: lablib, and transformers' Trainer as documented and at its best.

The packaged encoder learns the sign of movie reviews: the same texts, head, epochs, batch size,
peak rate, clipping and precision (fp32), on one thread. The Trainer's documented defaults pad each
batch to its longest text; at its best it too groups texts by length, and writes no checkpoint.
Goals: the Trainer takes at least 1.2 times lablib's processor time at its defaults and no less than
lablib's at its best, at equal accuracy on held-out texts.

    python benchmarks/language_fine_tune.py [--rounds 3] [--texts 480] [result.json]
"""

from __future__ import annotations

import argparse
import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from _language import line, one_thread, quiet, timed
from torch import Tensor, nn
from transformers import PrinterCallback, Trainer, TrainingArguments

from lablib.data import load
from lablib.models.pretrained import batch_tokens, sequence_classifier
from lablib.training import TrainingConfig, fit
from lablib.training.losses import classification_loss, logits_of

EPOCHS, BATCH, RATE, LONGEST, HELD_OUT = 3, 8, 5e-5, 128, 1_000  # the Trainer's own defaults
DEFAULTS_GOAL, BEST_GOAL = 1.2, 1.0
BEST = {
    "train_sampling_strategy": "group_by_length",
    "save_strategy": "no",
    "logging_strategy": "no",
}

Coded = tuple[Tensor, Tensor, Tensor]


def texts(count: int, *, seed: int) -> tuple[Any, Coded, Coded]:
    """Tokenizer, `count` training texts and the held-out ones: ids, mask, classes."""
    tokenizer, _ = sequence_classifier("minilm", classes=2, layers=1)
    split = load("movie-reviews").split(seed=seed)
    coded = []
    for part, size in ((split.train, count), (split.test, HELD_OUT)):
        chosen = part.take(np.random.default_rng(seed).permutation(len(part))[:size])
        ids, mask = batch_tokens(tokenizer, chosen.texts, max_length=LONGEST)
        coded.append((ids, mask, torch.as_tensor(chosen.target)))
    return tokenizer, coded[0], coded[1]


def lablib(model: nn.Module, train: Coded, *, seed: int) -> None:
    config = TrainingConfig(
        epochs=EPOCHS, batch_size=BATCH, learning_rate=RATE, schedule="cosine", weight_decay=0.0,
        clip_norm=1.0, seed=seed, device="cpu",
    )  # fmt: skip
    fit(model, train, loss=classification_loss, config=config, lengths=train[1].sum(1))


def trainer(
    model: nn.Module, train: Coded, tokenizer: Any, *, seed: int, folder: str, best: bool
) -> Trainer:
    """A trainer that has not started; it gets each text without padding, as its guide has it."""
    rows = [
        {"input_ids": ids[mask.bool()].tolist(), "attention_mask": [1] * int(mask.sum()),
         "labels": int(label)}
        for ids, mask, label in zip(*train, strict=True)
    ]  # fmt: skip
    arguments = TrainingArguments(
        output_dir=folder, seed=seed, use_cpu=True, report_to="none", disable_tqdm=True,
        **(BEST if best else {}),
    )  # fmt: skip
    made = Trainer(model=model, args=arguments, train_dataset=rows, processing_class=tokenizer)
    made.remove_callback(PrinterCallback)
    return made


@torch.no_grad()
def accuracy(model: nn.Module, held_out: Coded) -> float:
    model.eval()
    right = 0
    for ids, mask, classes in zip(*(part.split(50) for part in held_out), strict=True):
        longest = int(mask.sum(1).max())
        logits = logits_of(model(ids[:, :longest], mask[:, :longest]))
        right += int((logits.argmax(-1) == classes).sum())
    return right / len(held_out[0])


def measure(rounds: int, count: int, folder: str) -> dict[str, Any]:
    """Run each way once a round, starting with another one each time."""
    names = ["lablib", "trainer, defaults", "trainer, best"]
    result: dict[str, Any] = {name: {"cpu": [], "wall": [], "accuracy": []} for name in names}
    for seed in range(rounds):
        tokenizer, train, held_out = texts(count, seed=seed)
        for name in names[seed % 3 :] + names[: seed % 3]:
            _, model = sequence_classifier("minilm", classes=2, seed=seed)
            if name == "lablib":
                cpu, wall = timed(partial(lablib, model, train, seed=seed))
            else:
                best = name.endswith("best")
                made = trainer(model, train, tokenizer, seed=seed, folder=folder, best=best)
                cpu, wall = timed(made.train)
            right = accuracy(model, held_out)
            for kind, value in (("cpu", cpu), ("wall", wall), ("accuracy", right)):
                result[name][kind].append(value)
            print(f"  seed {seed} {name:18} {cpu:7.1f} CPU s  accuracy {right:.3f}", flush=True)
    for name in names[1:]:
        pairs = zip(result[name]["cpu"], result["lablib"]["cpu"], strict=True)
        result[name]["ratio"] = [theirs / ours for theirs, ours in pairs]
        pairs = zip(result["lablib"]["accuracy"], result[name]["accuracy"], strict=True)
        result[name]["lablib_better_by"] = [ours - theirs for ours, theirs in pairs]
    return result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--texts", type=int, default=480)
    parser.add_argument("result", nargs="?", type=Path)
    options = parser.parse_args()
    one_thread()
    with quiet(), tempfile.TemporaryDirectory() as folder:
        result = measure(options.rounds, options.texts, folder)
    for name, row in result.items():
        print(line(f"{name}: processor time", row["cpu"], unit="s"))
        print(line(f"{name}: accuracy", row["accuracy"]))
    for name, goal in (("trainer, defaults", DEFAULTS_GOAL), ("trainer, best", BEST_GOAL)):
        print(line(f"{name} / lablib, processor time", result[name]["ratio"]))
        print(f"goal: at least {goal}")
        print(line(f"accuracy of lablib above {name}", result[name]["lablib_better_by"]))
    if options.result:
        options.result.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
