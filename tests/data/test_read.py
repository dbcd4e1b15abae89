import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest

from lablib.data import DataError, card, load
from lablib.data.read import load_card


def test_two_rows_travel_from_the_index_to_the_table(tiny):
    data = load_card(tiny.card)
    assert len(data) == 2
    assert list(data.target) == [0, 1]
    assert list(data.features["amount"]) == [1169, 5951]
    assert list(data.sensitive["sex"]) == ["male", "female"]
    assert list(data.features.columns) == list(tiny.card.features)


def test_the_second_load_touches_no_network(tiny, request):
    first = load_card(tiny.card)
    request.getfixturevalue("closed_network")
    pd.testing.assert_frame_equal(load_card(tiny.card).features, first.features)


def test_a_folder_with_the_archive_is_enough(tiny, tmp_path, closed_network):
    (tmp_path / tiny.card.archive).write_bytes(tiny.archive)
    assert len(load_card(tiny.card, folder=tmp_path)) == 2
    assert tiny.cached() == []


def test_a_folder_with_the_file_is_enough(tiny, tmp_path, closed_network):
    (tmp_path / "german.data").write_bytes(tiny.rows)
    assert len(load_card(tiny.card, folder=str(tmp_path))) == 2


def test_a_changed_file_in_a_folder_is_refused(tiny, tmp_path):
    (tmp_path / "german.data").write_bytes(tiny.rows.replace(b"1169", b"1168"))
    with pytest.raises(DataError, match=rf"^german-credit: {tiny.member} .* the file was changed"):
        load_card(tiny.card, folder=tmp_path)


def test_a_truncated_archive_in_a_folder_is_refused_and_left_alone(tiny, tmp_path):
    (tmp_path / tiny.card.archive).write_bytes(tiny.archive[:50])
    with pytest.raises(DataError, match="german-credit: .* it is truncated or another release"):
        load_card(tiny.card, folder=tmp_path)
    assert (tmp_path / tiny.card.archive).read_bytes() == tiny.archive[:50]


def test_an_empty_folder_is_named(tiny, tmp_path):
    with pytest.raises(DataError, match=r"holds neither tiny-1\.0.*whl nor german\.data; put one"):
        load_card(tiny.card, folder=tmp_path)


def serve(tiny, archive, **changes):
    """A card whose archive hash is right, so that only what is inside can be wrong."""
    tiny.serve(archive)
    return replace(tiny.card, archive_sha256=tiny.sha(archive), **changes)


def test_a_changed_file_in_a_right_archive_is_refused(tiny):
    changed = serve(tiny, tiny.zipped({tiny.member: tiny.rows + b"\n"}))
    with pytest.raises(DataError, match=f"expected {tiny.sha(tiny.rows)}; the file was changed"):
        load_card(changed)


def test_a_file_missing_in_the_archive_is_named(tiny):
    absent = serve(tiny, tiny.zipped({"package/other.data": b"x"}))
    with pytest.raises(DataError, match=f"^german-credit: .* holds no file {tiny.member}; "):
        load_card(absent)


def test_an_archive_that_is_no_zip_is_named(tiny):
    with pytest.raises(
        DataError, match="is not a readable zip archive .*; delete it and load again"
    ):
        load_card(serve(tiny, b"<html>please log in</html>"))


def test_a_row_count_that_differs_from_the_card_is_named(tiny):
    with pytest.raises(DataError, match="read 2 rows, expected 3 with a target of 0 and 1"):
        load_card(replace(tiny.card, rows=3))


def test_content_the_reader_does_not_know_is_named(tiny):
    rows = tiny.rows.replace(b"A43", b"A47")
    odd = serve(tiny, tiny.zipped({tiny.member: rows}), files={tiny.member: tiny.sha(rows)})
    with pytest.raises(DataError, match="column purpose: code 'A47' has no known meaning"):
        load_card(odd)


def test_an_unknown_kind_is_named(tiny):
    with pytest.raises(DataError, match="no reader for kind 'sound'; known kinds: tabular"):
        load_card(replace(tiny.card, kind="sound"))


def test_sensitive_columns_join_the_features_only_by_name(tiny):
    data = load_card(tiny.card, sensitive_in_features=["age"])
    assert set(data.features) == {*tiny.card.features, "age"}
    assert "age" in data.sensitive
    with pytest.raises(
        ValueError, match="'amount' is not a sensitive column of german-credit; choo"
    ):
        load_card(tiny.card, sensitive_in_features=("amount",))


def test_importing_the_data_layer_is_light():
    code = (
        "import sys, lablib.data\n"
        "heavy = {'torch', 'sklearn', 'pandas', 'numpy', 'requests', 'pypi_simple'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# The real run: two archives, fetched once into the user's cache, then read without a network.


@pytest.fixture(scope="module")
def real():
    return {name: load(name) for name in ("credit-default", "german-credit")}


def test_credit_default_is_the_published_table(real):
    data = real["credit-default"]
    assert data.features.shape == (30_000, 20)
    assert data.target.value_counts().to_dict() == {0: 23_364, 1: 6_636}
    assert data.sensitive["sex"].value_counts().to_dict() == {"female": 18_112, "male": 11_888}
    education = data.features["education"].value_counts().to_dict()
    assert education == {1: 10_585, 2: 14_030, 3: 4_917, 4: 123 + 280 + 51 + 14}
    assert data.sensitive["marriage"].value_counts().to_dict() == {
        "single": 15_964,
        "married": 13_659,
        "other": 323 + 54,
    }
    assert all(dtype.kind in "if" for dtype in data.features.dtypes)
    assert not data.features.isna().any().any()


def test_credit_default_carries_signal_but_not_the_answer(real):
    """Two-sided: one late payment predicts default, and nothing predicts it too well."""
    from sklearn.metrics import roc_auc_score

    data = real["credit-default"]
    aucs = data.features.apply(lambda column: roc_auc_score(data.target, column))
    assert 0.65 < aucs["pay_0"] < 0.75
    assert aucs.max() < 0.75


def test_german_credit_is_the_published_table(real):
    data = real["german-credit"]
    assert data.features.shape == (1_000, 17)
    assert data.target.sum() == 300
    assert data.sensitive["personal_status"].value_counts().to_dict() == {
        "male, single": 548,
        "female, divorced, separated or married": 310,
        "male, married or widowed": 92,
        "male, divorced or separated": 50,
    }
    assert data.sensitive["age"].agg(["min", "max"]).tolist() == [19, 75]


def test_real_data_load_again_without_a_network(real, closed_network):
    for name, first in real.items():
        again = load(name)
        pd.testing.assert_frame_equal(again.features, first.features)
        pd.testing.assert_series_equal(again.target, first.target)


def test_adult_and_compas_are_the_published_tables():
    """Both lie in the archive that german-credit has fetched already."""
    adult, compas = load("adult"), load("compas")
    assert (len(adult), int(adult.target.sum())) == (48_842, 7_841 + 3_846)
    assert int(adult.take(range(32_561)).target.sum()) == 7_841
    assert (len(compas), int(compas.target.sum())) == (6_172, 2_809)
    assert compas.sensitive["race"].value_counts()["African-American"] == 3_175
    assert compas.scores.agg(["min", "max"]).to_numpy().tolist() == [[1, 1], [10, 10]]


def test_compas_holds_no_direct_identifier():
    compas = load("compas")
    held = [*compas.features, *compas.sensitive, *compas.scores, compas.target.name]
    assert not set(held) & set(card("compas").identifiers_dropped)
    text = pd.concat([compas.features, compas.sensitive, compas.scores], axis=1)
    words = {
        str(value) for column in text.select_dtypes("category") for value in text[column].unique()
    }
    assert words == {
        *("felony", "misdemeanour", "Male", "Female", "African-American", "Asian", "Caucasian"),
        *("Hispanic", "Native American", "Other"),
    }


def test_audit_resumes_are_the_published_rates():
    """Bertrand and Mullainathan (2004), Table 1: 9.65 % and 6.45 %, and two names of each an ad."""
    data = load("audit-resumes")
    groups = data.sensitive["name_group"]
    counts = data.target.groupby(groups, observed=True).agg(["sum", "count"])
    assert counts.loc["white"].tolist() == [235, 2_435]
    assert counts.loc["Black"].tolist() == [157, 2_435]
    white = (groups == "white").groupby(data.features["ad"]).mean()
    assert (len(white), white.unique().tolist()) == (1_323, [0.5])
    assert data.sensitive["first_name"].nunique() == 36
    assert not data.features.isna().any().any()
