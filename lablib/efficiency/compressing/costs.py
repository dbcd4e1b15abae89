"""Costs of the compressed models: files that are really written, times in turn, energy."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from lablib.efficiency.compressing.shrinking import drop_named
from lablib.efficiency.compressing.storing import load, save
from lablib.efficiency.compressing.variants import FRONTIER, Built
from lablib.efficiency.timing import compare_speed, multiplications
from lablib.record import Recorder
from lablib.training import predict


def record_files(recorder: Recorder, models: Mapping[str, Built], x: Tensor) -> None:
    """Write each model of the frontier, count its bytes, and rebuild it from the file.

    Parameters
    ----------
    recorder : gets `<name>.bytes`, `<name>.ratio` (original over compressed: more is smaller),
        `<name>.multiplications` (share of the original's), `zeros.dense-ratio` (the same zeros in
        an ordinary file) and `rebuilt.change` (largest change of a logit by writing and reading).
    models : of one seed.
    x : rows to compare on.
    """
    changes = []
    original = models["original"].behind
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.pt"
        whole = save(original, path)
        for name in FRONTIER:
            built = models[name]
            size = save(built.behind, path, form=built.form)
            changes.append((predict(load(path), x) - predict(built.behind, x)).abs().max())
            recorder.metric(f"{name}.bytes", size, unit="B")
            recorder.metric(f"{name}.ratio", whole / size)
            share = multiplications(built.behind) / multiplications(original)
            recorder.metric(f"{name}.multiplications", share)
        recorder.metric("zeros.dense-ratio", whole / save(models["zeros"].behind, path))
        left = drop_named(original.state_dict(), threshold=DROPPED_BELOW)
        torch.save(left, path)
        recorder.metric("dropped.ratio", whole / path.stat().st_size)
        recorder.metric("dropped.tensors", len(original.state_dict()) - len(left))
    recorder.metric("rebuilt.change", float(max(changes)))


def record_times(
    recorder: Recorder, models: Mapping[str, Built], x: Tensor, *, batch: int, rounds: int
) -> None:
    """Time the models of the frontier in turn on one batch.

    Parameters
    ----------
    recorder : gets `<name>.speed-up.<batch>`, with an interval over rounds, and
        `<name>.joules.<batch>`, the estimated energy of 1,000 predictions.
    models : of one seed.
    x : rows; the first `batch` are used.
    batch, rounds : rows a call, and turns.
    """
    times = compare_speed(
        {name: models[name].model for name in FRONTIER},
        x[:batch],
        baseline="original",
        rounds=rounds,
        calls=max(5, 60 // batch),
    )
    for name, timing in times.items():
        recorder.metric(
            f"{name}.speed-up.{batch}", timing.speed_up, interval=timing.interval, n=rounds
        )
        recorder.metric(f"{name}.joules.{batch}", timing.joules / batch * 1000, unit="J")
        recorder.metric(f"{name}.milliseconds.{batch}", timing.seconds * 1000, unit="ms")


DROPPED_BELOW = 5.0  # norm below which the wrong way drops a named tensor
