"""Sections on the model itself: its data, its quality, and what can be read instead of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lablib.exercises.reports import page
from lablib.explainability.report.marks import SHOWN, points
from lablib.explainability.report.verdicts import within

if TYPE_CHECKING:
    from lablib.explainability.report.run import ExplanationReport


def data(report: ExplanationReport) -> str:
    """What the model takes, and which rows were used."""
    subject, parts = report.subject, report.parts
    usual = report.explained.baseline
    facts = {
        "Model": f"{subject.name} ({subject.kind})",
        "Predicts": f"{report.target}: {subject.positive} (positive) or {subject.negative}",
        "Answer": f"positive from a probability of {report.settings.threshold:g} on",
        "Reference": f"{len(parts.reference):,} rows, {_origin(report)}",
        "Held out": f"{len(parts.held):,} rows, {parts.labels.mean():.1%} positive",
        "Not used": f"{parts.left_out:,} rows",
        "Copies": f"{parts.twins:,} held-out rows have an equal row in the reference",
    }
    listed = "".join(f"<dt>{page.text(k)}</dt><dd>{page.text(v)}</dd>" for k, v in facts.items())
    rows = []
    for place, column in enumerate(subject.coding.columns):
        values = parts.reference[:, place]
        known = values[~np.isnan(values)]
        span = (
            f"{column.words(known.min())} to {column.words(known.max())}"
            if column.classes is None and len(known)
            else f"{len(column.classes or ())} classes"
        )
        gone = float(np.mean([column.words(value) == "missing" for value in values]))
        rows.append(
            [
                page.text(column.name),
                "number" if column.classes is None else "class",
                page.text(span),
                f"{gone:.1%}",
                page.text(column.words(usual[place])),
            ]
        )
    table = page.table(
        ("Column", "Kind", "Values", "Missing", "Usual value"),
        rows,
        caption="Columns of the model, on the reference rows; explanations compare with the "
        "usual values",
        kinds={3: "number", 4: "number"},
    )
    return f"<dl>{listed}</dl>{table}"


def _origin(report: ExplanationReport) -> str:
    parts = report.parts
    if parts.fair:
        return "all that the model was fitted on"
    if parts.from_training:
        return "drawn from those that the model was fitted on"
    return "one half of the table"


def score(report: ExplanationReport) -> str:
    """Its scores beside the majority answer, and by group."""
    found = report.quality
    rows = [
        ["AUROC", within(found.auroc), "0.500"],
        ["Accuracy", within(found.accuracy), f"{found.majority_accuracy:.3f}"],
        ["Balanced accuracy", f"{found.balanced:.3f}", "0.500"],
        ["Brier score (0 is best)", f"{found.brier:.3f}", f"{found.brier_of_rate:.3f}"],
        ["Calibration error (0 is best)", f"{found.calibration_error:.3f}", "–"],
    ]
    text = page.table(
        ("On held-out rows", "Model", "One answer for all"),
        rows,
        caption=f"Scores with 95 % intervals; n = {found.auroc.n:,}",
        kinds={1: "number", 2: "number"},
    )
    if not found.groups:
        return text
    lines = [
        [
            page.text(name),
            *([within(one) for one in pair] if pair else ["too few rows"] * 2),
            str(pair[0].n if pair else "–"),
        ]
        for name, pair in found.groups.items()
    ]
    return text + page.table(
        (str(report.settings.group), f"Share answered {report.subject.positive}", "Accuracy", "n"),
        lines,
        caption="By group, with 95 % Clopper-Pearson intervals",
        kinds={1: "number", 2: "number", 3: "number"},
    )


def importance(report: ExplanationReport) -> str:
    """Permutation importance of each column, largest first."""
    names = report.subject.coding.names
    order = np.argsort([-one.value for one in report.importance], kind="stable")[:SHOWN]
    kept = [(names[i], report.importance[i]) for i in order]
    alt = (
        f"Shuffling {kept[0][0]} costs most, {kept[0][1].value:.3f} of AUROC; "
        f"{sum(one.interval.low > 0 for _, one in kept)} of {len(kept)} columns shown cost more "
        "than nothing with certainty."
    )
    caption = (
        f"Fall of AUROC when one column is shuffled ({report.settings.repeats} times), with 95 % "
        f"intervals over rows and shuffles; n = {report.importance[0].n:,} held-out rows. {alt}"
    )
    drawn = points(kept, alt=alt, caption=caption, label="fall of AUROC", line="no loss")
    return drawn + page.table(
        ("Column", "Fall of AUROC"),
        [[page.text(n), within(one, 4)] for n, one in kept],
        caption="The same in numbers; columns that tell the same story share their importance",
        kinds={1: "number"},
    )


def surrogate(report: ExplanationReport) -> str:
    """Fidelity of the stand-in beside its baseline and its control, and its rules."""
    found = report.stand_in
    rows = [
        [
            name,
            f"{one.agreement:.3f} ({one.interval.low:.3f} to {one.interval.high:.3f})",
            f"{one.constant:.3f}",
            f"{one.r2:.3f}",
        ]
        for name, one in (
            ("tree", found.fidelity),
            ("tree of shuffled scores (control)", found.permuted),
        )
    ]
    text = page.table(
        ("Surrogate", "Same decision", "One answer for all", "R² of the log-odds"),
        rows,
        caption=f"Fidelity on n = {found.fidelity.n:,} held-out rows, 95 % Wilson intervals: "
        "agreement with the model, not with the truth",
        kinds={1: "number", 2: "number", 3: "number"},
    )
    rules = [[page.text(words), f"{p:.0%}", f"{share:.0%}"] for words, p, share in found.rules]
    return text + page.table(
        ("Rule", "Typical probability", "Share of rows"),
        rules,
        caption="The tree as rules that never overlap",
        kinds={1: "number", 2: "number"},
    )


def competitors(report: ExplanationReport) -> str:
    """Readable models beside the explained one."""
    rows = [[page.text(report.subject.name), "–", within(report.quality.auroc), "–"]]
    rows += [
        [page.text(one.name), page.text(one.size), within(one.auroc), within(one.cost)]
        for one in report.competitors
    ]
    few = (
        ""
        if report.parts.fair
        else (", perhaps fewer than the model had, so reading may cost less than is shown here")
    )
    return page.table(
        ("Model", "To read", "AUROC", "Model above it by"),
        rows,
        caption=f"Readable models fitted on the reference rows{few}; paired bootstrap differences, "
        "95 %",
        kinds={2: "number", 3: "number"},
    )
