"""The run record: one JSON file that holds a result and everything needed to repeat it.

A page, the command line and a test all read the same record, so a number cannot be quoted
without its interval, baseline, control, seeds, data hash and cost. A record knows no topic.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lablib import history
from lablib.evaluation.intervals import Estimate, Interval
from lablib.measure import Cost, Stopwatch, code_fingerprint, environment
from lablib.prose import glue

SCHEMA = 1


@dataclass(frozen=True)
class Metric:
    """One measured number.

    Parameters
    ----------
    value : float
        The measurement, in `unit` (empty for a pure number).
    interval : Interval, optional
        Where the quantity may lie; None only for counts that are exact.
    n : int, optional
        How many rows or runs the number rests on.

    >>> Metric(0.5, Interval(0.4, 0.6), n=100).value
    0.5
    """

    value: float
    interval: Interval | None = None
    n: int | None = None
    unit: str = ""


@dataclass(frozen=True)
class Record:
    """A finished experiment; made by `start(...).finish(...)`, read by `load`.

    `metrics` maps flat dotted names (`boosted.auc`) to `Metric`; `baseline` and `control` name
    the metrics that say what the simplest thing reaches and what a broken version reaches.
    `tables` holds plain rows for figures.
    """

    experiment: str
    scale: str
    config: dict[str, Any]
    seeds: tuple[int, ...]
    metrics: dict[str, Metric]
    baseline: str | None
    control: str | None
    tables: dict[str, list[dict[str, Any]]]
    data: dict[str, str]
    code: str
    environment: dict[str, str]
    cost: dict[str, float | str]
    created: str
    schema: int = SCHEMA

    def __getitem__(self, name: str) -> Metric:
        if name not in self.metrics:
            known = ", ".join(sorted(self.metrics))
            raise ValueError(f"metric {name!r} is not in {self.experiment}; it has: {known}")
        return self.metrics[name]

    def value(self, name: str) -> float:
        """The value of metric `name`; ValueError lists the known names."""
        return self[name].value

    def save(self, folder: str | Path) -> Path:
        """Write `<folder>/<topic>/<experiment>.<scale>.json`, replacing it atomically.

        What a replaced record said is appended to its history first (`lablib.history`).
        """
        path = Path(folder) / f"{self.experiment}.{self.scale}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(_plain(asdict(self)), indent=1, sort_keys=True, allow_nan=False)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text + "\n")
        Path(temporary).chmod(0o644)
        if path.exists() and path.read_text(encoding="utf-8") != text + "\n":
            history.keep(path)
        Path(temporary).replace(path)
        return path

    def glue(self, prefix: str = "") -> None:
        """Hand every metric to the page's prose: `name`, `name.low`, `name.high`.

        See `lablib.prose.glue`.
        """
        values: dict[str, float] = {prefix + "seeds": len(self.seeds)}
        for name, metric in self.metrics.items():
            values[prefix + name] = metric.value
            if metric.interval is not None:
                values[f"{prefix}{name}.low"] = metric.interval.low
                values[f"{prefix}{name}.high"] = metric.interval.high
        glue(values)


@dataclass
class Recorder:
    """Collects metrics and tables while an experiment runs; `finish` closes it."""

    experiment: str
    scale: str
    config: Mapping[str, Any]
    seeds: tuple[int, ...]
    data: Mapping[str, str]
    stopwatch: Stopwatch
    metrics: dict[str, Metric] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def metric(
        self,
        name: str,
        value: float,
        *,
        interval: Interval | None = None,
        n: int | None = None,
        unit: str = "",
    ) -> None:
        """Store one number.

        Parameters
        ----------
        name : str
            `<model>.<quantity>`, lower case; each name is recorded once.
        value, interval, n, unit
            As in `Metric`.

        Raises
        ------
        ValueError
            If the name is taken, the value is not finite, or the interval misses it.
        """
        if name in self.metrics:
            raise ValueError(f"metric {name!r} is recorded twice; give each number its own name")
        if not math.isfinite(value):
            raise ValueError(f"metric {name!r} is {value}; only finite numbers are recorded")
        if interval is not None and not (interval.low <= value <= interval.high):
            raise ValueError(
                f"metric {name!r} = {value} lies outside its interval "
                f"[{interval.low}, {interval.high}]; compute both from the same sample"
            )
        self.metrics[name] = Metric(float(value), interval, n, unit)

    def estimate(self, name: str, estimate: Estimate, *, unit: str = "") -> None:
        """Store a number with its interval and n, by the rules of `metric`.

        Parameters
        ----------
        name : str
            As in `metric`.
        estimate : Estimate
            Value, interval and n.
        unit : str
            As in `Metric`.
        """
        self.metric(name, estimate.value, interval=estimate.interval, n=estimate.n, unit=unit)

    def table(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Store rows of plain values (for figures); numpy scalars are converted."""
        self.tables[name] = [dict(_plain(row)) for row in rows]

    def finish(self, *, baseline: str, control: str) -> Record:
        """Stop the clocks and return the record.

        `baseline` and `control` must name recorded metrics: a result without them is not one.
        """
        for role, name in (("baseline", baseline), ("control", control)):
            if name not in self.metrics:
                raise ValueError(f"{role} {name!r} was never recorded; record it before finish()")
        cost: Cost = self.stopwatch.stop()
        return Record(
            experiment=self.experiment,
            scale=self.scale,
            config=dict(_plain(dict(self.config))),
            seeds=self.seeds,
            metrics=self.metrics,
            baseline=baseline,
            control=control,
            tables=self.tables,
            data=dict(self.data),
            code=code_fingerprint(),
            environment=environment(),
            cost=asdict(cost),
            created=datetime.now(UTC).date().isoformat(),
        )


def start(
    experiment: str,
    *,
    scale: str,
    config: Any,
    seeds: Sequence[int],
    data: Mapping[str, str] | None = None,
) -> Recorder:
    """Start the clocks of an experiment.

    Parameters
    ----------
    experiment : str
        `<topic>/<experiment>`, as in `results/`.
    config : dataclass or mapping
        Every setting that changes the result.
    seeds : sequence of int
        At least one; they are listed in the record.
    data : mapping, optional
        Data card name to the sha256 of the file that was read.

    >>> recorder = start("demo/coin", scale="quick", config={"flips": 10}, seeds=[0])
    >>> recorder.metric("coin.heads", 0.5, interval=Interval(0.2, 0.8), n=10)
    >>> recorder.metric("random.heads", 0.5)
    >>> recorder.finish(baseline="random.heads", control="random.heads").value("coin.heads")
    0.5
    """
    if not seeds:
        raise ValueError("seeds is empty; an experiment needs at least one seed")
    settings = asdict(config) if is_dataclass(config) and not isinstance(config, type) else config
    return Recorder(experiment, scale, settings, tuple(seeds), data or {}, Stopwatch())


def load(experiment: str, *, scale: str, folder: str | Path | None = None) -> Record:
    """Read a committed record.

    Parameters
    ----------
    experiment, scale : str
        For example `explainability/readable-models` and `full`.
    folder : path, optional
        Where records lie; by default the project's `results/`.

    Raises
    ------
    ValueError
        If there is no such record (the message names the command that makes it), or it was
        written in another schema.
    """
    path = (Path(folder) if folder else results_folder()) / f"{experiment}.{scale}.json"
    if not path.exists():
        raise ValueError(
            f"no record {experiment}.{scale}: run `lablib run {experiment} --scale {scale} --save`"
        )
    raw = json.loads(path.read_text(encoding="utf-8"))
    unknown = set(raw) - {f.name for f in fields(Record)}
    if raw.get("schema") != SCHEMA or unknown:
        raise ValueError(
            f"record {path.name} has schema {raw.get('schema')}, expected {SCHEMA}; run it again"
        )
    metrics = {name: _metric(value) for name, value in raw.pop("metrics").items()}
    return Record(metrics=metrics, seeds=tuple(raw.pop("seeds")), **raw)


def available(experiment: str, *, folder: str | Path | None = None) -> tuple[str, ...]:
    """Scales of `experiment` with a committed record, sorted; empty if there is none."""
    base = Path(folder) if folder else results_folder()
    name = Path(experiment).name
    found = (base / experiment).parent.glob(f"{name}.*.json")
    return tuple(sorted(path.name.removeprefix(f"{name}.").removesuffix(".json") for path in found))


def results_folder() -> Path:
    """The folder of committed records: `results/` of the checkout, or of the working folder."""
    checkout = Path(__file__).resolve().parent.parent / "results"
    return checkout if checkout.is_dir() else Path("results")


def _metric(raw: Mapping[str, Any]) -> Metric:
    bounds = raw["interval"]
    return Metric(raw["value"], Interval(**bounds) if bounds else None, raw["n"], raw["unit"])


def _plain(value: Any) -> Any:
    """Turn tuples, numpy scalars and arrays into what JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    return value
