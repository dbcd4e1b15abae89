"""Sampled Shapley values against shap's KernelExplainer, at equal error.

A network scores credit-like rows of 19 features against 20 background rows. The truth is exact, by
enumeration of all 2**19 sets. KernelExplainer runs with its own default number of sets; our pairs
of orders are raised until our error is not above its error on tuning rows, and then both explain
other rows, in alternating order. Goal: ours takes at most half the processor time.

    python benchmarks/shapley.py [result.json]
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lablib.explainability.attribution import _shap, shapley

FEATURES, BACKGROUND, ROWS, ROUNDS, DRAWS = 19, 20, 8, 11, 8
GOAL = 2.0

Floats = NDArray[np.float64]


def network(seed: int) -> Callable[[Floats], Floats]:
    """Two hidden layers of rectified linear units with fixed random weights; log-odds."""
    rng = np.random.default_rng(seed)
    sizes = (FEATURES, 24, 24)
    layers = [rng.normal(0, np.sqrt(2 / a), (a, b)) for a, b in pairwise(sizes)]
    last = rng.normal(0, np.sqrt(1 / 24), 24)

    def score(rows: Floats) -> Floats:
        hidden = np.asarray(rows)
        for layer in layers:
            hidden = np.maximum(hidden @ layer, 0)
        return np.asarray(hidden @ last)

    return score


def error(values: Floats, truth: Floats) -> float:
    return float(np.sqrt(((values - truth) ** 2).mean()))


def by_kernel(score: Callable[[Floats], Floats], rows: Floats, background: Floats) -> Floats:
    explainer = _shap.load().KernelExplainer(score, background)
    return np.asarray(explainer.shap_values(rows, silent=True, l1_reg=0))


def by_orders(
    score: Callable[[Floats], Floats], rows: Floats, background: Floats, pairs: int, seed: int
) -> Floats:
    found = [
        shapley.sampled(score, row, background, pairs=pairs, seed=seed + n)
        for n, row in enumerate(rows)
    ]
    return np.array([one.values for one in found])


def _mean_error(
    score: Callable[[Floats], Floats], rows: Floats, background: Floats, pairs: int, truth: Floats
) -> float:
    draws = range(0, 1000 * DRAWS, 1000)
    found = [error(by_orders(score, rows, background, pairs, seed), truth) for seed in draws]
    return float(np.mean(found))


def timed(call: Callable[[], Floats]) -> tuple[float, Floats]:
    start = time.process_time()
    values = call()
    return time.process_time() - start, values


def measure() -> dict[str, object]:
    rng = np.random.default_rng(0)
    score = network(0)
    background = rng.normal(size=(BACKGROUND, FEATURES))
    tuning, rows = rng.normal(size=(2, ROWS, FEATURES))
    known = {
        name: np.array([shapley.exact(score, row, background) for row in part])
        for name, part in (("tuning", tuning), ("rows", rows))
    }
    aim = error(by_kernel(score, tuning, background), known["tuning"])
    pairs = BACKGROUND
    while _mean_error(score, tuning, background, pairs, known["tuning"]) > aim:
        pairs = int(pairs * 1.15)
    seconds: dict[str, list[float]] = {"kernel": [], "orders": []}
    errors: dict[str, list[float]] = {"kernel": [], "orders": []}
    for number in range(ROUNDS):
        calls = {
            "kernel": lambda: by_kernel(score, rows, background),
            "orders": lambda n=number: by_orders(score, rows, background, pairs, 100 * n),
        }
        for name in sorted(calls, reverse=bool(number % 2)):
            spent, values = timed(calls[name])
            seconds[name].append(spent)
            errors[name].append(error(values, known["rows"]))
    ratios = np.array(seconds["kernel"]) / np.array(seconds["orders"])
    return {
        "goal": GOAL,
        "pairs": pairs,
        "cpu_seconds": {name: float(np.median(found)) for name, found in seconds.items()},
        "error": {name: float(np.median(found)) for name, found in errors.items()},
        "largest_value": float(np.abs(known["rows"]).max()),
        "ratio": float(np.median(ratios)),
        "ratio_least": float(ratios.min()),
        "rounds": ROUNDS,
    }


def main() -> int:
    result = measure()
    text = json.dumps(result, indent=1)
    print(text)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text + "\n", encoding="utf-8")
    reached = result["ratio"] >= GOAL and (  # type: ignore[operator]
        result["error"]["orders"] <= 1.05 * result["error"]["kernel"]  # type: ignore[index]
    )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
