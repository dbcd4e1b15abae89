"""Int8 linear layers of the packaged sentence encoder against the same encoder in float32.

A logistic regression is fitted on float32 vectors of rated sentences and scored on others, once
with vectors of either encoder. Times are taken in turn on one thread, as ratios within the run.
Goals: accuracy within 0.3 points, and at least twice as fast at batch 32.

    python benchmarks/efficiency.py [result.json]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from lablib.data import load
from lablib.efficiency.compressing.integer import dynamic_int8, engine
from lablib.efficiency.timing import compare_speed, one_thread
from lablib.evaluation.intervals import paired_bootstrap_difference
from lablib.models.pretrained import batch_tokens, load_encoder, mean_pooled

TRAIN, TEST, LONGEST, ROUNDS = 300, 1000, 48, 11
MARGIN, GOAL = 0.003, 2.0


class Vectors(nn.Module):
    """Mean vectors (B, D) of token numbers (B, T), padded with 0."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, ids: Tensor) -> Tensor:
        return mean_pooled(self.backbone, ids, (ids != 0).long())


@torch.inference_mode()
def vectors(model: nn.Module, ids: Tensor) -> np.ndarray:
    return torch.cat([model(part) for part in ids.split(50)]).numpy()


def measure() -> dict[str, object]:
    tokenizer, backbone = load_encoder("minilm")
    data = load("movie-reviews")
    rows = np.random.default_rng(0).permutation(len(data))[: TRAIN + TEST]
    ids, mask = batch_tokens(tokenizer, [data.texts[row] for row in rows], max_length=LONGEST)
    ids, classes = ids * mask, data.target[rows]
    plain = Vectors(backbone).eval()
    models = {"float32": plain, "int8": dynamic_int8(plain)}
    with one_thread():
        found = {name: vectors(model, ids) for name, model in models.items()}
    probe = LogisticRegression(max_iter=2000).fit(found["float32"][:TRAIN], classes[:TRAIN])
    answers = {name: probe.predict(x[TRAIN:]) for name, x in found.items()}
    difference = paired_bootstrap_difference(
        lambda truth, answer: float((truth == answer).mean()),
        classes[TRAIN:], answers["int8"], answers["float32"], seed=0,
    )  # fmt: skip
    speed = {}
    for batch, calls in ((1, 8), (32, 1)):
        timing = compare_speed(models, ids[:batch], baseline="float32", rounds=ROUNDS, calls=calls)[
            "int8"
        ]
        speed[batch] = [timing.speed_up, timing.interval.low, timing.interval.high]
    ends = difference.interval
    return {
        "engine": engine(),
        "accuracy": {n: float((a == classes[TRAIN:]).mean()) for n, a in answers.items()},
        "int8 minus float32": [difference.value, ends.low, ends.high],
        "speed-up by batch": speed,
        "within 0.3 points": abs(difference.value) <= MARGIN,
        "interval within 0.3 points": ends.low >= -MARGIN and ends.high <= MARGIN,
        "twice as fast at batch 32": speed[32][0] >= GOAL,
    }


if __name__ == "__main__":
    result = measure()
    text = json.dumps(result, indent=1)
    print(text)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text + "\n", encoding="utf-8")
