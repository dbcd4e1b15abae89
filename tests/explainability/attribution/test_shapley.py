import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.explainability.attribution import shapley

seeds = st.integers(0, 10_000)


def game(rng, features):
    """A random function of which features differ from the background; every order matters."""
    pairs = rng.normal(size=(features, features))
    line = rng.normal(size=features)
    return lambda rows: (
        rows @ line + np.einsum("mi,ij,mj->m", rows, pairs, rows) + np.sin(rows).prod(1)
    )


def test_by_hand_a_product_is_shared_equally():
    values = shapley.exact(lambda z: z[:, 0] * z[:, 1], [2.0, 3.0], [[0.0, 0.0]])
    assert values.tolist() == [3.0, 3.0]


def test_the_mean_over_the_background_by_hand():
    values = shapley.exact(lambda z: z[:, 0] + 10 * z[:, 1], [1.0, 1.0], [[0.0, 1.0], [0.5, 0.0]])
    assert values == pytest.approx([0.75, 5.0])


@given(seeds, st.integers(1, 6), st.integers(1, 4))
@settings(max_examples=50)
def test_efficiency_symmetry_dummy(seed, features, background):
    rng = np.random.default_rng(seed)
    inner = game(rng, features)
    x, rows = rng.normal(size=features + 2), rng.normal(size=(background, features + 2))
    x[1], rows[:, 1] = x[0], rows[:, 0]  # features 0 and 1 are interchangeable, the last is unused

    def play(z):
        both = z[:, :-1].copy()
        total = both[:, 0] + both[:, 1]
        return inner(np.column_stack([total, both[:, 2:]])) if features > 1 else total**2

    values = shapley.exact(play, x, rows)
    assert values.sum() == pytest.approx(play(x[None])[0] - play(rows).mean(), abs=1e-8)
    assert values[0] == pytest.approx(values[1], abs=1e-8)
    assert values[-1] == pytest.approx(0, abs=1e-8)


@given(seeds)
@settings(max_examples=20)
def test_sampled_values_are_exact_for_pairs_and_complete(seed):
    rng = np.random.default_rng(seed)
    pairs, x = rng.normal(size=(5, 5)), rng.normal(size=5)
    f = lambda z: np.einsum("mi,ij,mj->m", z, pairs, z)  # noqa: E731
    base = rng.normal(size=(1, 5))
    found = shapley.sampled(f, x, base, pairs=3, seed=seed)
    assert found.values == pytest.approx(shapley.exact(f, x, base), abs=1e-8)
    assert found.evaluations == 2 * 3 * 6


def test_sampled_values_come_as_near_as_their_standard_error_says():
    rng = np.random.default_rng(0)
    f = lambda z: np.exp(z.sum(1) / 2)  # noqa: E731
    x, base = rng.normal(size=6), rng.normal(size=(1, 6))
    truth = shapley.exact(f, x, base)
    runs = (shapley.sampled(f, x, base, pairs=64, seed=seed) for seed in range(40))
    scores = np.array([(found.values - truth) / found.standard_error for found in runs])
    assert 0.6 < scores.std() < 1.4
    assert abs(scores.mean()) < 0.3


def test_backgrounds_in_turn_make_sums_exact_and_errors_smaller_than_stated():
    rng = np.random.default_rng(0)
    f, x, rows = game(rng, 7), rng.normal(size=7), rng.normal(size=(8, 7))
    found = shapley.sampled(f, x, rows, pairs=64, seed=0)
    assert found.values.sum() == pytest.approx(f(x[None])[0] - f(rows).mean())
    assert (np.abs(found.values - shapley.exact(f, x, rows)) < found.standard_error).all()


def test_one_order_alone_is_not_the_shapley_value():
    """The wrong variant: adding features in the order of the columns is complete and unfair."""
    f = lambda z: z[:, 0] * z[:, 1]  # noqa: E731
    one_order = np.diff(f(np.tril(np.ones((3, 2)), -1)))
    assert one_order.sum() == 1.0
    assert one_order.tolist() != shapley.exact(f, [1.0, 1.0], [[0.0, 0.0]]).tolist()


def test_parity_with_kernel_shap_when_it_enumerates():
    from lablib.explainability.attribution import _shap

    rng = np.random.default_rng(1)
    f, x, rows = game(rng, 6), rng.normal(size=6), rng.normal(size=(5, 6))
    theirs = _shap.load().KernelExplainer(f, rows).shap_values(x, nsamples=1000, silent=True)
    assert shapley.exact(f, x, rows) == pytest.approx(theirs, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: shapley.coalitions(21), "players is 21"),
        (lambda: shapley.exact(len, [1.0], [[1.0, 2.0]]), "x has shape"),
        (lambda: shapley.exact(lambda z: z, [1.0, 2], [[1.0, 2]]), "function returned shape"),
        (lambda: shapley.sampled(len, [1.0], [[1.0]], pairs=1, seed=0), "pairs is 1"),
    ],
)
def test_impossible_requests(call, says):
    with pytest.raises(ValueError, match=says):
        call()
