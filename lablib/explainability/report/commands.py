"""The verb `lablib explain`: read the files, make the report, say what it found."""

from __future__ import annotations

import argparse
from typing import Any

SETTINGS = ("positive", "refused", "threshold", "group", "output", "rows", "seed", "title")


def add_verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare `lablib explain`."""
    one = verbs.add_parser(
        "explain",
        help="a report that explains your own model, and tests its explanations",
        description="Write one HTML file that explains a two-class model and tests the "
        "explanations. Loading a model file runs code of its author: it needs --trust-model.",
    )
    one.add_argument(
        "--model",
        required=True,
        metavar="FILE",
        help=".joblib or .pkl of scikit-learn, .pt2 of torch.export, .pt of TorchScript",
    )
    one.add_argument(
        "--data",
        required=True,
        metavar="FILE",
        help="rows the model has never seen: .csv, .tsv or .parquet",
    )
    one.add_argument("--target", required=True, metavar="COLUMN", help="what the model predicts")
    one.add_argument(
        "--trust-model",
        action="store_true",
        help="you trust the author of the model file; loading it runs code",
    )
    one.add_argument("--out", default="explanation.html", metavar="FILE", help="the .html to write")
    one.add_argument(
        "--train", metavar="FILE", help="rows it was fitted on: competitors get the same"
    )
    one.add_argument("--features", metavar="A,B", help="columns the model takes, in its order")
    one.add_argument("--group", metavar="COLUMN", help="compare groups of people by this column")
    one.add_argument("--actionable", metavar="A,B", help="columns that a person could change")
    one.add_argument("--positive", metavar="VALUE", help="the answer that the score is for")
    one.add_argument("--refused", metavar="VALUE", help="the answer a person would want to leave")
    one.add_argument(
        "--threshold",
        type=float,
        metavar="P",
        help="probability from which on the answer is positive (0.5)",
    )
    one.add_argument("--output", choices=("log-odds", "probability"), help="of a torch model")
    one.add_argument("--rows", type=int, metavar="N", help="rows whose scores are explained (40)")
    one.add_argument("--seed", type=int, metavar="N", help="of all that is drawn (0)")
    one.add_argument("--title", metavar="TEXT", help="heading of the report")
    one.set_defaults(verb=explain)


def explain(options: argparse.Namespace) -> tuple[str, int]:
    """Make the report of a command line; the text to print and the exit code.

    Parameters
    ----------
    options : Namespace
        As declared by `add_verb`.
    """
    from pathlib import Path

    from lablib.explainability.report import loading

    if Path(options.out).suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"out is {options.out!r}; a report is a file that ends in .html")
    table = loading.table(options.data)
    train = loading.table(options.train) if options.train else None
    model, remarks = loading.model(options.model, trust=options.trust_model)
    from lablib.explainability.report import explain as make

    settings: dict[str, Any] = {
        name: getattr(options, name) for name in SETTINGS if getattr(options, name) is not None
    }
    for name in ("features", "actionable"):
        if (text := getattr(options, name)) is not None:
            settings[name] = tuple(part.strip() for part in text.split(",") if part.strip())
    report = make(model, table, target=options.target, train=train, **settings)
    data = f"{Path(options.data).name} has sha256 {loading.sha256(options.data)[:16]}…."
    place = report.with_notes((*remarks, data)).save(options.out)
    note = f"note: {remarks[0]}" if remarks else ""
    return "\n".join([*report.verdicts, note, f"written: {place}"]), 0
