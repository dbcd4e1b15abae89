"""The whole report through Python: what it says, and that it is one file that loads nothing."""

import re

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

pytest.importorskip("captum")

from lablib.explainability import report
from lablib.explainability.report import document

SMALL = {"rows": 10, "samples": 60, "recourse_rows": 12, "resamples": 100, "repeats": 2}


@pytest.fixture(scope="module")
def made(estimator, table):
    return report.explain(
        estimator, table, target="bad", group="sex", actionable=("late", "money"),
        title="Loans <b>&</b> more", **SMALL,
    )  # fmt: skip


@pytest.fixture(scope="module")
def soup(made):
    return BeautifulSoup(made.html(), "html.parser")


def test_every_verdict_has_its_number_and_its_baseline(made):
    score, faithful, tree, readable, ways = made.verdicts
    assert "beats that answer" in score
    assert f"{made.quality.majority_accuracy:.3f}" in score
    assert "sampled-shapley" in faithful
    assert f"{made.stand_in.fidelity.constant:.0%}" in tree
    assert "a difference of nothing is possible" in readable or "better" in readable
    assert "12 of 12 refused rows" in ways


def test_the_document_loads_nothing_and_runs_nothing(soup):
    assert not soup.find_all(["script", "link", "img", "iframe", "object", "embed", "form"])
    text = str(soup)
    assert not re.search(r"""(?:src|href)=["'](?!#)""", text.replace("xlink:href", "href"))
    assert "url(http" not in text
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'")
    assert "<b>&" not in text  # what a table or a title holds is text, never markup
    assert "prefers-color-scheme: dark" in text


def test_every_section_is_there_and_every_table_can_be_read_aloud(soup):
    headings = [h.get_text() for h in soup.find_all("h2")]
    for name, _ in document.ORDER:
        assert name in headings
    assert "What this report does not show" in headings
    for found in soup.find_all("table"):
        assert found.caption.get_text()
        assert all(cell.get("scope") == "col" for cell in found.thead.find_all("th"))
    for figure in soup.find_all("svg", recursive=True):
        if figure.find_parent("svg") is None:
            assert len(figure["aria-label"]) > 20


def test_names_and_values_that_look_like_markup_stay_text(table):
    rows = table.rename(columns={"late": "<script>alert(1)</script>"})
    first = rows.columns[0]

    def model(frame):
        return 1 / (1 + np.exp(1.5 - frame[first].to_numpy()))

    found = report.explain(model, rows, target="bad", features=(first, "money"), **SMALL).html()
    assert "<script" not in found
    assert "&lt;script&gt;" in found


def test_a_constant_model_gets_a_report_that_says_so(table):
    def model(rows):
        return np.full(len(rows), 0.3)

    found = report.explain(model, table, target="bad", features=("late", "money"), **SMALL)
    score, faithful, _, readable, ways = found.verdicts
    assert "does not beat that answer" in score
    assert "nothing that attributions could explain" in faithful
    assert "the readable model is better" in readable
    assert "no recourse to speak of" in ways
    text = found.html()
    assert "No method beats random attributions" in text
    assert "same answer: there is nothing to get out of" in text


def test_rows_of_training_are_not_cut_and_twins_are_counted(estimator, table):
    found = report.explain(
        estimator, table[:350], target="bad", train=table[300:], **SMALL, group="sex"
    )
    assert found.parts.fair
    assert len(found.parts.held) == 350
    assert found.parts.twins >= 50
    assert "all that the model was fitted on" in found.html()
    assert len(found.parts.reference) == 400


def test_of_large_tables_some_rows_are_drawn_and_the_report_says_so(estimator, table):
    many = pd.concat([table] * 5, ignore_index=True)
    small = {**SMALL, "most_rows": 200}
    found = report.explain(estimator, table, target="bad", train=many, **small, group="sex")
    assert (len(found.parts.held), len(found.parts.reference)) == (200, 2000)
    assert not found.parts.fair
    assert found.parts.left_out == 500 + 1500
    assert "drawn from those that the model was fitted on" in found.html()


def test_a_report_is_the_same_with_the_same_seed(estimator, table, made):
    again = report.explain(
        estimator, table, target="bad", group="sex", actionable=("late", "money"),
        title="Loans <b>&</b> more", **SMALL,
    )  # fmt: skip
    assert again.verdicts == made.verdicts


def test_files_other_than_html_are_never_overwritten(made, tmp_path):
    data = tmp_path / "table.csv"
    data.write_text("precious")
    with pytest.raises(ValueError, match="ends in .html"):
        made.save(data)
    assert data.read_text() == "precious"
    assert made.save(tmp_path / "new" / "report.html").read_text().startswith("<!DOCTYPE html>")
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["report.html"]


def test_wrong_settings_and_small_tables_are_named(estimator, table):
    with pytest.raises(ValueError, match="setting 'grup' is unknown"):
        report.explain(estimator, table, target="bad", grup="sex")
    with pytest.raises(ValueError, match="group is 'age'"):
        report.explain(estimator, table, target="bad", group="age")
    with pytest.raises(ValueError, match="table is a ndarray; give a pandas DataFrame"):
        report.explain(estimator, table.to_numpy(), target="bad")
    with pytest.raises(ValueError, match="columns without names"):
        report.explain(estimator, table.set_axis(range(6), axis=1), target="bad")
    with pytest.raises(ValueError, match="two columns 'late'"):
        report.explain(estimator, table.rename(columns={"money": "late"}), target="bad")
    with pytest.raises(ValueError, match="intervals need at least 40 of each"):
        report.explain(estimator, table[:60], target="bad")
