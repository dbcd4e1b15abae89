"""Numbers of records in the cells of a table: value with interval, quick record beside full.

One place for the words "value [low, high]", for loading the full record of an experiment if it has
been made, and for the sentence that says what it cost or how to make it. Knows no topic.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial

from lablib import record
from lablib.evaluation.intervals import Estimate
from lablib.figures.views import TableView, table
from lablib.record import Metric, Record

NOT_YET = "not run yet"
NOT_HERE = "not at this scale"
UNBOUNDED = (-math.inf, math.inf)


def written(
    metric: Metric | Estimate,
    form: str = "z.3f",
    *,
    bounds: tuple[float, float] = UNBOUNDED,
) -> str:
    """`value [low, high]`, or the value alone if there is no interval or all runs agree.

    Parameters
    ----------
    metric : Metric or Estimate
        What was measured.
    form : str
        Format of all three numbers, as in an f-string: ``".1%"``, ``"+.4f"``; with ``z`` nothing
        is written as -0.
    bounds : tuple of float
        What the quantity cannot pass, such as (0, 1) for a share. Ends beyond are cut; the value
        is not.

    >>> from lablib.evaluation import Interval
    >>> written(Metric(0.95, Interval(0.88, 1.02)))
    '0.950 [0.880, 1.020]'
    >>> written(Metric(0.95, Interval(0.88, 1.02)), ".0%", bounds=(0, 1))
    '95% [88%, 100%]'
    >>> written(Metric(30000), ",.0f")
    '30,000'
    """
    ends = metric.interval
    if ends is None or ends.low == ends.high:
        return f"{metric.value:{form}}"
    low, high = max(bounds[0], ends.low), min(bounds[1], ends.high)
    return f"{metric.value:{form}} [{low:{form}}, {high:{form}}]"


def full_record(name: str) -> Record | None:
    """The committed full record of experiment `name`; None if it has not been made."""
    return record.load(name, scale="full") if "full" in record.available(name) else None


def full_note(name: str, full: Record | None, *, options: str = "") -> str:
    """What the full record cost, or the command that makes it: the last sentence of a caption.

    Parameters
    ----------
    name : str
        `<topic>/<experiment>`.
    full : Record or None
        As `full_record` gives it.
    options : str
        What the command needs besides, such as ``"--folder DIR"``.

    >>> full_note("demo/coin", None, options="--folder DIR")
    'The full record is made by: lablib run demo/coin --scale full --folder DIR --save'
    """
    if full is None:
        words = ["lablib run", name, "--scale full", options, "--save"]
        return f"The full record is made by: {' '.join(filter(None, words))}"
    return (
        f"Full record: {full.cost['cpu_seconds']:,.0f} processor seconds, "
        f"{full.cost['peak_memory_mb']:,.0f} MB, device {full.environment['device']}."
    )


def beside_full(
    result: Record,
    names: Mapping[str, str | Callable[[Record], str]],
    *,
    caption: str,
    heading: str = "quantity",
    runs: str = "seeds",
    form: str = "z.3f",
    bounds: tuple[float, float] = UNBOUNDED,
    options: str = "",
) -> TableView:
    """A table of the page's record beside the full one, or beside the command that makes it.

    Parameters
    ----------
    result : Record
        Of this page; it names the experiment whose full record is looked for.
    names : mapping
        Label of a row to the metric in it, or to a function that writes the cell of a record.
        A metric that one of the two lacks is "not at this scale" there.
    caption : str
        Of what the intervals are; the note on the full record follows it.
    heading : str
        Above the labels.
    runs : str
        What a seed repeats: ``"seeds"`` or ``"splits"``.
    form : str
        Of the metrics, as in `written`.
    bounds : tuple of float
        What no metric of the table can pass, as in `written`; a cell that is a function writes
        its own.
    options : str
        As in `full_note`.

    Raises
    ------
    ValueError
        If no record that is at hand has a metric of `names`.
    """
    full = full_record(result.experiment)
    found = [one for one in (result, full) if one is not None]
    for name in names.values():
        if isinstance(name, str) and not any(name in one.metrics for one in found):
            raise ValueError(
                f"names has metric {name!r}, which is in no record of {result.experiment} at hand; "
                "take it from the metrics of one of them"
            )
    here = f"this page, {len(result.seeds)} {runs}"
    there = f"full, {len(full.seeds)} {runs}" if full else "full"
    how = partial(written, form=form, bounds=bounds)
    rows = [
        {heading: label, here: _cell(result, cell, how), there: _cell(full, cell, how)}
        for label, cell in names.items()
    ]
    note = full_note(result.experiment, full, options=options)
    return table(rows, caption=f"{caption} {note}")


def _cell(
    found: Record | None, cell: str | Callable[[Record], str], how: Callable[[Metric], str]
) -> str:
    if found is None:
        return NOT_YET
    if not isinstance(cell, str):
        return cell(found)
    return how(found.metrics[cell]) if cell in found.metrics else NOT_HERE
