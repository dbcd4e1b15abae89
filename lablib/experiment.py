"""Find an experiment by name, run it at a scale, and hold it to its acceptance bands.

An experiment is a module `lablib/<topic>/<name>.py` with `CONFIGS` (scale to a frozen
configuration), `ACCEPTANCE` (scale to metric bands) and `run(config, *, scale, progress)`.
Pages, tests and the command line all go through `run` here, so there is one code path.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from lablib import settings
from lablib.record import Record

Bands = Mapping[str, tuple[float, float]]
# Settings that say where files lie and who computes: with them a run is still that of its scale.
# Which files they were stands in the record by hash, and the bands hold their number.
PLACES = frozenset({"folder", "processes", "device"})


class AcceptanceError(AssertionError):
    """A measured number left the band it is held to; too good counts as wrong too."""


def names() -> tuple[str, ...]:
    """Every experiment of the package as `topic/name`, sorted.

    >>> "explainability/readable-models" in names()
    True
    """
    root = Path(__file__).resolve().parent
    found = []
    for topic in (p for p in root.iterdir() if (p / "__init__.py").exists()):
        for module in pkgutil.iter_modules([str(topic)]):
            path = topic / f"{module.name}.py"
            if path.exists() and "\nCONFIGS" in path.read_text(encoding="utf-8"):
                found.append(f"{topic.name}/{module.name}".replace("_", "-"))
    return tuple(sorted(found))


def find(name: str) -> ModuleType:
    """The module of experiment `topic/name`; ValueError with close matches if there is none."""
    known = names()
    if name not in known:
        close = get_close_matches(name, known, n=3) or list(known)
        raise ValueError(f"experiment {name!r} does not exist; did you mean {', '.join(close)}?")
    return importlib.import_module("lablib." + name.replace("/", ".").replace("-", "_"))


def run(
    name: str,
    *,
    scale: str = "quick",
    progress: bool = False,
    check: bool = True,
    save: str | Path | None = None,
    **overrides: Any,
) -> Record:
    """Run experiment `name` and return its record.

    Parameters
    ----------
    scale : str
        `quick` (two processor cores, about a minute), `full`, or where an experiment has it
        `medium` (half an hour of a processor).
    check : bool
        Raise AcceptanceError if a metric leaves its band. Skipped when `overrides` change more
        than `PLACES`, since the bands belong to the configuration they were set for.
    save : path, optional
        Folder to write the record to.
    overrides
        Fields of the configuration to replace, for example ``seeds=(0, 1)``.
    """
    module = find(name)
    configs: Mapping[str, Any] = module.CONFIGS
    if scale not in configs:
        raise ValueError(f"scale {scale!r} is not one of {', '.join(configs)} for {name}")
    config = configs[scale]
    unknown = set(overrides) - {f.name for f in fields(config)}
    if unknown:
        raise ValueError(f"{name} has no setting {', '.join(sorted(unknown))}; see {type(config)}")
    record: Record = module.run(replace(config, **overrides), scale=scale, progress=progress)
    if check and PLACES.issuperset(overrides):
        accept(record, module.ACCEPTANCE[scale])
    if save is not None:
        record.save(save)
    return record


def read_settings(name: str, texts: Mapping[str, str], *, scale: str = "quick") -> dict[str, Any]:
    """Overrides for `run` from texts such as the command line gives.

    Parameters
    ----------
    name : str
        The experiment.
    texts : mapping
        Setting to text: ``{"seeds": "0,1", "data": "folder"}``.
    scale : str
        As for `run`.

    Raises
    ------
    ValueError
        If the experiment has no such setting, or the text is not of its kind.
    """
    configs: Mapping[str, Any] = find(name).CONFIGS
    return settings.read(configs.get(scale, next(iter(configs.values()))), texts, owner=name)


def accept(record: Record, bands: Bands) -> None:
    """Raise AcceptanceError naming each number that lies outside its two-sided band.

    A band belongs to a metric, or to an end of its interval: `gain.low` and `gain.high` hold a
    page to a sentence such as "the gain excludes zero", which the value alone does not.
    """
    if not bands:
        raise ValueError(f"{record.experiment}.{record.scale} has no acceptance band; set one")
    outside = [
        f"{name} = {number:.4g} is outside [{low}, {high}]"
        for name, (low, high) in bands.items()
        if not low <= (number := _number(record, name)) <= high
    ]
    if outside:
        raise AcceptanceError(f"{record.experiment}.{record.scale}: " + "; ".join(outside))


def _number(record: Record, name: str) -> float:
    """The value of metric `name`, or the end of an interval that its last part names."""
    metric, _, end = name.rpartition(".")
    if name in record.metrics or end not in ("low", "high") or metric not in record.metrics:
        return record.value(name)
    interval = record[metric].interval
    if interval is None:
        raise ValueError(f"band {name!r}: {metric!r} has no interval; give it one or drop the band")
    return interval.low if end == "low" else interval.high
