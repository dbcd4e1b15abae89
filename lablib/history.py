"""What a committed record said before it was replaced: one line of JSON an earlier record.

The lines lie beside the record (`<experiment>.<scale>.history.jsonl`), because a downloaded
archive of the course has no version control to ask. They keep every number with its interval,
where and when it was made and by which code; configuration, tables and versions are not kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lablib.evaluation.intervals import Interval

SUFFIX = ".history.jsonl"


@dataclass(frozen=True)
class Earlier:
    """One replaced record: `numbers` maps a metric to its value and interval (None if exact)."""

    created: str
    device: str
    code: str
    seeds: int
    wall_seconds: float
    numbers: Mapping[str, tuple[float, Interval | None]] = field(default_factory=dict)


def path_of(record: str | Path) -> Path:
    """Where the history of the record at a path lies.

    >>> path_of("results/start/coin.full.json").name
    'coin.full.history.jsonl'
    """
    path = Path(record)
    return path.with_name(path.name.removesuffix(".json") + SUFFIX)


def keep(record: str | Path) -> None:
    """Append what the record at a path says now, before it is replaced; nothing if it is new.

    A file that cannot be read leaves a line without numbers: it must not cost the run that
    replaces it.
    """
    path = Path(record)
    if not path.exists():
        return
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raw = {}
    line = json.dumps(asdict(_earlier(raw)))
    history = path_of(path)
    known = history.read_text(encoding="utf-8").splitlines() if history.exists() else []
    if line not in known:
        with history.open("a", encoding="utf-8") as out:
            out.write(line + "\n")


def load(record: str | Path) -> tuple[Earlier, ...]:
    """The earlier versions of the record at a path, oldest first; empty if there are none."""
    history = path_of(record)
    if not history.exists():
        return ()
    lines = history.read_text(encoding="utf-8").splitlines()
    return tuple(_read(json.loads(line)) for line in lines if line.strip())


def moved(earlier: Earlier, now: Mapping[str, float]) -> tuple[str, ...]:
    """Metrics whose present value lies outside the interval that the earlier record gave.

    Numbers without an interval, and numbers that only one of the two has, are not compared.

    >>> old = Earlier("2026-01-01", "cpu", "ab", 5, 1.0, {"a.b": (0.5, Interval(0.4, 0.6))})
    >>> moved(old, {"a.b": 0.7, "c.d": 1.0})
    ('a.b',)
    """
    return tuple(
        name
        for name, (_, interval) in earlier.numbers.items()
        if interval is not None and name in now and not interval.low <= now[name] <= interval.high
    )


def _earlier(raw: Mapping[str, Any]) -> Earlier:
    """The line for a record as its file holds it, of whatever schema."""
    return Earlier(
        created=str(raw.get("created", "not stated")),
        device=str(raw.get("environment", {}).get("device", "not stated")),
        code=str(raw.get("code", "")),
        seeds=len(raw.get("seeds", ())),
        wall_seconds=float(raw.get("cost", {}).get("wall_seconds", 0.0)),
        numbers={
            name: (metric["value"], _interval(metric.get("interval")))
            for name, metric in raw.get("metrics", {}).items()
        },
    )


def _read(raw: dict[str, Any]) -> Earlier:
    numbers = {name: (value, _interval(bounds)) for name, (value, bounds) in raw["numbers"].items()}
    return Earlier(**{**raw, "numbers": numbers})


def _interval(raw: Mapping[str, float] | None) -> Interval | None:
    return Interval(**raw) if raw else None
