"""Causal graphs: what is independent of what, and which sets of variables may be adjusted for.

A graph is a `networkx.DiGraph` without cycles; an arrow says that the first variable may have a
direct effect on the second. The back-door criterion is Definition 3.3.1 of Pearl, Causality
(Cambridge, 2nd edition 2009). Left out on purpose: graphs with hidden common causes (name the cause
and leave it out of `observed`), and sets that are valid although they hold an effect of the cause.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from typing import TypeAlias

try:
    import networkx as nx
except ImportError as error:  # torch brings it along, so tabular installs are the ones without
    raise ImportError('graphs need networkx; run: pip install "lablib[causal]"') from error

Graph: TypeAlias = nx.DiGraph


def graph(effects: Mapping[str, Collection[str]]) -> Graph:
    """A causal graph from each variable's direct effects.

    Parameters
    ----------
    effects : mapping
        Variable to the variables that it acts on directly.

    Raises
    ------
    ValueError
        If some variable would be a cause of itself.

    >>> sorted(graph({"rain": ["wet"], "sprinkler": ["wet"]}).edges)
    [('rain', 'wet'), ('sprinkler', 'wet')]
    """
    built = Graph()
    for cause, on in effects.items():
        built.add_node(cause)
        built.add_edges_from((cause, effect) for effect in on)
    if not nx.is_directed_acyclic_graph(built):
        circle = " -> ".join(edge[0] for edge in nx.find_cycle(built))
        raise ValueError(
            f"effects hold the circle {circle} -> ...; a cause cannot be its own effect"
        )
    return built


def d_separated(graph: Graph, first: str, second: str, given: Collection[str] = ()) -> bool:
    """Whether `given` blocks every path between two variables.

    A path is blocked if it holds a chain or a fork whose middle is in `given`, or a collider
    `a -> c <- b` with neither `c` nor an effect of `c` in it. True means: in every distribution
    that fits the graph, `first` and `second` are independent given `given`.

    Parameters
    ----------
    graph : Graph
        Without cycles.
    first, second : str
        Two variables of it.
    given : collection of str
        Others of its variables.

    >>> wet = graph({"rain": ["grass"], "hose": ["grass"]})
    >>> d_separated(wet, "rain", "hose"), d_separated(wet, "rain", "hose", ["grass"])
    (True, False)
    """
    _require(graph, first, second, *given)
    return bool(nx.is_d_separator(graph, {first}, {second}, set(given)))


def backdoor_paths(graph: Graph, cause: str, effect: str) -> list[str]:
    """Paths that end in an arrow into `cause`, as text, the shortest first.

    Parameters
    ----------
    graph : Graph
        Without cycles.
    cause, effect : str
        Of the effect in question.

    >>> backdoor_paths(graph({"age": ["drug", "cure"], "drug": ["cure"]}), "drug", "cure")
    ['drug ← age → cure']
    """
    _require(graph, cause, effect)
    found = [
        path
        for path in nx.all_simple_paths(graph.to_undirected(as_view=True), cause, effect)
        if graph.has_edge(path[1], cause)
    ]
    return [_text(graph, path) for path in sorted(found, key=lambda path: (len(path), path))]


def objection(graph: Graph, cause: str, effect: str, given: Collection[str]) -> str | None:
    """Why the back-door criterion forbids to adjust for `given`; None if it allows it.

    Parameters
    ----------
    graph : Graph
        Without cycles.
    cause, effect : str
        Of the effect in question.
    given : collection of str
        What is adjusted for.

    >>> drug = graph({"age": ["drug", "cure"], "drug": ["dose"], "dose": ["cure"]})
    >>> objection(drug, "drug", "cure", [])
    'open: drug ← age → cure'
    >>> objection(drug, "drug", "cure", ["age", "dose"])
    'dose is an effect of drug'
    >>> objection(drug, "drug", "cure", ["age"]) is None
    True
    """
    _require(graph, cause, effect, *given)
    if named := sorted({cause, effect} & set(given)):
        return f"{named[0]} is part of the question"
    if later := sorted(set(given) & nx.descendants(graph, cause)):
        verb = "are effects" if len(later) > 1 else "is an effect"
        return f"{' and '.join(later)} {verb} of {cause}"
    behind = _without_effects(graph, cause)
    if d_separated(behind, cause, effect, given):
        return None
    ways = (_text(graph, path) for path in _open_paths(behind, cause, effect, given))
    return f"open: {next(ways)}"


def backdoor_sets(
    graph: Graph, cause: str, effect: str, *, observed: Iterable[str] | None = None
) -> list[frozenset[str]]:
    """Every set of observed variables that the back-door criterion allows, smallest first.

    Adjusting for any one of them gives the effect of `cause` on `effect`; an empty list means that
    no adjustment does. All subsets are tried, so keep to graphs of about fifteen variables.

    Parameters
    ----------
    graph : Graph
        Without cycles.
    cause, effect : str
        Of the effect in question.
    observed : iterable of str, optional
        Variables that were recorded; all of them by default.

    >>> drug = graph({"age": ["drug", "cure"], "drug": ["dose"], "dose": ["cure"]})
    >>> [sorted(s) for s in backdoor_sets(drug, "drug", "cure")]
    [['age']]
    >>> backdoor_sets(drug, "drug", "cure", observed=["dose"])
    []
    """
    recorded = set(graph) if observed is None else set(observed)
    _require(graph, cause, effect, *recorded)
    usable = sorted(recorded - {cause, effect} - nx.descendants(graph, cause))
    behind = _without_effects(graph, cause)
    return [
        frozenset(given)
        for size in range(len(usable) + 1)
        for given in combinations(usable, size)
        if nx.is_d_separator(behind, {cause}, {effect}, set(given))
    ]


def smallest(sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """The sets that hold no other one of them.

    >>> smallest([frozenset("a"), frozenset("ab"), frozenset("c")])
    [frozenset({'a'}), frozenset({'c'})]
    """
    every = list(sets)
    return [one for one in every if not any(other < one for other in every)]


def instruments(graph: Graph, cause: str, effect: str) -> list[str]:
    """Variables that are linked to `cause`, and to `effect` through `cause` only.

    Parameters
    ----------
    graph : Graph
        Without cycles.
    cause, effect : str
        Of the effect in question.

    >>> lot = graph({"lot": ["drug"], "health": ["drug", "cure"], "drug": ["cure"]})
    >>> instruments(lot, "drug", "cure")
    ['lot']
    """
    behind = _without_effects(graph, cause)
    others = set(graph) - {cause, effect} - nx.descendants(graph, cause)
    return sorted(
        other
        for other in others
        if not d_separated(graph, other, cause) and d_separated(behind, other, effect)
    )


def _without_effects(graph: Graph, cause: str) -> Graph:
    """The graph in which `cause` acts on nothing: only the back doors are left."""
    behind = graph.copy()
    behind.remove_edges_from(list(graph.out_edges(cause)))
    return behind


def _open_paths(
    graph: Graph, first: str, second: str, given: Collection[str]
) -> Iterator[list[str]]:
    """Paths that `given` leaves open, the shortest first, by the definition of blocking."""
    held = set(given)
    paths = nx.all_simple_paths(graph.to_undirected(as_view=True), first, second)
    for path in sorted(paths, key=lambda path: (len(path), path)):
        if all(
            bool(held & ({b} | nx.descendants(graph, b)))
            if graph.has_edge(a, b) and graph.has_edge(c, b)
            else b not in held
            for a, b, c in zip(path, path[1:], path[2:], strict=False)
        ):
            yield path


def _text(graph: Graph, path: list[str]) -> str:
    arrows = ("→" if graph.has_edge(a, b) else "←" for a, b in pairwise(path))
    return path[0] + "".join(
        f" {arrow} {name}" for arrow, name in zip(arrows, path[1:], strict=True)
    )


def _require(graph: Graph, *names: str) -> None:
    if unknown := sorted(set(names) - set(graph)):
        raise ValueError(f"{unknown[0]!r} is not in the graph; it has {', '.join(sorted(graph))}")
