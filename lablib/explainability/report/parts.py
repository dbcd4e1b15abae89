"""The rows of a report: a reference to compare and fit on, and held-out rows to measure on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from lablib.explainability.report.coding import Floats
from lablib.explainability.report.settings import ReportSettings
from lablib.explainability.report.subject import Subject

LEAST = 20  # rows of each class on either side
REFERENCE = 10  # times as many reference rows as held-out ones, at most


@dataclass(frozen=True, eq=False)
class ReportRows:
    """Coded rows (R, F) and (N, F) with 0/1 labels; `groups` (N,) of the held-out rows, or None.

    - from_training, fair: whether the reference rows are from those that the model was fitted on,
      and whether they are all of them, so that a competitor fitted on them saw as much.
    - twins: held-out rows that also stand among the reference rows, features and target.
    - left_out: rows that were not used because there were more than `ReportSettings.most_rows`
      allows.
    """

    reference: Floats
    reference_labels: NDArray[np.int64]
    held: Floats
    labels: NDArray[np.int64]
    groups: NDArray[Any] | None
    from_training: bool
    fair: bool
    twins: int
    left_out: int


def cut(
    subject: Subject,
    table: pd.DataFrame,
    train: pd.DataFrame | None,
    *,
    target: str,
    settings: ReportSettings,
) -> ReportRows:
    """Divide the rows: `train` and `table`, or two random halves of `table`.

    Parameters
    ----------
    subject : Subject
        Whose coding the rows get.
    table, train, target, settings
        As for `report.explain`.

    Raises
    ------
    ValueError
        If the group is no column, or a part has fewer than 20 rows of a class.
    """
    group = settings.group
    if group is not None and group not in table.columns:
        raise ValueError(f"group is {group!r}; the table has {', '.join(map(str, table.columns))}")
    whole = table.reset_index(drop=True)
    if train is None:
        labels = subject.label(whole[target])
        if min(labels.sum(), len(labels) - labels.sum()) < 2 * LEAST:
            raise ValueError(_too_few(subject, labels, 2 * LEAST))
        rows = np.arange(len(whole))
        first, second = train_test_split(
            rows, test_size=0.5, stratify=labels, random_state=settings.seed
        )
        known, held = whole.iloc[first], whole.iloc[second]
    else:
        known, held = train.reset_index(drop=True), whole
    known_kept = _drawn(known, REFERENCE * settings.most_rows, settings.seed)
    held_kept = _drawn(held, settings.most_rows, settings.seed)
    for part in (known_kept, held_kept):
        labels = subject.label(part[target])
        if min(labels.sum(), len(labels) - labels.sum()) < LEAST:
            raise ValueError(_too_few(subject, labels, LEAST))
    columns = [*subject.coding.names, target]
    seen = set(pd.util.hash_pandas_object(known[columns], index=False))
    twins = pd.util.hash_pandas_object(held_kept[columns], index=False).isin(seen)
    return ReportRows(
        reference=subject.coding.encode(known_kept),
        reference_labels=subject.label(known_kept[target]),
        held=subject.coding.encode(held_kept),
        labels=subject.label(held_kept[target]),
        groups=None if group is None else held_kept[group].astype(str).to_numpy(),
        from_training=train is not None,
        fair=train is not None and len(known_kept) == len(known),
        twins=int(twins.sum()),
        left_out=len(known) + len(held) - len(known_kept) - len(held_kept),
    )


def _drawn(part: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    return part if len(part) <= most else part.sample(most, random_state=seed)


def _too_few(subject: Subject, labels: NDArray[np.int64], least: int) -> str:
    return (
        f"the rows hold {int(labels.sum())} times {subject.positive!r} and "
        f"{int((1 - labels).sum())} times {subject.negative!r}; intervals need at least {least} "
        "of each, so give more rows"
    )
