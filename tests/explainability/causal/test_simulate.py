import numpy as np
import pytest

from lablib.explainability.causal import simulate
from lablib.explainability.causal.graph import d_separated
from lablib.explainability.causal.simulate import CAUSE, EFFECT, TRUTH


def test_setting_counselling_by_hand_changes_everybody_by_the_truth():
    with_it, without = (simulate.people(n=50, seed=1, set_to=s)[EFFECT] for s in (1, 0))
    assert with_it - without == pytest.approx(np.full(50, TRUTH))


def test_a_seed_draws_the_same_people_whatever_is_done_to_them():
    first, again = (simulate.people(n=20, seed=3, set_to=s) for s in (None, 1))
    for name in ("age", "stress", "letter", "earlier"):
        assert (first[name] == again[name]).all()
    assert set(simulate.people(n=500, seed=0)[CAUSE]) == {0.0, 1.0}


def test_the_graph_tells_what_is_independent_in_the_data():
    """Independent where the graph separates, dependent where the equations connect."""
    g, world = simulate.bank_graph(), simulate.people(n=40_000, seed=0)
    for first, second in [("age", "stress"), ("letter", "stress"), ("letter", "earlier"),
                          ("age", "earlier"), ("letter", CAUSE), ("stress", EFFECT),
                          ("earlier", CAUSE), ("budget", CAUSE)]:  # fmt: skip
        r = np.corrcoef(world[first], world[second])[0, 1]
        if d_separated(g, first, second):
            assert abs(r) < 0.02, (first, second, r)
        else:
            assert abs(r) > 0.03, (first, second, r)


def test_everybody_could_have_gone_either_way():
    world = simulate.people(n=5000, seed=0)
    assert 0.4 < world[CAUSE].mean() < 0.6
    young = world["stress"] > 1.5
    assert 0.02 < 1 - world[CAUSE][young].mean() < 0.5


def test_covariates_without_the_square():
    world = simulate.people(n=10, seed=0)
    assert world.covariates(("age", "stress")).shape == (10, 3)
    assert world.covariates(("age", "stress"), curved=False).shape == (10, 2)
    assert world.covariates(()).shape == (10, 0)


def test_dials_act_as_they_are_known_to():
    features, outcome = simulate.dials(n=4000, seed=0)
    assert np.corrcoef(features[:, 0], features[:, 1])[0, 1] == pytest.approx(0.9, abs=0.02)
    for name, effect in zip(simulate.DIALS, simulate.KNOWN_EFFECTS, strict=True):
        turned = simulate.dials(n=4000, seed=0, turn=name, by=2.0)[1]
        assert (turned - outcome).mean() == pytest.approx(2 * effect)
    with pytest.raises(ValueError, match="turn is 'wealth'; choose one of utilisation"):
        simulate.dials(n=5, seed=0, turn="wealth")
