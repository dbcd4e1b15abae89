"""Model cards generated from records, after Mitchell et al. (2019).

Numbers come from the record and nowhere else. What no run can measure (intended use, who is
affected, limits) comes from the experiment's `CARD`; a card without those texts is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from lablib import experiment
from lablib.data import card as data_card
from lablib.record import Metric, Record

SECTIONS = {
    "intended_use": "Intended use",
    "not_for": "Not for",
    "affected": "Who is affected",
    "limits": "Limits",
}


def model_card(record: Record, *, texts: Mapping[str, str] | None = None) -> str:
    """Write the model card of `record` as Markdown.

    Parameters
    ----------
    record : Record
        Every number on the card is one of its metrics.
    texts : mapping, optional
        `intended_use`, `not_for`, `affected` and `limits`; by default the `CARD` of the
        experiment's module.

    Raises
    ------
    ValueError
        If one of the four texts is missing or empty.
    """
    if texts is None:
        texts = getattr(experiment.find(record.experiment), "CARD", {})
    missing = [name for name in SECTIONS if not texts.get(name, "").strip()]
    if missing:
        raise ValueError(
            f"the card of {record.experiment} lacks {', '.join(missing)}; "
            "write them in CARD of its module"
        )
    parts = [f"# Model card: {record.experiment} ({record.scale})"]
    parts += [f"## {title}\n\n{texts[name].strip()}" for name, title in SECTIONS.items()]
    parts += [_numbers(record), _data(record), _provenance(record)]
    return "\n\n".join(parts) + "\n"


def _numbers(record: Record) -> str:
    lines = ["## Measured", "", "| quantity | value | interval | n |", "|---|---|---|---|"]
    roles = {record.baseline: " (baseline)", record.control: " (control that must fail)"}
    for name, metric in sorted(record.metrics.items()):
        n = "" if metric.n is None else f"{metric.n:,}"
        row = (f"`{name}`{roles.get(name, '')}", _value(metric), _interval(metric), n)
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines)


def _value(metric: Metric) -> str:
    return f"{metric.value:.4g} {metric.unit}".strip()


def _interval(metric: Metric) -> str:
    if metric.interval is None:
        return "none given"
    return f"{metric.interval.low:.4g} to {metric.interval.high:.4g} ({metric.interval.level:.0%})"


def _data(record: Record) -> str:
    lines = ["## Data"]
    for name, digest in sorted(record.data.items()):
        card = data_card(name)
        harms = "\n".join(f"- {harm}" for harm in card.harms)
        lines.append(
            f"{card.title}, {card.rows:,} rows, licence: {card.licence}. "
            f"File sha256 `{digest[:16]}`.\n\nKnown harms:\n\n{harms}"
        )
    return "\n\n".join(lines)


def _provenance(record: Record) -> str:
    cost = record.cost
    return "\n".join(
        [
            "## Provenance",
            "",
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
