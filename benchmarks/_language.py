"""What the benchmarks of language models share: seconds, intervals and the tables they print."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import platform
import time
import warnings
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from transformers.utils import logging


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep transformers' bars and warnings out of the tables."""
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return processor and wall seconds of one call."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - cpu, time.perf_counter() - wall


def median(values: Sequence[float]) -> tuple[float, float, float]:
    """Return the median and its 95 % percentile bootstrap interval."""
    array = np.array(values)
    draws = np.random.default_rng(0).choice(array, size=(5_000, len(array)))
    low, high = np.quantile(np.median(draws, axis=1), (0.025, 0.975))
    return float(np.median(array)), float(low), float(high)


def line(name: str, values: Sequence[float], *, unit: str = "") -> str:
    """Return a row of a table: the name, the median, its interval and the single runs."""
    middle, low, high = median(values)
    single = " ".join(f"{value:.3f}" for value in values)
    return f"{name:46} {middle:8.3f} [{low:.3f}, {high:.3f}] {unit:5} of {single}"


def one_thread() -> None:
    """Compute on one thread, and let glibc keep what is freed: see `training_loop.py`."""
    torch.set_num_threads(1)
    if platform.libc_ver()[0] == "glibc":
        mallopt = ctypes.CDLL(None).mallopt
        for option in (-1, -3):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD
            mallopt(option, 1 << 30)
