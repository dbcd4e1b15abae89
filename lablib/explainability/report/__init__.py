"""A report that explains your own two-class model and tests its explanations.

From Python, with a model that you have at hand: `report.explain(model, table, target="column")`.
In a shell: `lablib explain --model model.joblib --data table.csv --target column --trust-model`.
Loading a model file can run any code that its author put there; the Python call loads nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from lablib.explainability.report.run import ExplanationReport

__all__ = ["explain"]


def explain(
    model: Any,
    table: pd.DataFrame,
    *,
    target: str,
    train: pd.DataFrame | None = None,
    **settings: Any,
) -> ExplanationReport:
    """Explain a fitted model on rows that it was not fitted on.

    Parameters
    ----------
    model : estimator, Module or callable
        A scikit-learn classifier or pipeline with `predict_proba`; a torch module from numbers
        (M, F) to log-odds (M,), (M, 1) or two columns (M, 2); or any function from a table with
        the columns of `features` to probabilities (M,) of the positive class.
    table : DataFrame, shape (N, ...)
        Rows the model has never seen, with the column `target` of two values.
    target : str
        The column that the model predicts.
    train : DataFrame, optional
        The rows the model was fitted on. Readable competitors are then fitted on the same rows, and
        all of `table` is held out; without it `table` is cut in two halves.
    settings
        Fields of `settings.ReportSettings`, such as `group="sex"` or `actionable=("savings",)`.

    Raises
    ------
    ValueError
        If model, table and settings do not fit together; the message says how to make them fit.
    RuntimeError
        Without the `torch` and `explain` extras.

    Returns
    -------
    ExplanationReport
        `report.save("report.html")` writes one file; `report.verdicts` are its sentences.
    """
    from lablib.explainability.report import run

    return run.run(model, table, target=target, train=train, **settings)
