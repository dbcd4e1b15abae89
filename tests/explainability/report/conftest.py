"""One small table with a known truth: `late` and `money` decide, `noise` and `town` do not."""

import numpy as np
import pandas as pd
import pytest


def make_table(n=700, seed=0):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "late": rng.integers(0, 4, n),
            "money": rng.lognormal(8, 0.6, n).round(),
            "town": rng.choice(["east", "west"], n),
            "noise": rng.normal(size=n),
            "sex": rng.choice(["f", "m"], n),
        }
    )
    odds = 1.6 * (table["late"] - 1.5) - 1.5 * (np.log(table["money"]) - 8)
    table["bad"] = np.where(rng.random(n) < 1 / (1 + np.exp(-odds)), "yes", "no")
    return table


@pytest.fixture(scope="session")
def table():
    return make_table()


@pytest.fixture(scope="session")
def estimator(table):
    """A pipeline that takes amounts and classes, fitted on rows that no test measures on."""
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, QuantileTransformer

    columns = make_column_transformer(
        (OneHotEncoder(), ["town"]),
        (QuantileTransformer(n_quantiles=50), ["late", "money", "noise"]),
    )
    fresh = make_table(900, seed=1)
    return make_pipeline(columns, LogisticRegression()).fit(
        fresh[["late", "money", "town", "noise"]], fresh["bad"]
    )


@pytest.fixture(scope="session")
def settings():
    pytest.importorskip("torch")
    from lablib.explainability.report.settings import ReportSettings

    return ReportSettings(
        group="sex", rows=12, samples=100, recourse_rows=24, resamples=100, repeats=3,
        actionable=("late", "money"),
    )  # fmt: skip


@pytest.fixture(scope="session")
def subject(estimator, table, settings):
    from lablib.explainability.report.subject import wrap

    return wrap(estimator, table, None, target="bad", settings=settings)


@pytest.fixture(scope="session")
def parts(subject, table, settings):
    from lablib.explainability.report.parts import cut

    return cut(subject, table, None, target="bad", settings=settings)
