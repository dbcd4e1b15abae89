"""Effects in a graph, and the total effect adjusted for the direct causes of the treatment."""

import numpy as np

from lablib.exercises.checks import check, close, number, numbers, raises


def edges(variables, *pairs):
    """The graph with these arrows."""
    acts = np.zeros((variables, variables), dtype=int)
    for a, b in pairs:
        acts[a, b] = 1
    return acts


def drawn(rng, acts, n=300):
    """People of a world with this graph and straight lines of random slope, renumbered by lot."""
    variables = len(acts)
    slopes = acts * rng.choice([-1, 1], acts.shape) * rng.uniform(0.7, 1.5, acts.shape)
    table = np.zeros((n, variables))
    for v in range(variables):  # arrows run upwards in these numbers
        table[:, v] = table @ slopes[:, v] + rng.normal(size=n)
    places = rng.permutation(variables)
    moved, shuffled = np.zeros_like(acts), np.zeros_like(table)
    moved[np.ix_(places, places)] = acts
    shuffled[:, places] = table
    return shuffled, moved, places


def all_recorded(acts):
    return np.ones(len(acts), dtype=bool)


# 0 confounder, 1 cause, 2 between, 3 outcome, 4 effect of both, 5 direct effect of 4 only
WORLD = ((0, 1), (0, 3), (1, 2), (2, 3), (1, 3), (1, 4), (3, 4), (4, 5))


@check(points=1, public=True, hint=3)
def the_example(s):
    acts = edges(4, (0, 1), (0, 2), (1, 2), (2, 3))
    got = numbers(
        s.effects_of(acts, 0),
        "there are three effects in the example: on 1 and 2, and through 2 on 3",
        shape=(3,),
    )
    close(got, (1, 2, 3), "variable 0 acts on 1 and 2, and through 2 on 3")


@check(points=1, public=True, hint=1)
def nothing_after_the_treatment_is_adjusted_for(s):
    acts = edges(3, (0, 1), (0, 2), (1, 2))
    first = np.array([1.0, 2.0, 3.0, 4.0])
    middle = np.array([2.0, 1.0, 4.0, 3.0])
    table = np.column_stack([first, middle, 5 * middle + first])
    close(
        number(s.effect(table, acts, all_recorded(acts), 0, 2), "an effect is a number"),
        4.0,
        "one more of variable 0 means 0.6 more of 1, and 4 more of 2 in all",
    )


@check(points=1, hint=3)
def effects_run_through_others(s, rng, reference):
    for _ in range(4):
        size = int(rng.integers(5, 8))
        acts = np.triu((rng.random((size, size)) < 0.1).astype(int), 1)
        acts[0, 1] = acts[1, 2] = acts[2, 3] = acts[3, 4] = 1
        places = rng.permutation(size)
        moved = np.zeros_like(acts)
        moved[np.ix_(places, places)] = acts
        for cause in range(size):
            expected = np.asarray(reference.effects_of(moved, cause), dtype=float)
            got = numbers(
                s.effects_of(moved, cause),
                "an effect of an effect is an effect, and a variable is none of its own",
                shape=expected.shape,
            )
            close(got, expected, "effects are named once each, in rising order")


@check(points=2, hint=2)
def what_lies_between_stays_free(s, rng, reference):
    for _ in range(3):
        table, acts, places = drawn(rng, edges(4, (0, 1), (0, 3), (1, 2), (2, 3), (1, 3)))
        rows = (table, acts, all_recorded(acts), int(places[1]), int(places[3]))
        close(
            s.effect(*rows),
            reference.effect(*rows),
            "the total effect keeps the part that runs through a variable between",
        )


@check(points=2, hint=2)
def common_effects_stay_free(s, rng, reference):
    for _ in range(3):
        table, acts, places = drawn(rng, edges(6, *WORLD))
        rows = (table, acts, all_recorded(acts), int(places[1]), int(places[3]))
        close(
            s.effect(*rows),
            reference.effect(*rows),
            "a common effect of treatment and outcome is not held fixed, nor what follows from it",
        )


@check(points=1, hint=4)
def all_direct_causes_are_adjusted_for(s, rng, reference):
    for _ in range(3):
        acts = edges(5, (0, 2), (1, 2), (0, 4), (1, 4), (2, 3), (3, 4))
        table, acts, places = drawn(rng, acts)
        for cause, outcome in ((2, 4), (0, 4), (2, 3)):
            rows = (table, acts, all_recorded(acts), int(places[cause]), int(places[outcome]))
            close(
                s.effect(*rows),
                reference.effect(*rows),
                "the line holds a constant, the cause and every direct cause of it, and no more",
            )


@check(points=1, hint=1)
def no_arrow_no_effect(s, rng, reference):
    table, acts, places = drawn(rng, edges(6, *WORLD))
    recorded = all_recorded(acts)
    rows = (table, acts, recorded, int(places[1]), int(places[3]))
    close(s.effect(*rows), reference.effect(*rows), "where there is an effect it is estimated")
    for cause, outcome in ((3, 0), (2, 1), (5, 3)):
        got = s.effect(table, acts, recorded, int(places[cause]), int(places[outcome]))
        close(got, 0.0, "what comes earlier is no effect, however strongly it correlates")
    recorded[:] = False
    got = s.effect(table, acts, recorded, int(places[4]), int(places[2]))
    close(got, 0.0, "that there is no effect can be said without a table")


@check(points=1, hint=4)
def a_cause_that_was_not_recorded(s, rng, reference):
    table, acts, places = drawn(rng, edges(6, *WORLD))
    for missing in (0, 1, 3):
        recorded = all_recorded(acts)
        recorded[places[missing]] = False
        raises(
            lambda recorded=recorded: s.effect(
                table, acts, recorded, int(places[1]), int(places[3])
            ),
            ValueError,
            "without a direct cause, the cause or the outcome this set cannot be used",
        )
    recorded = all_recorded(acts)
    recorded[[places[2], places[4], places[5]]] = False
    rows = (table, acts, recorded, int(places[1]), int(places[3]))
    close(s.effect(*rows), reference.effect(*rows), "what is not needed need not be recorded")
