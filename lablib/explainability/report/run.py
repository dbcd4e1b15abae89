"""Make the report: wrap the model, cut the rows, measure each part once."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass, fields, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from lablib.explainability.report import changes, faithful, quality, simple
from lablib.explainability.report.parts import ReportRows, cut
from lablib.explainability.report.settings import ReportSettings
from lablib.explainability.report.subject import Subject, wrap


@dataclass(frozen=True, eq=False)
class ExplanationReport:
    """All findings about one model; `save` writes them as one HTML file."""

    subject: Subject
    parts: ReportRows
    settings: ReportSettings
    target: str
    table: pd.DataFrame
    quality: quality.ModelQuality
    importance: list[Any]
    explained: faithful.Explained
    stand_in: simple.StandIn
    competitors: tuple[simple.Competitor, ...]
    changes: changes.Changes | None
    cpu_seconds: float
    notes: tuple[str, ...] = ()

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What was found, in one sentence a section."""
        from lablib.explainability.report import verdicts

        return verdicts.sentences(self)

    def html(self) -> str:
        """The report as one HTML document that loads nothing from anywhere."""
        from lablib.explainability.report import document

        return document.html(self)

    def save(self, path: str | Path) -> Path:
        """Write the document to a file that ends in .html, replacing it in one step.

        Raises
        ------
        ValueError
            If the name does not end in .html, so that no table or model is overwritten.
        """
        place = Path(path)
        if place.suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"path is {str(path)!r}; a report is a file that ends in .html")
        text = self.html()
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(place)
        return place

    def with_notes(self, notes: tuple[str, ...]) -> ExplanationReport:
        """The same report with remarks about where the model came from."""
        return replace(self, notes=(*self.notes, *notes))


def run(
    model: Any,
    table: pd.DataFrame,
    *,
    target: str,
    train: pd.DataFrame | None = None,
    **options: Any,
) -> ExplanationReport:
    """Wrap, cut, and measure every part of the report once.

    Parameters
    ----------
    model, table, target, train
        As for `report.explain`.
    options
        Fields of `settings.ReportSettings`.
    """
    if find_spec("captum") is None:
        raise RuntimeError('a report needs captum; run: pip install "lablib[torch,explain]"')
    for name, part in (("table", table), ("train", train)):
        _check_table(name, part)
    known = [field.name for field in fields(ReportSettings)]
    if unknown := [name for name in options if name not in known]:
        raise ValueError(f"setting {unknown[0]!r} is unknown; use one of {', '.join(known)}")
    start = time.process_time()
    settings = ReportSettings(**options)
    subject = wrap(model, table, train, target=target, settings=settings)
    if subject.trees is not None and find_spec("shap") is None:
        subject = replace(subject, trees=None)
    parts = cut(subject, table, train, target=target, settings=settings)
    return ExplanationReport(
        subject=subject, parts=parts, settings=settings, target=target, table=table,
        quality=quality.measure(subject, parts, settings),
        importance=quality.permuted(subject, parts, settings),
        explained=faithful.explain(subject, parts, settings),
        stand_in=simple.stand_in(subject, parts, settings),
        competitors=simple.competitors(subject, parts, settings),
        changes=changes.find(subject, parts, settings),
        cpu_seconds=time.process_time() - start,
    )  # fmt: skip


def _check_table(name: str, table: Any) -> None:
    if table is None and name == "train":
        return
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"{name} is a {type(table).__name__}; give a pandas DataFrame")
    if not all(isinstance(column, str) for column in table.columns):
        raise ValueError(f"{name} has columns without names; give every column a text as name")
    if not table.columns.is_unique:
        twice = table.columns[table.columns.duplicated()][0]
        raise ValueError(f"{name} has two columns {twice!r}; give every column its own name")
