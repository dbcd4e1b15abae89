"""The report as one HTML file: no scripts, nothing fetched, each figure's numbers in a table."""

from __future__ import annotations

import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from lablib import __version__
from lablib.exercises.reports import page
from lablib.explainability.report import explanation_sections, model_sections, verdicts

if TYPE_CHECKING:
    from lablib.explainability.report.run import ExplanationReport

Section = Callable[["ExplanationReport"], str]
PACKAGES = ("numpy", "pandas", "scikit-learn", "torch", "captum", "shap")
ORDER: tuple[tuple[str, Section], ...] = (
    ("Data and model", model_sections.data),
    ("Is the model any good?", model_sections.score),
    ("Which columns does that need?", model_sections.importance),
    ("What single scores are made of", explanation_sections.attributions),
    ("Do the attributions tell the truth about the model?", explanation_sections.faithful),
    ("A tree that imitates the model", model_sections.surrogate),
    ("Models that can be read instead", model_sections.competitors),
    ("What a refused person could do", explanation_sections.recourse),
)


def html(report: ExplanationReport) -> str:
    """The whole document.

    Parameters
    ----------
    report : ExplanationReport
        All findings.
    """
    title = report.settings.title or f"{report.subject.name} on {report.target}"
    found = "".join(f"<li>{page.text(sentence)}</li>" for sentence in verdicts.sentences(report))
    parts = [
        f"<h1>Explained: {page.text(title)}</h1>",
        f'<section aria-label="Findings"><h2>In short</h2><ul>{found}</ul></section>',
    ]
    parts += [f"<h2>{page.text(name)}</h2>{section(report)}" for name, section in ORDER]
    parts += ["<h2>What this report does not show</h2>", _limits(report)]
    parts += ["<h2>How it was made</h2>", _made(report)]
    return page.page(f"Explained: {title}", "\n".join(parts))


def _limits(report: ExplanationReport) -> str:
    apart = (
        "The held-out rows were given as rows that the model has never seen. If it has, every "
        "score above is too good."
        if report.parts.from_training
        else "The held-out rows are half of the table; whether the model had seen them in training "
        "cannot be known from here. If it had, every score above is too good."
    )
    limits = [
        apart,
        "Features are not causes. Nothing here says what would happen if a person changed a value; "
        "recourse changes the score, not what the score predicts, and nobody tried it.",
        "Attributions are relative to one usual row, and removing columns makes rows that may not "
        "exist. Another baseline gives other numbers. Beating random orders is the least that can "
        "be asked: it does not make a method right.",
        "The intervals are for new rows like these and this fitted model. Another training run, "
        "another place or a later year is not in them, and several intervals at 95 % miss more "
        "often than one.",
        "The imitating tree shows agreement, not reasons. Do not give its rules to a person as the "
        "reasons of a decision.",
        "Leaving a group's column out of the model is not fairness, and the table by group, if "
        "there is one, is no fairness audit.",
        "No layer of the model was destroyed to see whether the explanations change, and nobody "
        "was asked whether they help.",
    ]
    return "<ul>" + "".join(f"<li>{page.text(limit)}</li>" for limit in limits) + "</ul>"


def _made(report: ExplanationReport) -> str:
    facts = {
        "Version": f"lablib {__version__}, Python {platform.python_version()}",
        "Packages": ", ".join(f"{name} {_version(name)}" for name in PACKAGES),
        "Seed": str(report.settings.seed),
        "Processor time": f"{report.cpu_seconds:.0f} s",
    }
    rows = "".join(f"<dt>{page.text(k)}</dt><dd>{page.text(v)}</dd>" for k, v in facts.items())
    notes = "".join(f"<li>{page.text(note)}</li>" for note in report.notes)
    return f"<dl>{rows}</dl>" + (f"<ul>{notes}</ul>" if notes else "")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
