import argparse
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from lablib.fairness.report import commands

VOID = {"meta", "br", "path", "use", "link"}


class Balanced(HTMLParser):
    """Every tag that opens closes, and no attribute loads anything."""

    def __init__(self, text):
        super().__init__()
        self.open, self.headings = [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        assert not {"src", "onclick", "onload"} & {name for name, _ in attrs}
        if tag in ("h1", "h2"):
            self.headings.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture
def file(tmp_path):
    rng = np.random.default_rng(0)
    sex = np.array(["f", "<b>m</b>"])[rng.integers(0, 2, 400)]
    truth = rng.integers(0, 2, 400)
    chance = 0.3 + 0.2 * truth + 0.2 * (sex != "f")
    table = pd.DataFrame({
        "outcome": truth, "decision": (rng.random(400) < chance).astype(int), "sex": sex,
        "race": np.array(["NA", "b", "c"])[rng.integers(0, 3, 400)], "p": chance,
    })  # fmt: skip
    path = tmp_path / "decisions.csv"
    table.to_csv(path, index=False)
    return path


def parser():
    found = argparse.ArgumentParser()
    commands.add_verb(found.add_subparsers())
    return found


def run(*words):
    options = parser().parse_args(["fairness-report", *map(str, words)])
    return options.verb(options)


def test_one_command_from_file_to_page(file, tmp_path):
    out = tmp_path / "made" / "report.html"
    text, code = run(
        "--data", file, "--truth", "outcome", "--prediction", "decision", "--group", "sex",
        "--group", "race", "--score", "p", "--out", out,
    )  # fmt: skip
    assert code == 0
    assert "sex: Demographic parity gap" in text
    assert text.endswith(f"written: {out}")
    page = out.read_text("utf-8")
    assert Balanced(page).headings.count("h1") == 1
    assert "&lt;b&gt;m&lt;/b&gt;" in page
    assert "<b>m" not in page
    assert "NA × " not in page  # the combination is named in the order of the columns
    assert re.search(r"f × NA", page)
    assert "What this report does not show" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "<script" not in page
    assert page.count("<table") == 3 * 3
    named = re.findall(r'role="region"[^>]* aria-label="([^"]*)"', page)
    assert len(set(named)) == len(named) == 9
    assert [path.name for path in out.parent.iterdir()] == ["report.html"]


def test_words_for_labels_and_a_call_from_python(file, tmp_path):
    table = pd.read_csv(file)
    words = table.assign(**{
        name: np.where(table[name] == 1, "yes", "no") for name in ("outcome", "decision")
    })  # fmt: skip
    options = {"truth": "outcome", "prediction": "decision", "groups": ["sex"]}
    found = commands.audit_table(words, positive="yes", **options)
    same = commands.fairness_report(
        table["outcome"], table["decision"], {"sex": table["sex"]}, out=tmp_path / "a.html"
    )
    assert found == same
    assert (tmp_path / "a.html").exists()
    with pytest.raises(ValueError, match="name the value that means 1"):
        commands.audit_table(words, **options)
    with pytest.raises(ValueError, match="needs two values"):
        commands.audit_table(words, positive="maybe", **options)
    with pytest.raises(ValueError, match="1 empty cells"):
        commands.audit_table(words.replace({"outcome": {"x": ""}}).assign(
            outcome=[None, *words["outcome"][1:]]), positive="yes", **options)  # fmt: skip


def test_wrong_files_and_columns_are_named(file, tmp_path):
    base = ("--truth", "outcome", "--prediction", "decision", "--group", "sex")
    with pytest.raises(ValueError, match="there is no such file"):
        run("--data", tmp_path / "none.csv", *base)
    with pytest.raises(ValueError, match=r"no column 'outcom'; did you mean outcome\?"):
        run("--data", file, "--truth", "outcom", *base[2:])
    with pytest.raises(ValueError, match="ends in .html"):
        run("--data", file, *base, "--out", tmp_path / "a.pdf")
    other = tmp_path / "data.xlsx"
    other.touch()
    with pytest.raises(ValueError, match="ends in .csv"):
        run("--data", other, *base)
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(ValueError, match="cannot be read as a table"):
        run("--data", empty, *base)


def test_groups_without_a_name_are_refused_with_the_fix(file):
    table = pd.read_csv(file)
    for groups in (table["sex"], table["sex"].to_numpy(), table[["sex", "race"]], ["f"] * 400):
        with pytest.raises(ValueError, match=r'groups is a \w+; .* as in \{"sex": groups\}'):
            commands.fairness_report(table["outcome"], table["decision"], groups)
