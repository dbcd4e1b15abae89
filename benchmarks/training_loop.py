"""What the training loop costs: `lablib.training.fit` against the same loop written by hand.

Same model, data, order of examples and optimiser; a round runs each once, in alternating order,
and only full runs are timed. Goal: the bare loop is at most 3 % faster.

    python benchmarks/training_loop.py [result.json]
"""

from __future__ import annotations

import ctypes
import json
import platform
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from lablib.models.mlp import MLP
from lablib.training import TrainingConfig, fit
from lablib.training.batches import Batches

EXAMPLES, FEATURES, BATCH, EPOCHS, ROUNDS = 20_480, 64, 512, 3, 31
RATE, DECAY = 1e-3, 0.01
GOAL = 1.03

Batch = tuple[Tensor, Tensor]


def cross_entropy(model: nn.Module, batch: Batch) -> Tensor:
    inputs, targets = batch
    return nn.functional.cross_entropy(model(inputs), targets)


def bare_loop(model: nn.Module, data: Batch) -> None:
    """Train as one would without a library: no check, no history, no checkpoint."""
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    plain = [p for p in model.parameters() if p.ndim < 2]
    groups = [
        {"params": decayed, "weight_decay": DECAY},
        {"params": plain, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE, fused=True)
    order = Batches(examples=EXAMPLES, batch_size=BATCH, seed=0)
    inputs, targets = data
    model.train()
    for epoch in range(EPOCHS):
        for rows in torch.split(order.order(epoch), BATCH):
            loss = cross_entropy(
                model, (inputs.index_select(0, rows), targets.index_select(0, rows))
            )
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            optimizer.zero_grad()


def library_loop(model: nn.Module, data: Batch) -> None:
    config = TrainingConfig(
        epochs=EPOCHS, batch_size=BATCH, learning_rate=RATE, weight_decay=DECAY, device="cpu"
    )
    fit(model, data, loss=cross_entropy, config=config)


def timed(loop: object, data: Batch) -> tuple[float, float, Tensor]:
    """Return processor and wall seconds of one run, and a weight to compare."""
    model = MLP(FEATURES, hidden=(256, 256), out_features=10, seed=0)
    wall, cpu = time.perf_counter(), time.process_time()
    loop(model, data)  # type: ignore[operator]
    return (
        time.process_time() - cpu,
        time.perf_counter() - wall,
        next(model.parameters()).detach(),
    )


def interval(ratios: np.ndarray) -> tuple[float, float]:
    """95 % percentile bootstrap interval of the median of paired ratios."""
    rng = np.random.default_rng(0)
    draws = rng.choice(ratios, size=(5_000, len(ratios)))
    low, high = np.quantile(np.median(draws, axis=1), (0.025, 0.975))
    return float(low), float(high)


def keep_freed_memory() -> None:
    """Tell glibc to keep what is freed.

    Else a run pays for fresh pages or not, by the chance of what lies at the end of the heap:
    more than the difference that is measured here.
    """
    if platform.libc_ver()[0] == "glibc":
        mallopt = ctypes.CDLL(None).mallopt
        for option in (-1, -3):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
            mallopt(option, 1 << 30)


def measure() -> dict[str, object]:
    torch.set_num_threads(1)
    keep_freed_memory()
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(EXAMPLES, FEATURES, generator=generator)
    targets = torch.randint(10, (EXAMPLES,), generator=generator)
    loops = {"bare": bare_loop, "fit": library_loop}
    for loop in loops.values():  # warm up
        timed(loop, (inputs, targets))
    cpu: dict[str, list[float]] = {name: [] for name in loops}
    wall: dict[str, list[float]] = {name: [] for name in loops}
    for number in range(ROUNDS):
        weights = {}
        for name in sorted(loops, reverse=bool(number % 2)):
            seconds, elapsed, weights[name] = timed(loops[name], (inputs, targets))
            cpu[name].append(seconds)
            wall[name].append(elapsed)
        if not torch.equal(weights["bare"], weights["fit"]):
            raise AssertionError("the two loops must train the same weights")
    steps = EPOCHS * EXAMPLES // BATCH
    result: dict[str, object] = {
        "goal": GOAL,
        "rounds": ROUNDS,
        "steps_a_run": steps,
        "torch": torch.__version__,
        "machine": platform.processor() or platform.machine(),
    }
    for clock, times in (("cpu", cpu), ("wall", wall)):
        ratios = np.array(times["fit"]) / np.array(times["bare"])
        low, high = interval(ratios)
        result[clock] = {
            "bare_ms_a_step": float(np.median(times["bare"])) / steps * 1e3,
            "fit_ms_a_step": float(np.median(times["fit"])) / steps * 1e3,
            "ratio": float(np.median(ratios)),
            "low": low,
            "high": high,
        }
    return result


def main() -> None:
    result = measure()
    print(f"{'clock':6} {'bare ms/step':>13} {'fit ms/step':>12} {'ratio':>7}  95 % interval")
    for clock in ("cpu", "wall"):
        row = result[clock]
        assert isinstance(row, dict)
        print(
            f"{clock:6} {row['bare_ms_a_step']:13.3f} {row['fit_ms_a_step']:12.3f} "
            f"{row['ratio']:7.3f}  [{row['low']:.3f}, {row['high']:.3f}]"
        )
    print(f"{ROUNDS} alternated rounds; goal: ratio at most {GOAL}")
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
