import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from sklearn.metrics import r2_score

from lablib.evaluation import wilson
from lablib.explainability.readable import surrogate

probabilities = st.lists(st.floats(0, 1), min_size=2, max_size=30)


@pytest.fixture(scope="module")
def scored():
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(size=(4000, 3)), columns=["a", "b", "c"])
    return features, expit(2 * features["a"] + features["b"] * features["c"]).to_numpy()


def test_fidelity_by_hand():
    found = surrogate.fidelity([0.1, 0.2, 0.3, 0.9], [0.1, 0.2, 0.6, 0.9], threshold=0.5)
    assert found.agreement == 0.75  # the third row is refused by the surrogate only
    assert found.constant == 0.75  # "accept everyone" agrees as often
    assert found.gain == 0.0
    assert found.n == 4
    assert found.interval == wilson(3, 4)
    assert 0.5 < found.r2 < 1


@given(probabilities)
@settings(max_examples=50)
def test_a_perfect_stand_in_and_a_constant_one_mark_the_scale(scores):
    perfect = surrogate.fidelity(scores, scores, threshold=0.5)
    assert perfect.agreement == 1
    assert perfect.gain in (0.0, 1.0)
    assert perfect.r2 in (0.0, 1.0)
    log_odds = surrogate.logit(scores)
    mean = surrogate.fidelity(scores, np.full(len(scores), expit(log_odds.mean())), threshold=0.5)
    assert mean.r2 == pytest.approx(0, abs=1e-9)
    assert mean.agreement <= mean.constant


@given(probabilities, st.integers(0, 100))
@settings(max_examples=50)
def test_r2_is_sklearns_on_the_log_odds(scores, seed):
    guess = np.random.default_rng(seed).random(len(scores))
    ours = surrogate.fidelity(scores, guess, threshold=0.5).r2
    if np.ptp(surrogate.logit(scores)) > 1e-6:
        assert ours == pytest.approx(r2_score(surrogate.logit(scores), surrogate.logit(guess)))


def test_more_leaves_follow_the_scorer_more_closely(scored):
    features, scores = scored
    half = len(features) // 2
    found = [
        surrogate.fidelity(
            scores[half:],
            surrogate.distil(features[:half], scores[:half], max_leaves=k).predict(features[half:]),
            threshold=0.5,
        ).r2
        for k in (2, 8, 32)
    ]
    assert found[0] < found[1] < found[2] < 1


def test_a_surrogate_of_permuted_scores_has_no_fidelity(scored):
    """The control that must fail."""
    features, scores = scored
    half = len(features) // 2
    permuted = np.random.default_rng(0).permutation(scores[:half])
    tree = surrogate.distil(features[:half], permuted, max_leaves=8)
    found = surrogate.fidelity(scores[half:], tree.predict(features[half:]), threshold=0.5)
    assert -0.2 < found.r2 < 0.05


def test_agreement_alone_rewards_a_constant_where_the_baseline_is_high():
    """The wrong variant: agreement without its baseline calls an empty surrogate good."""
    scores = np.r_[np.linspace(0.01, 0.2, 95), np.full(5, 0.9)]
    empty = surrogate.fidelity(scores, np.full(100, 0.05), threshold=0.5)
    assert empty.agreement == 0.95
    assert empty.gain == 0
    assert empty.r2 < 0.1


def test_rules_cover_the_rows_and_carry_probabilities(scored):
    features, scores = scored
    tree = surrogate.distil(features, scores, max_leaves=6)
    caught = np.stack([rule.holds(features) for rule in tree.rules()])
    assert (caught.sum(axis=0) == 1).all()
    assert tree.size == 6
    by_rule = caught.T @ np.array([rule.probability for rule in tree.rules()])
    assert np.allclose(by_rule, tree.predict(features))


def test_bad_input_is_named(scored):
    features, scores = scored
    with pytest.raises(ValueError, match="between 0 and 1"):
        surrogate.fidelity([0.1, 1.2], [0.1, 0.2], threshold=0.5)
    with pytest.raises(ValueError, match="one of each a row"):
        surrogate.fidelity([0.1, 0.2], [0.1], threshold=0.5)
    with pytest.raises(ValueError, match="max_leaves is 1"):
        surrogate.distil(features, scores, max_leaves=1)
    with pytest.raises(ValueError, match="one score a row"):
        surrogate.distil(features, scores[:5], max_leaves=4)
