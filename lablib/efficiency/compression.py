"""Pruning, quantising, distilling and all of them together: what is saved and what breaks.

A network for handwritten digits is trained, made smaller in seven ways and compared with itself:
bytes of a file, time of a prediction, accuracy, and what accuracy hides.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from lablib.data import load
from lablib.efficiency.compressing.costs import DROPPED_BELOW, record_files, record_times
from lablib.efficiency.compressing.pruning import (
    apply_masks,
    magnitude_mask,
    masks_for,
    random_mask,
)
from lablib.efficiency.compressing.quality import QUALITIES, DigitTensors, digits, quality
from lablib.efficiency.compressing.shrinking import drop_named, stacked
from lablib.efficiency.compressing.variants import (
    BITS,
    CHECKS,
    FRONTIER,
    WAYS,
    Built,
    Recipe,
    build,
)
from lablib.evaluation import across_seeds
from lablib.record import Record, Recorder, start
from lablib.training import predict

NAME = "efficiency/compression"

__all__ = ["ACCEPTANCE", "CARD", "CONFIGS", "NAME", "Config", "run"]


@dataclass(frozen=True)
class Config:
    """Settings; some can be set on the command line, as in ``--folder DIR --seeds 0,1``.

    `folder` holds the published MNIST files; without it the packaged 5,000 pictures are split at
    random, once for each seed. `sparsities` are the places of the curve without retraining.
    `noise` and `eps` are the changes of the input; `batches` and `rounds` belong to the timing.
    `device` trains, as "cpu", "cuda", "mps" or "auto"; whatever it has trained is compressed,
    measured and timed on the processor, the only place for which the integer kernels are made.
    """

    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    folder: str | None = None
    recipe: Recipe = field(default_factory=Recipe)
    sparsities: tuple[float, ...] = (0.5, 0.7, 0.8, 0.9, 0.95)
    noise: float = 0.4
    eps: float = 0.05
    batches: tuple[int, ...] = (1, 32)
    rounds: int = 15
    device: str = "cpu"


CONFIGS = {
    "quick": Config(),
    "full": Config(recipe=Recipe(epochs=10, retraining=5, student_epochs=20), rounds=41),
}


def run(config: Config, *, scale: str = "quick", progress: bool = False) -> Record:
    """Train, compress, write, time and compare; see `lablib.experiment`."""
    from tqdm import tqdm

    data = load("mnist", folder=config.folder)
    settings = replace(config, folder=None)  # whose files they were: `data.sources` says which
    recorder = start(NAME, scale=scale, config=settings, seeds=config.seeds, data=data.sources)
    found: dict[str, list[float]] = defaultdict(list)
    for place, seed in enumerate(tqdm(config.seeds, desc="seeds", disable=not progress)):
        part = digits(data, seed=seed)
        models = build(part, config.recipe, seed=seed, device=config.device)
        _measure(found, part, models, config, seed=seed)
        if place == 0:
            record_files(recorder, models, part.test[0])
            for batch in config.batches:
                record_times(recorder, models, part.test[0], batch=batch, rounds=config.rounds)
    _summarise(recorder, {name: np.array(values) for name, values in found.items()}, config)
    recorder.metric("train.pictures", len(part.train[1]))
    recorder.metric("test.pictures", len(part.test[1]))
    return recorder.finish(baseline="labels-only.accuracy", control="shuffled.accuracy")


def _measure(
    found: dict[str, list[float]],
    data: DigitTensors,
    models: Mapping[str, Built],
    config: Config,
    *,
    seed: int,
) -> None:
    """Append this seed's numbers to the lists of `found`."""
    x, y = data.test
    for name in FRONTIER:
        built = models[name]
        found_here = quality(
            built.model, data, slope=built.behind, noise=config.noise, eps=config.eps, seed=seed
        )
        for quantity, value in found_here.items():
            found[f"{name}.{quantity}"].append(value)
    for name in CHECKS:
        right = predict(models[name].model, x).argmax(1) == y
        found[f"{name}.error"].append(1 - float(right.float().mean()))
    original = models["original"].behind
    left = drop_named(original.state_dict(), threshold=DROPPED_BELOW)
    found["dropped.error"].append(float((stacked(left, x).argmax(1) != y).float().mean()))
    common = data.train[1].bincount().argmax()
    found["majority.error"].append(float((y != common).float().mean()))
    for sparsity in config.sparsities:
        rules = {
            "magnitude": partial(magnitude_mask, sparsity=sparsity),
            "chance": partial(random_mask, sparsity=sparsity, seed=seed),
        }
        for name, rule in rules.items():
            cut = apply_masks(copy.deepcopy(original), masks_for(original, rule))
            wrong = predict(cut, x).argmax(1) != y
            found[f"curve.{name}.{sparsity:g}"].append(float(wrong.float().mean()))


def _summarise(
    recorder: Recorder, found: Mapping[str, NDArray[np.float64]], config: Config
) -> None:
    """Means over seeds with intervals, and differences within seeds."""
    for name in (*FRONTIER, *CHECKS, "dropped", "majority"):
        recorder.estimate(f"{name}.accuracy", across_seeds(1 - found[f"{name}.error"]))
    for name in FRONTIER:
        for quantity in QUALITIES:
            values = found[f"{name}.{quantity}"]
            if quantity != "error":
                recorder.estimate(f"{name}.{quantity}", across_seeds(values))
            if name != "original":
                change = across_seeds(values - found[f"original.{quantity}"])
                recorder.estimate(f"{name}.{quantity}.change", change)
    pairs = {
        "student.over-labels": ("labels-only", "student"),
        "zeros.over-random": ("random", "zeros"),
        "magnitude-cut.over-random": ("random-cut", "magnitude-cut"),
        "zeros.by-retraining": ("magnitude-cut", "zeros"),
        "narrow.by-retraining": ("narrow-cut", "narrow"),
        "two-of-four.by-retraining": ("two-of-four-cut", "two-of-four"),
        "two-of-four.over-zeros": ("zeros", "two-of-four"),
    }
    for bits in BITS:
        for way in ("after", "longer"):
            pairs[f"with-{bits}.over-{way}"] = (f"{way}-{bits}", f"with-{bits}")
    for name, (less, more) in pairs.items():
        gain = found[f"{less}.error"] - found[f"{more}.error"]
        recorder.estimate(name, across_seeds(gain))
    for name in FRONTIER[1:]:
        lost = {q: found[f"{name}.{q}"] - found[f"original.{q}"] for q in ("error", "faint")}
        recorder.estimate(f"{name}.faint.extra", across_seeds(lost["faint"] - lost["error"]))
    share = (1 - found["student.error"]) / (1 - found["original.error"])
    recorder.estimate("student.share", across_seeds(share))
    for batch in config.batches:
        speed = recorder.metrics[f"narrow.speed-up.{batch}"].value
        work = recorder.metrics["narrow.multiplications"].value
        recorder.metric(f"narrow.speed-over-work.{batch}", speed * work)
    recorder.table(
        "curve",
        [
            {"rule": rule, "sparsity": sparsity, "seed": place, "accuracy": 1 - float(error)}
            for rule in ("magnitude", "chance")
            for sparsity in config.sparsities
            for place, error in enumerate(found[f"curve.{rule}.{sparsity:g}"])
        ],
    )


# Two-sided; ends of intervals hold sentences of the page. Ratios of times have wide bands: they
# catch a model that is not what it is called, not a slow machine.
_NO_FASTER = ("zeros", "two-of-four", "int4")
_CONTROLS = {
    "shuffled.accuracy": (0.03, 0.2),
    "majority.accuracy": (0.09, 0.12),
    "dropped.accuracy": (0.0, 0.15),
    "dropped.ratio": (1.0, 1.02),
    "rebuilt.change": (0.0, 1e-4),
    "zeros.dense-ratio": (0.99, 1.01),
    "zeros.ratio": (7.3, 7.7),
    "two-of-four.ratio": (1.86, 1.89),
    "int8.ratio": (3.9, 4.0),
    "int4.ratio": (5.2, 5.4),
    "narrow.ratio": (4.7, 5.1),
    "combined.ratio": (35.0, 40.0),
    # Scattered zeros and rounded floats save no time; fewer multiplications do.
    **{f"{name}.speed-up.{batch}": (0.6, 1.6) for name in _NO_FASTER for batch in (1, 32)},
    **{f"{name}.speed-up.32": (1.6, 12.0) for name in ("narrow", "student")},
    "combined.speed-up.32": (1.6, 25.0),
    "int8.speed-up.32": (0.7, 8.0),
    "narrow.speed-over-work.32": (0.35, 2.0),
    "zeros.by-retraining.low": (0.0, 0.4),
    "narrow.by-retraining.low": (0.0, 0.6),
}
ACCEPTANCE: dict[str, dict[str, tuple[float, float]]] = {
    "quick": {
        **_CONTROLS,
        "original.accuracy": (0.92, 0.955),
        **{f"{name}.accuracy": (0.905, 0.95) for name in FRONTIER[1:]},
        "labels-only.accuracy": (0.92, 0.955),
        "magnitude-cut.over-random.low": (0.3, 0.8),
        "zeros.over-random.low": (0.03, 0.15),
        # "Learning from the teacher is worse here than learning from the labels."
        "student.over-labels.high": (-0.05, 0.0),
        "student.share.low": (0.97, 1.0),
        "int8.error.change.high": (-0.003, 0.003),
        # "Two of four cost less than nine of ten"; "foreseeing pays at two bits and not at eight".
        "two-of-four.error.change.high": (-0.02, 0.01),
        "two-of-four.over-zeros.low": (-0.003, 0.03),
        **{
            f"with-8.over-{way}.{end}": (-0.01, 0.01) for way in WAYS[:2] for end in ("low", "high")
        },
        **{f"with-2.over-{way}.low": (0.0, 0.15) for way in WAYS[:2]},
        # "More errors among faint digits", "under noise"; "calibration moves by under 2 points".
        **{f"{n}.faint.change.low": (0.0, 0.05) for n in ("student", "combined")},
        "combined.faint.extra.low": (0.0, 0.04),
        **{f"{n}.noise.change.low": (0.0, 0.15) for n in ("narrow", "student")},
        # "Under noise all three together lose more than on average": the two do not overlap.
        "combined.noise.change.low": (0.018, 0.15),
        "combined.error.change.high": (0.0, 0.018),
        **{f"{n}.calibration.change.low": (-0.02, 0.02) for n in FRONTIER[1:]},
        **{f"{n}.calibration.change.high": (-0.02, 0.02) for n in FRONTIER[1:]},
        "int8.one-step.change.high": (-0.08, 0.0),
    },
    "full": {
        "train.pictures": (60_000, 60_000),
        **_CONTROLS,
        "original.accuracy": (0.975, 0.99),
        **{f"{name}.accuracy": (0.965, 0.99) for name in FRONTIER[1:]},
        "student.share": (0.985, 1.005),
        "int8.error.change": (-0.003, 0.003),
        # "With 60,000 pictures the baseline and the student tie, and the faint quarter's extra loss
        # can no longer be seen": 0 lies inside.
        **{
            f"{n}.{end}": band
            for n in ("student.over-labels", "combined.faint.extra", "combined.faint.change")
            for end, band in (("low", (-0.02, 0.0)), ("high", (0.0, 0.02)))
        },
        # "Noise costs all three together more than clean pictures do, at both scales", the narrower
        # network too; "the student's interval reaches zero".
        "combined.noise.change.low": (0.004, 0.15),
        "combined.error.change.high": (0.0, 0.004),
        "narrow.noise.change.low": (0.0, 0.15),
        "student.noise.change.low": (-0.05, 0.0),
        "student.noise.change.high": (0.0, 0.2),
    },
}
CARD = {
    "intended_use": "Showing how a small classifier of digits is pruned, quantised and distilled, "
    "and how the result is measured.",
    "not_for": "Reading forms, cheques or votes, or ranking the methods for other models.",
    "affected": "People whose handwriting is rare or faint: errors added by compression need not "
    "be shared evenly.",
    "limits": "One multi-layer network on clean, centred digits; one setting a method; times of "
    "one machine on one thread; energy is processor time multiplied by an assumed power.",
}
