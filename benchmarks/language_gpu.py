"""What share of a card's matrix-product ceiling `lablib.training` reaches with a 124 M `Decoder`.

GPT-2's smallest size (12 layers, 12 heads, width 768, context 1,024) on byte-pair tokens of the
encyclopaedia, bf16, fused AdamW, eager and compiled. The ceiling is measured, not quoted: the best
median of large square bf16 products. Goal: at least 0.4 of it, hoped for 0.5.

Counted are 6 operations a token for each weight that multiplies (2 forward, 4 backward) and, for
attention, 12 * layers * width * context, as PaLM's report counts them (Chowdhery et al., 2022,
appendix B); the last column counts only the half of attention that a causal mask leaves.

    python benchmarks/language_gpu.py [--tiny] [result.json]

`--tiny` runs a small model on whatever device there is: to see that it runs, not to compare.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from lablib.data import load
from lablib.data.tokenization import train_bpe
from lablib.models.decoder import Decoder
from lablib.training import TrainingConfig, fit
from lablib.training.losses import next_token_loss
from lablib.training.windows import token_windows

GOAL = 0.4


@dataclass(frozen=True)
class Size:
    vocabulary: int = 50_304  # GPT-2's 50,257, filled up to a multiple of 128
    context: int = 1_024
    width: int = 768
    heads: int = 12
    layers: int = 12
    batch: int = 32
    warm: int = 20  # steps before the clock starts: compilation, and the allocator's first steps
    steps: int = 60
    product: int = 8_192
    texts: int | None = None


TINY = Size(
    vocabulary=512, context=32, width=32, heads=2, layers=2, batch=4, warm=2, steps=3, product=128,
    texts=200,
)  # fmt: skip


def wait(device: torch.device) -> float:
    """Return the time after everything that was asked for is done."""
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def ceiling(size: int, device: torch.device) -> float:
    """Operations a second of the fastest large bf16 product, each the median of 20."""
    best = 0.0
    for n in (size // 2, size, size * 2):
        one, other = (torch.randn(n, n, device=device, dtype=torch.bfloat16) for _ in range(2))
        for _ in range(3):
            one @ other
        seconds = []
        for _ in range(20):
            start = wait(device)
            one @ other
            seconds.append(wait(device) - start)
        best = max(best, 2 * n**3 / float(np.median(seconds)))
    return best


def windows(size: Size) -> Tensor:
    """Real tokens: byte pairs of the corpus, each text after the other."""
    texts = load("encyclopaedia").texts[: size.texts]
    tokenizer = train_bpe(texts, vocabulary_size=min(size.vocabulary, 16_384))
    tokens = [number for coded in tokenizer.encode_batch(list(texts)) for number in coded.ids]
    return token_windows(torch.tensor(tokens), context=size.context)


class Clock:
    """The loss, and the times at which a number of steps had begun."""

    def __init__(self, device: torch.device, marks: tuple[int, ...]) -> None:
        self.device, self.marks, self.calls = device, marks, 0
        self.times: list[float] = []

    def __call__(self, model: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        if self.calls in self.marks:
            self.times.append(wait(self.device))
        self.calls += 1
        return next_token_loss(model, batch)


def tokens_a_second(size: Size, data: Tensor, *, compiled: bool) -> tuple[float, int]:
    """Return the speed of `fit` between two steps, and the weights that multiply."""
    model = Decoder(
        size.vocabulary, context=size.context, width=size.width, heads=size.heads,
        layers=size.layers, seed=0,
    )  # fmt: skip
    config = TrainingConfig(
        max_steps=size.warm + size.steps + 1, batch_size=size.batch, learning_rate=6e-4,
        schedule="cosine", warmup_steps=size.warm, weight_decay=0.1, clip_norm=1.0,
        precision="bf16", compile=compiled,
    )  # fmt: skip
    clock = Clock(
        torch.device("cuda" if torch.cuda.is_available() else "cpu"),
        (size.warm, size.warm + size.steps),
    )
    fit(model, (data,), loss=clock, config=config)
    seconds = clock.times[1] - clock.times[0]
    weights = sum(p.numel() for p in model.parameters()) - model.position.weight.numel()
    return size.batch * size.context * size.steps / seconds, weights


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("result", nargs="?", type=Path)
    options = parser.parse_args()
    if not (torch.cuda.is_available() or options.tiny):
        print("not run here: the share of a card's ceiling needs CUDA, and this machine has none")
        return
    size = TINY if options.tiny else Size()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data = windows(size)
    # One epoch must hold whole batches only, or compilation meets a second shape.
    data = data[: len(data) // size.batch * size.batch]
    top = ceiling(size.product, device)
    print(f"{device}: bf16 products reach {top / 1e12:.1f} TFLOP/s; {len(data)} windows")
    rows = {}
    for name, compiled in (("eager", False), ("compiled", True)):
        if compiled and device.type != "cuda":
            continue
        speed, weights = tokens_a_second(size, data, compiled=compiled)
        attention = 12 * size.layers * size.width * size.context
        share = speed * (6 * weights + attention) / top
        causal = speed * (6 * weights + attention / 2) / top
        rows[name] = {"tokens_a_second": speed, "share": share, "causal_share": causal}
        print(
            f"{name:9} {weights / 1e6:6.1f} M weights {speed:12,.0f} tokens/s  "
            f"share {share:.3f} (goal {GOAL})  causal {causal:.3f}"
        )
    if options.result:
        content = {"size": asdict(size), "ceiling": top, "rows": rows, "torch": torch.__version__}
        options.result.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
