import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier

from lablib.evaluation import roc_auc, shuffled_labels
from lablib.explainability.readable import scorers


@pytest.fixture(scope="module")
def crossed():
    """Log-odds with an interaction that no additive model can hold, and a heavy tail."""
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(size=(4000, 3)), columns=["a", "b", "c"])
    target = (rng.random(4000) < expit(3 * features["a"] * features["b"])).astype(int)
    features["c"] = np.exp(5 * features["c"])
    return features, np.asarray(target)


def halves(crossed):
    features, target = crossed
    return features[:3000], target[:3000], features[3000:], target[3000:]


def test_the_majority_scores_everyone_alike(crossed):
    features, target = crossed
    scorer = scorers.fit_majority(target)
    assert scorer.size == 1
    assert np.ptp(scorer.predict(features)) == 0
    assert scorer.predict(features)[0] == target.mean()


def test_boosted_trees_are_sklearns(crossed):
    x, y, new, _ = halves(crossed)
    ours = scorers.fit_boosted(x, y, trees=20, leaves=6, seed=1)
    theirs = HistGradientBoostingClassifier(
        max_iter=20, max_leaf_nodes=6, learning_rate=0.05, min_samples_leaf=50,
        l2_regularization=1.0, early_stopping=False, random_state=1,
    ).fit(x, y)  # fmt: skip
    assert np.allclose(ours.predict(new), theirs.predict_proba(new)[:, 1])
    assert ours.size == 120


@pytest.fixture(scope="module")
def network(crossed):
    pytest.importorskip("torch")
    x, y, new, labels = halves(crossed)
    return scorers.fit_neural(x, y, validation=(new, labels), hidden=(32, 32), epochs=12)


def test_the_network_learns_what_a_line_cannot(crossed, network):
    x, y, new, labels = halves(crossed)
    line = roc_auc(labels, scorers.fit_logistic(x, y).predict(new))
    assert 0.42 < line < 0.6
    assert 0.75 < roc_auc(labels, network.predict(new)) < 0.95


def test_the_network_returns_probabilities_whatever_the_scale(crossed, network):
    _, _, new, _ = halves(crossed)
    stretched = new.assign(c=new["c"] * 1e9)
    scores = network.predict(stretched)
    assert scores.shape == (len(new),)
    assert np.isfinite(scores).all()
    assert ((scores >= 0) & (scores <= 1)).all()
    assert network.size == 3 * 32 + 32 + 32 * 32 + 32 + 32 + 1


def test_shuffled_labels_leave_nothing_to_learn(crossed):
    """The control that must fail."""
    x, y, new, labels = halves(crossed)
    scorer = scorers.fit_boosted(x, shuffled_labels(y, seed=0))
    assert 0.42 < roc_auc(labels, scorer.predict(new)) < 0.58
