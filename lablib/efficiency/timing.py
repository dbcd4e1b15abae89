"""Time and energy of prediction, alternated, as ratios within one run.

A time depends on the machine, its load and its temperature; a ratio of times measured in turn
depends on them less. Processor seconds are counted, on one thread, so that waiting does not count.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lablib.efficiency.compressing.pruning import only_linears
from lablib.evaluation.intervals import Interval
from lablib.measure import WATTS_PER_CORE


@dataclass(frozen=True)
class Timing:
    """How fast one model predicts.

    Attributes
    ----------
    seconds : median over rounds of the processor seconds of one call.
    speed_up : median over rounds of the baseline's time divided by this model's; 1 is equal.
    interval : of that median, by order statistics of the rounds (about 95 %).
    joules : of one call, estimated: seconds times an assumed power of a busy core.
    """

    seconds: float
    speed_up: float
    interval: Interval
    joules: float


@torch.inference_mode()
def compare_speed(
    models: Mapping[str, nn.Module],
    inputs: Tensor,
    *,
    baseline: str,
    rounds: int = 21,
    calls: int = 20,
) -> dict[str, Timing]:
    """Time models in turn on the same inputs, and compare each with the baseline's of its round.

    Parameters
    ----------
    models : name to model, on the processor, in evaluation mode.
    inputs : one batch.
    baseline : name of the model that the others are compared with.
    rounds : in each, every model is timed once; at least 6.
    calls : calls in one timing.

    Raises
    ------
    ValueError
        If the baseline is no model, or rounds or calls are too few.
    """
    if baseline not in models:
        raise ValueError(f"baseline={baseline!r} is not one of {', '.join(models)}")
    if rounds < 6 or calls < 1:
        raise ValueError(f"rounds={rounds} must be at least 6 and calls={calls} at least 1")
    names = list(models)
    seconds = np.empty((rounds, len(names)))
    with one_thread():
        for model in models.values():
            model(inputs)  # the first call allocates
        for turn in range(rounds):
            for place in np.roll(np.arange(len(names)), turn):  # nobody always follows the same
                model = models[names[place]]
                start = time.process_time()
                for _ in range(calls):
                    model(inputs)
                seconds[turn, place] = (time.process_time() - start) / calls
    ratios = seconds[:, [names.index(baseline)]] / seconds
    return {name: _timing(seconds[:, place], ratios[:, place]) for place, name in enumerate(names)}


@contextmanager
def one_thread() -> Iterator[None]:
    """While open, torch computes on one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def multiplications(model: nn.Module) -> int:
    """Multiply-adds of one row through the linear layers of a model: the entries of its matrices.

    Raises
    ------
    ValueError
        If the model has no linear layers or other matrices: a convolution uses each entry often.

    Examples
    --------
    >>> multiplications(nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 2)))
    40
    """
    return sum(layer.weight.numel() for layer in only_linears(model).values())


def _timing(seconds: NDArray[np.float64], ratios: NDArray[np.float64]) -> Timing:
    ordered = np.sort(ratios)
    n = len(ordered)
    # The median lies between these with a chance of about 95 % (normal approximation of signs).
    low = max(0, int(np.floor(n / 2 - 0.98 * np.sqrt(n))))
    ends = Interval(float(ordered[low]), float(ordered[n - 1 - low]))
    median = float(np.median(seconds))
    return Timing(median, float(np.median(ratios)), ends, median * WATTS_PER_CORE)
