"""Model cards generated from records, after Mitchell et al. (2019).

Numbers come from the record and nowhere else. What no run can measure (intended use, who is
affected, limits) comes from the experiment's `CARD`; a card without those texts is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from lablib import experiment
from lablib.data import card as data_card
from lablib.experiment import Bands
from lablib.record import Metric, Record

SECTIONS = {
    "intended_use": "Intended use",
    "not_for": "Not for",
    "affected": "Who is affected",
    "limits": "Limits",
}


def model_card(
    record: Record,
    *,
    texts: Mapping[str, str] | None = None,
    bands: Bands | None = None,
    level: int = 1,
) -> str:
    """Write the model card of `record` as Markdown.

    Parameters
    ----------
    record : Record
        Every number on the card is one of its metrics.
    texts : mapping, optional
        `intended_use`, `not_for`, `affected` and `limits`; by default the `CARD` of the
        experiment's module.
    bands : mapping, optional
        Metric name to the band it is held to; by default the experiment's own. These metrics,
        the baseline and the control are shown, or all metrics if there are no bands.
    level : int
        Of the title's heading.

    Raises
    ------
    ValueError
        If one of the four texts is missing or empty.
    """
    if texts is None:
        module = experiment.find(record.experiment)
        texts = getattr(module, "CARD", {})
        bands = module.ACCEPTANCE[record.scale] if bands is None else bands
    missing = [name for name in SECTIONS if not texts.get(name, "").strip()]
    if missing:
        raise ValueError(
            f"the card of {record.experiment} lacks {', '.join(missing)}; "
            "write them in CARD of its module"
        )
    parts = [(title, texts[name].strip()) for name, title in SECTIONS.items()]
    parts += [
        ("Measured", _numbers(record, bands or {})),
        ("Data", _data(record)),
        ("Provenance", _provenance(record)),
    ]
    title = f"{'#' * level} Model card: {record.experiment} ({record.scale})"
    sections = [f"{'#' * (level + 1)} {heading}\n\n{text}" for heading, text in parts]
    return "\n\n".join([title, *sections]) + "\n"


def _numbers(record: Record, bands: Bands) -> str:
    lines = ["| quantity | value | interval | n | held to |", "|---|---|---|---|---|"]
    roles = {record.baseline: " (baseline)", record.control: " (control that must fail)"}
    chosen = {*bands, record.baseline, record.control} if bands else set(record.metrics)
    for name, metric in sorted(record.metrics.items()):
        if name not in chosen:
            continue
        n = "" if metric.n is None else f"{metric.n:,}"
        held = "{} to {}".format(*bands[name]) if name in bands else ""
        row = (f"`{name}`{roles.get(name, '')}", _value(metric), _interval(metric), n, held)
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines)


def _value(metric: Metric) -> str:
    return f"{metric.value:.4g} {metric.unit}".strip()


def _interval(metric: Metric) -> str:
    if metric.interval is None:
        return "none given"
    return f"{metric.interval.low:.4g} to {metric.interval.high:.4g} ({metric.interval.level:.0%})"


def _data(record: Record) -> str:
    # A data set of several files is recorded as `card/file`, one hash each.
    digests: dict[str, list[str]] = {}
    for name, digest in sorted(record.data.items()):
        digests.setdefault(name.partition("/")[0], []).append(f"`{digest[:16]}`")
    lines = []
    for name, hashes in digests.items():
        card = data_card(name)
        harms = "\n".join(f"- {harm}" for harm in card.harms)
        lines.append(
            f"{card.title}, {card.rows:,} rows, licence: {card.licence}. "
            f"File sha256 {', '.join(hashes)}.\n\nKnown harms:\n\n{harms}"
        )
    return "\n\n".join(lines)


def _provenance(record: Record) -> str:
    cost = record.cost
    return "\n".join(
        [
            f"- made on {record.created}, code `{record.code}`, seeds {_seeds(record.seeds)}",
            f"- {', '.join(f'{key} {value}' for key, value in record.environment.items())}",
            f"- {cost['wall_seconds']} s wall clock, {cost['cpu_seconds']} s processor, "
            f"{cost['peak_memory_mb']} MB peak, {cost['energy_wh']} Wh ({cost['energy_method']})",
            f"- repeat with `lablib run {record.experiment} --scale {record.scale}`",
        ]
    )


def _seeds(seeds: tuple[int, ...]) -> str:
    if len(seeds) > 2 and seeds == tuple(range(seeds[0], seeds[0] + len(seeds))):
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds))
