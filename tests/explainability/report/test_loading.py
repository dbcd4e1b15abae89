import pickle
from pathlib import Path

import joblib
import pytest
from sklearn.linear_model import LogisticRegression

from lablib.explainability.report import loading


class Bomb:
    """Leaves a file behind as soon as it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("name", ["bad.pkl", "bad.joblib", "bad.pickle"])
def test_an_untrusted_file_is_not_even_opened(tmp_path, name):
    mark = tmp_path / "it ran"
    (tmp_path / name).write_bytes(pickle.dumps(Bomb(mark)))
    with pytest.raises(ValueError, match="LOADING A MODEL FILE RUNS CODE") as refusal:
        loading.model(tmp_path / name, trust=False)
    assert not mark.exists()
    assert "--trust-model" in str(refusal.value)
    assert "lablib.explainability.report.explain" in str(refusal.value)
    # The danger is real: with trust the code of the file runs.
    loading.model(tmp_path / name, trust=True)
    assert mark.exists()


@pytest.mark.parametrize("name", ["net.pt", "net.pt2"])
def test_torch_files_need_trust_too(tmp_path, name):
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(ValueError, match="RUNS CODE"):
        loading.model(tmp_path / name, trust=False)
    pytest.importorskip("torch")
    with pytest.raises(ValueError, match="holds no"):
        loading.model(tmp_path / name, trust=True)


def test_a_trusted_model_comes_with_its_hash(tmp_path):
    place = tmp_path / "model.joblib"
    joblib.dump(LogisticRegression(C=3), place)
    found, remarks = loading.model(place, trust=True)
    assert found.C == 3
    assert loading.sha256(place)[:16] in remarks[0]
    assert "loaded as trusted code" in remarks[0]


def test_files_that_hold_no_model_are_refused(tmp_path):
    (tmp_path / "model.joblib").write_bytes(b"not a model")
    with pytest.raises(ValueError, match="could not be loaded"):
        loading.model(tmp_path / "model.joblib", trust=True)
    (tmp_path / "model.h5").write_bytes(b"")
    with pytest.raises(ValueError, match="give a file that ends in"):
        loading.model(tmp_path / "model.h5", trust=True)
    with pytest.raises(ValueError, match="is no file"):
        loading.model(tmp_path / "absent.joblib", trust=True)


def test_tables(tmp_path, table):
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_csv(tmp_path / "t.tsv", index=False, sep="\t")
    table.to_csv(tmp_path / "t.csv.gz", index=False)
    for name in ("t.csv", "t.tsv", "t.csv.gz"):
        assert loading.table(tmp_path / name).shape == table.shape
    (tmp_path / "t.xlsx").write_bytes(b"")
    with pytest.raises(ValueError, match="give a file that ends in .csv"):
        loading.table(tmp_path / "t.xlsx")
    (tmp_path / "empty.csv").write_text("a,b\n")
    with pytest.raises(ValueError, match="has no rows"):
        loading.table(tmp_path / "empty.csv")
    (tmp_path / "none.csv").write_text("")
    with pytest.raises(ValueError, match="could not be read as a table"):
        loading.table(tmp_path / "none.csv")
