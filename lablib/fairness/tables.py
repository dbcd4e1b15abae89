"""Three tables about people, with the decision to predict and the two groups that are compared.

Sex and race are never features: the loader keeps them apart, and methods that need the group when
they decide are given it by name. What a card says about harms holds for everything made from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lablib.data import Splits, TabularData, load

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Question:
    """What is asked of a table.

    `title` for figures; `sensitive` the column that is compared and `groups` its two classes;
    `positive` what a decision of 1 means.
    """

    title: str
    sensitive: str
    groups: tuple[str, str]
    positive: str


QUESTIONS = {
    "adult": Question("income (Adult)", "sex", ("Female", "Male"), "predicted high income"),
    "compas": Question(
        "charged again (COMPAS)", "race", ("African-American", "Caucasian"), "predicted a charge"
    ),
    "credit-default": Question(
        "default (credit)", "sex", ("female", "male"), "predicted a default"
    ),
}
STEPS = 12


@dataclass(frozen=True)
class GroupedRows:
    """N people: features (N, F), 0/1 target (N,), and the group (N,) of each.

    The first `plain` columns are the features on one scale; the others are steps of the numeric
    ones (1 above a quantile of the training part), with which a linear model can bend.
    """

    x: Floats
    y: Ints
    groups: NDArray[np.str_]
    plain: int

    def __len__(self) -> int:
        return len(self.y)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> GroupedRows:
        """The rows at these positions, or where a mask is true."""
        return GroupedRows(self.x[rows], self.y[rows], self.groups[rows], self.plain)

    def joined(self, other: GroupedRows) -> GroupedRows:
        """These rows, and then those of `other`, which have the same columns."""
        return GroupedRows(
            np.concatenate([self.x, other.x]),
            np.concatenate([self.y, other.y]),
            np.concatenate([self.groups, other.groups]),
            self.plain,
        )


def table(name: str) -> TabularData:
    """The rows of `name` (a key of `QUESTIONS`) that belong to one of the two groups."""
    if name not in QUESTIONS:
        raise ValueError(f"table {name!r} is not one of {', '.join(QUESTIONS)}")
    question = QUESTIONS[name]
    # Age predicts a charge well; the published re-analyses use it, and the card asks for its name.
    kept = ("age",) if name == "compas" else ()
    data = load(name, sensitive_in_features=kept)
    if not isinstance(data, TabularData):
        raise TypeError(f"the card {name} must describe a table")
    inside = data.sensitive[question.sensitive].isin(question.groups)
    return data.take(np.flatnonzero(inside.to_numpy()))


def parts(data: TabularData, *, seed: int, rows: int | None = None) -> Splits[GroupedRows]:
    """Split `data` 60/20/20; scales and steps are those of the training part.

    Parameters
    ----------
    data : TabularData
        From `table`.
    seed : int
        Draws the split, stratified by the target.
    rows : int, optional
        Use only so many people, drawn anew for each seed; None uses all.
    """
    if rows is not None and rows < len(data):
        data = data.take(np.random.default_rng(seed).choice(len(data), rows, replace=False))
    split = data.split(seed=seed)
    train = split.train.encoded()
    values = train.to_numpy(np.float64)
    centre, spread = values.mean(0), values.std(0)
    scale = np.where(spread > 0, spread, 1)
    steps = {str(name): _steps(values[:, place]) for place, name in enumerate(train)}

    def made(part: TabularData) -> GroupedRows:
        numbers = part.encoded()
        above = [numbers[name].to_numpy()[:, None] > cuts for name, cuts in steps.items()]
        x = np.hstack([(numbers.to_numpy(np.float64) - centre) / scale, *above])
        sensitive = part.sensitive[QUESTIONS[data.name].sensitive].astype(str)
        return GroupedRows(
            x, np.asarray(part.target, dtype=np.int64), sensitive.to_numpy(np.str_), values.shape[1]
        )

    return Splits(made(split.train), made(split.validation), made(split.test))


def _steps(values: Floats) -> Floats:
    """Quantiles of a numeric column as cuts; of those that are not 0 where most are; else none."""
    if len(np.unique(values)) < 3:
        return np.empty(0)
    tail = values[values != 0] if (values == 0).mean() > 0.5 else values
    cuts = np.quantile(tail, np.linspace(0, 1, STEPS + 1)[1:-1])
    return np.unique(np.append(cuts, 0.0) if len(tail) < len(values) else cuts)
