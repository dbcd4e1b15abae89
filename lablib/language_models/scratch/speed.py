"""Tokens per second of training, beside the fastest matrix product of the same machine.

Steps of one run are timed in blocks after a first block, so that compiling and setting up do not
count. A token costs six operations a weight in the forward and backward pass, and attention its
own (Kaplan et al., 2020, section 2.1 and table 1; Chowdhery et al., 2022, appendix B).
"""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from itertools import pairwise

import torch
from torch import Tensor, nn

from lablib.language_models.scratch.decoder_training import Config, training_config
from lablib.models.decoder import Decoder
from lablib.record import Recorder
from lablib.training import fit
from lablib.training.config import Precision
from lablib.training.device import choose_device
from lablib.training.losses import next_token_loss
from lablib.training.windows import token_windows


def operations_per_token(model: Decoder, *, context: int) -> float:
    """Multiplications and additions to train on one token, recomputation left out.

    Six a weight that takes part in a matrix product (the embedding does so as the output layer,
    positions do not), and 12 T D a layer for the products of attention with itself.

    Parameters
    ----------
    context
        T, the tokens of a window.

    Examples
    --------
    >>> operations_per_token(Decoder(10, context=4, width=8, heads=2, layers=1), context=4)
    5472.0
    """
    weights = sum(p.numel() for name, p in model.named_parameters() if p.ndim == 2)
    weights -= model.position.weight.numel()
    attention = 12.0 * len(model.blocks) * context * model.embedding.embedding_dim
    return 6.0 * weights + attention


def product_ceiling(
    device: torch.device, precision: Precision, *, size: int | None = None
) -> float:
    """Operations per second of a large square matrix product, the median of seven.

    Parameters
    ----------
    device, precision
        Where, and in which number format.
    size
        Rows and columns; `None`: 8192 on an accelerator, 768 on a processor.
    """
    n = size or (768 if device.type == "cpu" else 8192)
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    one = torch.randn(n, n, device=device, dtype=torch.float32).to(kind)
    seconds = []
    for _ in range(8):
        start = _now(device)
        one @ one
        seconds.append(_now(device) - start)
    return 2.0 * n**3 / max(statistics.median(seconds[1:]), 1e-9)


def seconds_per_step(
    model: nn.Module, tokens: Tensor, config: Config, *, block: int, blocks: int = 7
) -> list[float]:
    """Seconds of one optimiser step, a mean for each of `blocks` blocks of steps of one run.

    A first block warms up and is left out: it holds compilation, if that is set.

    Parameters
    ----------
    model
        Trained further, in place.
    tokens
        `(N,)` to train on.
    block
        Steps of a block, at least 1; the device is waited for between blocks only.
    blocks
        How many are timed, at least 1.

    Raises
    ------
    ValueError
        If `block` or `blocks` is below 1.
    """
    if min(block, blocks) < 1:
        raise ValueError(f"block={block} and blocks={blocks} must be at least 1")
    device, calls, times = choose_device(), 0, list[float]()

    def timed(network: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        nonlocal calls
        if calls % block == 0:
            times.append(_now(device))
        calls += 1
        return next_token_loss(network, batch)

    windows = token_windows(tokens, context=config.context)
    # One step more than the blocks hold: its call is where the last block ends.
    short = replace(config, steps=(blocks + 1) * block + 1, patience=None)
    fit(model, (windows,), loss=timed, config=training_config(short, seed=0))
    return [(end - start) / block for start, end in pairwise(times[1:])]


def measure(recorder: Recorder, model: Decoder, tokens: Tensor, config: Config) -> None:
    """Record tokens per second and the share of the ceiling; trains `model` further.

    Each is a median over blocks of steps, with the fastest and the slowest block in a table.

    Parameters
    ----------
    tokens
        `(N,)`, of the training part.
    """
    device = choose_device()
    unit = "processor second" if device.type == "cpu" else "second"
    steps = seconds_per_step(model, tokens, config, block=5 if device.type == "cpu" else 20)
    rates = sorted(config.batch_size * config.context / max(step, 1e-9) for step in steps)
    rate = statistics.median(rates)
    operations = operations_per_token(model, context=config.context) * rate
    ceiling = product_ceiling(device, config.precision)
    recorder.metric("speed.tokens", rate, n=len(rates), unit=f"tokens per {unit}")
    recorder.table("speed", [{"slowest": rates[0], "median": rate, "fastest": rates[-1]}])
    recorder.metric("speed.ceiling", ceiling / 1e9, unit=f"billion operations per {unit}")
    recorder.metric("speed.share", operations / ceiling)


def _now(device: torch.device) -> float:
    """Processor seconds on a processor, which other work does not disturb; else wall clock."""
    if device.type == "cpu":
        return time.process_time()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
