from itertools import chain, combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lablib.explainability.causal.graph import (
    backdoor_paths,
    backdoor_sets,
    d_separated,
    graph,
    instruments,
    objection,
    smallest,
)
from lablib.explainability.causal.simulate import CAUSE, EFFECT, SETS, bank_graph

FORK = graph({"b": ["a", "c"]})
CHAIN = graph({"a": ["b"], "b": ["c"]})
COLLIDER = graph({"a": ["b"], "c": ["b"], "b": ["d"]})
# Two hidden causes, and their common effect before the treatment: M-bias.
LETTER_M = graph({"u": ["x", "m"], "v": ["m", "y"], "x": ["y"]})


def subsets(names):
    return chain.from_iterable(combinations(sorted(names), k) for k in range(len(names) + 1))


def path_is_open(g, path, held):
    """The definition, one step at a time; the slow reference."""
    for a, b, c in zip(path, path[1:], path[2:], strict=False):
        collider = g.has_edge(a, b) and g.has_edge(c, b)
        opened = bool(({b} | nx.descendants(g, b)) & held)
        if (collider and not opened) or (not collider and b in held):
            return False
    return True


def separated_by_definition(g, first, second, held):
    paths = nx.all_simple_paths(g.to_undirected(), first, second)
    return not any(path_is_open(g, path, set(held)) for path in paths)


def separated_without_colliders(g, first, second, held):
    """Wrong on purpose: whatever lies on a path and is held blocks it, and nothing else does."""
    paths = nx.all_simple_paths(g.to_undirected(), first, second)
    return all(set(path[1:-1]) & set(held) for path in paths)


def allowed_by_definition(g, cause, effect, held):
    """Every path with an arrow into the cause is blocked, and no effect of the cause is held."""
    if set(held) & (nx.descendants(g, cause) | {cause, effect}):
        return False
    paths = nx.all_simple_paths(g.to_undirected(), cause, effect)
    back = [path for path in paths if g.has_edge(path[1], cause)]
    return not any(path_is_open(g, path, set(held)) for path in back)


@st.composite
def dags(draw, most=6):
    """A random graph whose variables are numbered in the order of the arrows."""
    n = draw(st.integers(2, most))
    pairs = list(combinations(range(n), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=len(pairs)))
    names = draw(st.permutations("abcdef"[:n]))
    return graph({names[i]: [names[b] for a, b in chosen if a == i] for i in range(n)})


@pytest.mark.parametrize(
    ("g", "held", "expected"),
    [
        (FORK, [], False), (FORK, ["b"], True),
        (CHAIN, [], False), (CHAIN, ["b"], True),
        (COLLIDER, [], True), (COLLIDER, ["b"], False), (COLLIDER, ["d"], False),
    ],
)  # fmt: skip
def test_three_elements_by_hand(g, held, expected):
    assert d_separated(g, "a", "c", held) is expected


def test_adjusting_for_a_cause_of_nothing_can_open_a_path():
    assert objection(LETTER_M, "x", "y", []) is None
    assert objection(LETTER_M, "x", "y", ["m"]) == "open: x ← u → m ← v → y"
    assert objection(LETTER_M, "x", "y", ["m", "u"]) is None
    assert backdoor_sets(LETTER_M, "x", "y", observed=["m"]) == [frozenset()]


@settings(max_examples=50, deadline=None)
@given(g=dags(), data=st.data())
def test_d_separation_is_the_definition(g, data):
    first, second, *others = data.draw(st.permutations(sorted(g)))
    for held in subsets(others):
        assert d_separated(g, first, second, held) == separated_by_definition(
            g, first, second, held
        )


def test_a_version_that_forgets_colliders_is_caught():
    assert separated_by_definition(COLLIDER, "a", "c", [])
    assert not separated_without_colliders(COLLIDER, "a", "c", [])
    assert separated_without_colliders(COLLIDER, "a", "c", ["b"])
    assert not separated_by_definition(COLLIDER, "a", "c", ["b"])


@settings(max_examples=50, deadline=None)
@given(g=dags(), data=st.data())
def test_adjustment_sets_are_those_of_brute_force(g, data):
    cause, effect = data.draw(st.permutations(sorted(g)))[:2]
    others = set(g) - {cause, effect}
    expected = {frozenset(s) for s in subsets(others) if allowed_by_definition(g, cause, effect, s)}
    found = backdoor_sets(g, cause, effect)
    assert set(found) == expected
    assert len(found) == len(expected)
    assert [len(s) for s in found] == sorted(len(s) for s in found)
    for held in subsets(others):
        assert (objection(g, cause, effect, held) is None) == (frozenset(held) in expected)
    for one in smallest(found):
        assert not any(other < one for other in found)


@settings(max_examples=30, deadline=None)
@given(g=dags(), data=st.data())
def test_the_causes_of_the_cause_always_suffice(g, data):
    """Pearl (2009), Theorem 3.2.2: adjusting for all direct causes identifies the effect."""
    cause, effect = data.draw(st.permutations(sorted(g)))[:2]
    causes = frozenset(g.predecessors(cause))
    if effect not in causes:
        assert causes in set(backdoor_sets(g, cause, effect))


def test_pgmpy_finds_the_same_sets():
    """pgmpy 1.1 looks among causes of either variable only; there both must agree."""
    pytest.importorskip("pgmpy", reason="pgmpy is not installed")
    from pgmpy.base import DAG
    from pgmpy.identification import Adjustment

    compared = 0
    for seed in range(40):
        drawn = nx.gnp_random_graph(6, 0.4, seed=seed, directed=True)
        g = graph({f"v{a}": [f"v{b}" for b in drawn[a] if b > a] for a in range(6)})
        cause, effect = "v1", "v4"
        if effect in nx.ancestors(g, cause) or cause not in nx.ancestors(g, effect):
            continue
        theirs = DAG(ebunch=list(g.edges), roles={"exposures": cause, "outcomes": effect})
        found, _ = Adjustment(variant="all").identify(theirs)
        sets = {frozenset(f.get_role("adjustment")) if f.has_role("adjustment") else frozenset()
                for f in found}  # fmt: skip
        among = nx.ancestors(g, cause) | nx.ancestors(g, effect)
        assert sets == {s for s in backdoor_sets(g, cause, effect) if s <= among}
        compared += 1
    assert compared >= 10


def test_pgmpys_check_lets_effects_of_the_cause_pass():
    """Why pgmpy does not carry the page: this is the mistake that the page is about."""
    pytest.importorskip("pgmpy", reason="pgmpy is not installed")
    from pgmpy.base import DAG
    from pgmpy.identification import Adjustment

    g = bank_graph()
    roles = {"exposures": CAUSE, "outcomes": EFFECT}
    for name in ("with-budget", "with-calls"):
        theirs = DAG(ebunch=list(g.edges), roles=roles).with_role("adjustment", set(SETS[name]))
        assert Adjustment().validate(theirs) is True
        assert "effect" in str(objection(g, CAUSE, EFFECT, SETS[name]))


def test_dowhy_names_a_set_of_ours():
    dowhy = pytest.importorskip("dowhy", minversion="0.14", reason="dowhy 0.14 is not installed")
    pandas = pytest.importorskip("pandas")
    g = bank_graph()
    gml = "".join(nx.generate_gml(g))
    model = dowhy.CausalModel(
        pandas.DataFrame({name: [0.0, 1.0] for name in g}), CAUSE, EFFECT, graph=gml
    )
    named = model.identify_effect(proceed_when_unidentifiable=True)
    assert frozenset(named.get_backdoor_variables()) in set(backdoor_sets(g, CAUSE, EFFECT))
    assert named.get_instrumental_variables() == instruments(g, CAUSE, EFFECT)


def test_the_banks_graph_by_hand():
    g = bank_graph()
    assert backdoor_paths(g, CAUSE, EFFECT) == [
        "counselling ← age → late",
        "counselling ← stress → late",
    ]
    assert smallest(backdoor_sets(g, CAUSE, EFFECT)) == [frozenset({"age", "stress"})]
    assert backdoor_sets(g, CAUSE, EFFECT, observed=["age", "budget", "calls", "earlier"]) == []
    assert instruments(g, CAUSE, EFFECT) == ["letter"]
    assert objection(g, CAUSE, EFFECT, ["age"]) == "open: counselling ← stress → late"
    assert objection(g, CAUSE, EFFECT, SETS["everything"]) == (
        "budget and calls are effects of counselling"
    )
    assert objection(g, CAUSE, EFFECT, [CAUSE]) == "counselling is part of the question"


def test_a_circle_and_an_unknown_variable_are_refused():
    with pytest.raises(ValueError, match="effects hold the circle .* cannot be its own effect"):
        graph({"a": ["b"], "b": ["a"]})
    with pytest.raises(ValueError, match="'z' is not in the graph; it has a, b, c, d"):
        d_separated(COLLIDER, "a", "z")
    with pytest.raises(ValueError, match="'z' is not in the graph"):
        backdoor_sets(COLLIDER, "a", "d", observed=["z"])
