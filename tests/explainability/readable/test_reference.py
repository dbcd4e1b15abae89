import numpy as np
import pandas as pd
import pytest

from lablib.explainability.readable import additive, reference

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    features = pd.DataFrame({"a": rng.normal(size=600), "b": rng.integers(0, 3, 600).astype(float)})
    return features, (features["a"] + features["b"] > rng.normal(1, 1, 600)).astype(int).to_numpy()


def test_our_call_at_the_librarys_settings_is_the_library(table):
    pytest.importorskip("interpret")
    theirs = reference.interpret_ebm(*table, seed=1)
    ours = additive.fit_ebm(*table, seed=1, outer_bags=14, interactions="3x")
    assert np.allclose(theirs.predict(table[0]), ours.predict(table[0]), atol=1e-12)
    assert theirs.size == ours.size


def test_a_list_of_imodels_has_at_most_so_many_values(table):
    pytest.importorskip("imodels")
    model = reference.imodels_rule_list(*table, length=3)
    assert 2 <= len(np.unique(model.predict(table[0]))) <= model.size == 4


def test_a_missing_library_is_named_with_its_fix(monkeypatch, table):
    monkeypatch.setitem(__import__("sys").modules, "imodels", None)
    with pytest.raises(RuntimeError, match="run: pip install imodels"):
        reference.imodels_rule_list(*table, length=2)
