import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.explainability.transformer.probes import control_labels, fit_probe, lookup, probe


def test_the_probe_is_scikit_learns_ridge_classifier():
    from sklearn.linear_model import RidgeClassifier

    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(80, 6)) + 3, rng.integers(2, size=(80, 2))
    penalty = 0.3
    ours = fit_probe(x, y, penalty=penalty)
    centred = x - x.mean(0)
    alpha = penalty * np.trace(centred.T @ centred) / 6
    new = rng.normal(size=(200, 6)) + 3
    for task in range(2):
        theirs = RidgeClassifier(alpha=alpha).fit(x, y[:, task])
        assert ours.weight[:, task] == pytest.approx(theirs.coef_.ravel(), abs=1e-9)
        assert (ours.predict(new)[:, task] == theirs.predict(new).ravel()).all()


@given(st.floats(0.01, 100), st.integers(0, 100))
@settings(max_examples=25, deadline=None)
def test_the_scale_of_a_layer_does_not_matter(scale, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(30, 5)), rng.integers(2, size=30)
    one, other = (fit_probe(s * x, y, penalty=0.1).predict(s * x) for s in (1.0, scale))
    assert (one == other).mean() > 0.95


def test_control_labels_belong_to_word_types():
    words = ["a", "b", "c", "d", "A", "b"] * 3
    labels = control_labels(words, seed=1)
    assert len({(w.lower(), int(label)) for w, label in zip(words, labels, strict=True)}) == 4
    assert sum(dict(zip([w.lower() for w in words], labels, strict=True)).values()) == 2
    assert (control_labels(words, seed=1) == labels).all()
    assert any((control_labels(words, seed=s) != labels).any() for s in range(5))


def test_remembered_words_give_no_selectivity_and_a_property_does():
    rng = np.random.default_rng(0)
    types = [f"w{n}" for n in range(60)]
    vectors = rng.normal(size=(60, 64))
    number = rng.integers(60, size=900)
    words = [types[n] for n in number]
    context = rng.integers(2, size=900)  # a property of the token, not of the word
    states = vectors[number] + 0.05 * rng.normal(size=(900, 64))
    states[:, 0] += 3 * context
    train = np.arange(900) < 600
    control = control_labels(words, seed=3)
    by_context = probe(states, context, control, train, penalty=0.001)
    assert by_context.real > 0.95
    assert by_context.right.shape == (300,)
    assert by_context.right.mean() == by_context.real
    assert by_context.control > 0.9  # words can be told apart, so any labels can be learned
    by_word = probe(states, control_labels(words, seed=9), control, train, penalty=0.001)
    assert abs(by_word.selectivity) < 0.1  # the wrong claim: high accuracy, nothing but words
    noise = probe(rng.normal(size=(900, 64)), context, control, train, penalty=0.001)
    assert abs(noise.real - 0.5) < 0.12
    assert noise.train_real > noise.real + 0.05  # the wrong variant: scored where it was fitted


def test_lookup_by_hand_and_bad_shapes():
    train, labels = ["x", "X", "y", "y"], [1, 1, 1, 0]
    assert lookup(train, labels, ["x", "y", "z"], default=0).tolist() == [1, 0, 0]
    with pytest.raises(ValueError, match="positive penalty"):
        fit_probe(np.ones((3, 2)), [0, 1, 1], penalty=0)
