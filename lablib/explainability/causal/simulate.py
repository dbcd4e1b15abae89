"""An invented bank that offers credit counselling: every effect is known, so methods can fail.

A person under financial stress is more likely to accept counselling and more likely to pay late.
Counselling helps a person to keep a budget, a budget lowers days late, and the bank phones whoever
was counselled or is late. Numbers are ours and describe no bank.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from lablib.explainability.causal.graph import Graph, graph

Floats = NDArray[np.float64]
CAUSE, EFFECT = "counselling", "late"
DIRECT, THROUGH_BUDGET = -2.0, -3.0
TRUTH = DIRECT + THROUGH_BUDGET  # days late a month, for everybody
ADJUSTED = ("age", "stress")

# Sets of variables to adjust for, from none to all of them.
SETS: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "age-stress": ADJUSTED,
    "with-budget": (*ADJUSTED, "budget"),
    "with-calls": (*ADJUSTED, "calls"),
    "everything": (*ADJUSTED, "earlier", "letter", "budget", "calls"),
}


@dataclass(frozen=True)
class World:
    """N people: `columns` maps each variable of the graph to its values (N,)."""

    columns: dict[str, Floats]

    def __getitem__(self, name: str) -> Floats:
        return self.columns[name]

    def covariates(self, names: tuple[str, ...], *, curved: bool = True) -> Floats:
        """Columns to adjust for (N, F); stress with its square unless `curved` is False.

        Without the square, models of the outcome and of the treatment are wrong in this world.
        """
        columns = [self.columns[name] for name in names]
        if curved and "stress" in names:
            columns.append(self.columns["stress"] ** 2)
        return np.column_stack(columns) if columns else np.zeros((len(self[EFFECT]), 0))


def bank_graph() -> Graph:
    """The graph that `people` are drawn from."""
    return graph(
        {
            "age": [CAUSE, EFFECT],
            "stress": [CAUSE, EFFECT, "earlier"],
            "letter": [CAUSE],
            CAUSE: ["budget", EFFECT, "calls"],
            "budget": [EFFECT],
            EFFECT: ["calls"],
        }
    )


def people(*, n: int, seed: int, set_to: float | None = None) -> World:
    """Draw N people, or the same people with counselling set by hand.

    Parameters
    ----------
    n : int
        How many.
    seed : int
        The same seed draws the same people, also if `set_to` differs: all chance is drawn first.
    set_to : float, optional
        1 gives counselling to everybody and 0 to nobody, whatever they would have chosen.
    """
    rng = np.random.default_rng(seed)
    age, stress = rng.uniform(-1.7, 1.7, size=(2, n))
    letter = (rng.random(n) < 0.5).astype(np.float64)
    luck, noise = rng.random(n), rng.normal(size=(4, n))
    wants = expit(-0.6 + 0.8 * stress + 0.5 * stress**2 + 0.3 * age)
    # A letter raises and its absence lowers the chance, by as much: on average it stays `wants`.
    asked = wants + 0.9 * (2 * letter - 1) * wants * (1 - wants)
    counselling = (luck < asked).astype(np.float64)
    if set_to is not None:
        counselling = np.full(n, float(set_to))
    earlier = 15 + 8 * stress + 4 * noise[0]
    budget = counselling + noise[1]
    late = 15 + 9 * stress + 4 * stress**2 - 1.5 * age + 3 * noise[2]
    late = late + DIRECT * counselling + THROUGH_BUDGET * budget
    calls = 1 + 4 * counselling + 0.4 * late + noise[3]
    return World(
        {
            "age": age, "stress": stress, "letter": letter, CAUSE: counselling,
            "earlier": earlier, "budget": budget, EFFECT: late, "calls": calls,
        }
    )  # fmt: skip


# A second invented table: a score of payment problems, in which one column only goes along.
DIALS = ("utilisation", "postcode", "history")
KNOWN_EFFECTS = (1.0, 0.0, 0.3)
TOGETHER = 0.9  # correlation of the first two, through a common cause


def dials(*, n: int, seed: int, turn: str | None = None, by: float = 0.0) -> tuple[Floats, Floats]:
    """Features (N, 3) named in `DIALS`, and an outcome (N,) with the effects `KNOWN_EFFECTS`.

    Wealth, which is not recorded, acts on the first two features; the postcode acts on nothing.

    Parameters
    ----------
    n, seed : int
        As for `people`; the same seed draws the same rows and the same chance.
    turn, by : str, float
        A feature that is raised by hand for everybody, and by how much.
    """
    if turn is not None and turn not in DIALS:
        raise ValueError(f"turn is {turn!r}; choose one of {', '.join(DIALS)}")
    rng = np.random.default_rng(seed)
    wealth, history = rng.normal(size=(2, n))
    own = rng.normal(size=(2, n))
    first, second = np.sqrt(TOGETHER) * wealth + np.sqrt(1 - TOGETHER) * own
    features = np.column_stack([first, second, history])
    if turn is not None:
        features[:, DIALS.index(turn)] += by
    return features, features @ np.array(KNOWN_EFFECTS) + rng.normal(size=n)
